/** A handshake of two ends, as data: what each is given, and what somebody in the middle does to a hello. */

export interface End {
  /** DER in base64, leaf first. */
  readonly chain?: readonly string[];
  /** PKCS#8 in base64. */
  readonly key?: string;
  /** The store, DER in base64. */
  readonly trusted?: readonly string[];
  readonly verify?: number;
  /** A verify callback gives this answer to whatever it is told. */
  readonly answer?: number;
  /** Arguments of SSL_set1_host, one call after the other. */
  readonly hosts?: readonly (string | null)[];
  /** The argument of SSL_set_hostflags. */
  readonly hostFlags?: number;
  readonly servername?: string;
  /** The argument of SSL_CTX_set1_groups_list. */
  readonly groups?: string;
  readonly options?: number;
  /** Arguments of SSL_CTX_set_tlsext_max_fragment_length, one call after the other. */
  readonly fragmentLengths?: readonly number[];
  /** Arguments of SSL_set_tlsext_max_fragment_length. */
  readonly ownFragmentLengths?: readonly number[];
  readonly alpn?: string;
  /** Real libssl is told to load its certificate however weak it is; the model does not ask. */
  readonly weak?: boolean;
}

/** Replaces an extension, adds it at the end where it is not there (or `again`), or (null) leaves it out. */
export interface HelloEdit {
  readonly hello: 'client' | 'server';
  readonly type: number;
  /** Hexadecimal. */
  readonly data: string | null;
  /** It comes a second time, whatever is there. */
  readonly again?: boolean;
}

/** Bytes of a message's body give way to others. */
export interface MessageEdit {
  readonly from: 'client' | 'server';
  /** HandshakeType */
  readonly message: number;
  readonly at: number;
  readonly remove: number;
  /** Hexadecimal. */
  readonly insert: string;
}

export interface HandshakeCase {
  readonly title: string;
  readonly client: End;
  readonly server: End;
  readonly nowSeconds: number;
  /** TLS 1.2 alone, unless said. */
  readonly tls13?: boolean;
  readonly edits?: readonly HelloEdit[];
  /** To messages that are not protected, but no hellos. */
  readonly messageEdits?: readonly MessageEdit[];
  /** What the ServerHello names as its cipher suite. */
  readonly suite?: number;
  /** Each end that is done calls SSL_shutdown, so that it writes a second protected record. */
  readonly closes?: boolean;
}

export interface EndAnswer {
  /** What the last SSL_do_handshake returned. */
  readonly result: number;
  /** Reasons of libssl itself in the error queue, oldest first. */
  readonly errors: readonly string[];
  readonly verifyResult: number;
  /** What the verify callback was told: preverify_ok, error and depth. */
  readonly told: readonly string[];
  /** What the calls before the handshake returned. */
  readonly calls: readonly number[];
  /** Alerts that went to the other side before records were protected: level and description. */
  readonly alerts: readonly string[];
  readonly fragmentLength: number;
}

export interface HandshakeAnswer {
  readonly title: string;
  readonly client: EndAnswer;
  readonly server: EndAnswer;
}

/** Hellos that matter to a test: extensions by type, in hexadecimal, and the certificate request's body. */
export interface HelloReport {
  readonly client: Readonly<Record<number, string>>;
  readonly server: Readonly<Record<number, string>>;
  readonly certificateRequest: string | undefined;
  /** The protected fragments of each side, in hexadecimal. */
  readonly protectedFragments: Readonly<Record<'client' | 'server', readonly string[]>>;
}

const [changeCipherSpecRecord, alertRecord, handshakeRecord] = [20, 21, 22];
const headerBytes = 5;

/** The alerts in a flight that is not protected. */
export function alertsIn(flight: Uint8Array): string[] {
  return records(flight)
    .filter((one) => one[0] === alertRecord && one.length === headerBytes + 2)
    .map((one) => `${one[5]} ${one[6]}`);
}

/** The flight as the case has it, each message in a record of its own. */
export function edited(flight: Uint8Array, from: 'client' | 'server', one: HandshakeCase): Uint8Array {
  const wanted = (one.edits ?? []).filter((edit) => edit.hello === from);
  const suite = from === 'server' ? one.suite : undefined;
  const others = (one.messageEdits ?? []).filter((edit) => edit.from === from);
  const all = records(flight);
  if ((wanted.length === 0 && suite === undefined && others.length === 0) || all[0]?.[0] !== handshakeRecord)
    return flight;
  const end = all.findIndex((one) => one[0] !== handshakeRecord);
  const plain = all.slice(0, end < 0 ? all.length : end);
  const messages = splitMessages(Buffer.concat(plain.map((one) => one.subarray(headerBytes))));
  const helloType = from === 'client' ? 1 : 2;
  const out = messages.map((message) =>
    message[0] === helloType ? editedHello(message, wanted, suite) : others.reduce(editedMessage, message),
  );
  return Buffer.concat([...out.map(asRecord), ...all.slice(plain.length)]);
}

/** What each side sent in a handshake of TLS 1.2, flight by flight. */
export function reportOf(sent: Readonly<Record<'client' | 'server', readonly Uint8Array[]>>): HelloReport {
  const none = new Uint8Array(0);
  const flights = { client: sent.client[0] ?? none, server: sent.server[0] ?? none };
  const messages = (flight: Uint8Array): Uint8Array[] =>
    splitMessages(
      Buffer.concat(
        records(flight)
          .filter((one) => one[0] === handshakeRecord)
          .map((one) => one.subarray(headerBytes)),
      ),
    );
  const extensions = (all: Uint8Array[], type: number): Record<number, string> => {
    const hello = all.find((one) => one[0] === type);
    return hello === undefined
      ? {}
      : Object.fromEntries(
          splitHello(hello).extensions.map((one) => [one.type, Buffer.from(one.data).toString('hex')]),
        );
  };
  const [client, server] = [messages(flights.client), messages(flights.server)];
  const request = server.find((one) => one[0] === 13);
  return {
    client: extensions(client, 1),
    server: extensions(server, 2),
    certificateRequest: request && Buffer.from(request).toString('hex'),
    protectedFragments: { client: protectedFragments(sent.client), server: protectedFragments(sent.server) },
  };
}

function protectedFragments(flights: readonly Uint8Array[]): string[] {
  const all = records(Buffer.concat(flights));
  const change = all.findIndex((one) => one[0] === changeCipherSpecRecord);
  return change < 0 ? [] : all.slice(change + 1).map((one) => Buffer.from(one.subarray(headerBytes)).toString('hex'));
}

function records(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += found.at(-1)?.length ?? 0) {
    found.push(bytes.subarray(at, at + headerBytes + bytes[at + 3]! * 256 + bytes[at + 4]!));
  }
  return found;
}

function splitMessages(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += found.at(-1)?.length ?? 0) {
    found.push(bytes.subarray(at, at + 4 + bytes[at + 1]! * 65_536 + bytes[at + 2]! * 256 + bytes[at + 3]!));
  }
  return found;
}

function asRecord(message: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(handshakeRecord, 3, 3, message.length >> 8, message.length & 255), message]);
}

interface Extension {
  readonly type: number;
  readonly data: Uint8Array;
}

/** What stands before the extensions, and these. */
function splitHello(message: Uint8Array): { readonly before: Uint8Array; readonly extensions: Extension[] } {
  const numberAt = (at: number): number => message[at]! * 256 + message[at + 1]!;
  let at = 4 + 2 + 32;
  at += 1 + message[at]!; // session id
  if (message[0] === 1) {
    at += 2 + numberAt(at);
    at += 1 + message[at]!;
  } else {
    at += 3;
  }
  const before = message.slice(0, at);
  const extensions: Extension[] = [];
  for (at += 2; at < message.length; ) {
    const length = numberAt(at + 2);
    extensions.push({ type: numberAt(at), data: message.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return { before, extensions };
}

function editedHello(message: Uint8Array, edits: readonly HelloEdit[], suite: number | undefined): Uint8Array {
  const { before, extensions } = splitHello(message);
  if (suite !== undefined) before.set([suite >> 8, suite & 255], before.length - 3); // in front of the compression method
  for (const { type, data, again } of edits) {
    const at = again === true ? -1 : extensions.findIndex((one) => one.type === type);
    const fresh = data === null ? [] : [{ type, data: new Uint8Array(Buffer.from(data, 'hex')) }];
    extensions.splice(at < 0 ? extensions.length : at, at < 0 ? 0 : 1, ...fresh);
  }
  const list = Buffer.concat(extensions.map(({ type, data }) => Buffer.concat([u16(type), u16(data.length), data])));
  return asMessage(message[0]!, Buffer.concat([before.subarray(4), u16(list.length), list]));
}

function editedMessage(message: Uint8Array, edit: MessageEdit): Uint8Array {
  if (message[0] !== edit.message) return message;
  const body = message.subarray(4);
  const behind = body.subarray(edit.at + edit.remove);
  return asMessage(edit.message, Buffer.concat([body.subarray(0, edit.at), Buffer.from(edit.insert, 'hex'), behind]));
}

function asMessage(type: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(type, body.length >> 16), u16(body.length & 65_535), body]);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255);
}
