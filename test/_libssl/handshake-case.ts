/** A handshake of two ends, as data: what each is given, and what somebody in the middle does to a hello. */

export interface End {
  /** DER in base64, leaf first. */
  readonly chain?: readonly string[];
  /** PKCS#8 in base64. */
  readonly key?: string;
  /** The store, DER in base64. */
  readonly trusted?: readonly string[];
  readonly verify?: number;
  /** Arguments of SSL_set1_host, one call after the other. */
  readonly hosts?: readonly (string | null)[];
  /** The argument of SSL_set_hostflags. */
  readonly hostFlags?: number;
  readonly servername?: string;
  readonly options?: number;
  /** Arguments of SSL_CTX_set_tlsext_max_fragment_length, one call after the other. */
  readonly fragmentLengths?: readonly number[];
  readonly alpn?: string;
  /** Real libssl is told to load its certificate however weak it is; the model does not ask. */
  readonly weak?: boolean;
}

/** Replaces an extension, adds it at the end where it is not there, or (null) leaves it out. */
export interface HelloEdit {
  readonly hello: 'client' | 'server';
  readonly type: number;
  /** Hexadecimal. */
  readonly data: string | null;
}

export interface HandshakeCase {
  readonly title: string;
  readonly client: End;
  readonly server: End;
  readonly nowSeconds: number;
  readonly edits?: readonly HelloEdit[];
}

export interface EndAnswer {
  /** What the last SSL_do_handshake returned. */
  readonly result: number;
  /** Reasons of libssl itself in the error queue, oldest first. */
  readonly errors: readonly string[];
  readonly verifyResult: number;
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
}

const [alertRecord, handshakeRecord] = [21, 22];
const headerBytes = 5;

/** The alerts in a flight that is not protected. */
export function alertsIn(flight: Uint8Array): string[] {
  return records(flight)
    .filter((one) => one[0] === alertRecord && one.length === headerBytes + 2)
    .map((one) => `${one[5]} ${one[6]}`);
}

/** The flight with its hello as the edits have it, each message in a record of its own. */
export function edited(flight: Uint8Array, from: 'client' | 'server', edits: readonly HelloEdit[]): Uint8Array {
  const wanted = edits.filter((edit) => edit.hello === from);
  const all = records(flight);
  if (wanted.length === 0 || all[0]?.[0] !== handshakeRecord) return flight;
  const end = all.findIndex((one) => one[0] !== handshakeRecord);
  const plain = all.slice(0, end < 0 ? all.length : end);
  const messages = splitMessages(Buffer.concat(plain.map((one) => one.subarray(headerBytes))));
  const helloType = from === 'client' ? 1 : 2;
  const out = messages.map((message) => (message[0] === helloType ? editedHello(message, wanted) : message));
  return Buffer.concat([...out.map(asRecord), ...all.slice(plain.length)]);
}

/** Adds what a flight says to a report. */
export function reportOf(flights: { readonly client: Uint8Array; readonly server: Uint8Array }): HelloReport {
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
  };
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
  const u16 = (at: number): number => message[at]! * 256 + message[at + 1]!;
  let at = 4 + 2 + 32;
  at += 1 + message[at]!; // session id
  if (message[0] === 1) {
    at += 2 + u16(at);
    at += 1 + message[at]!;
  } else {
    at += 3;
  }
  const before = message.subarray(0, at);
  const extensions: Extension[] = [];
  for (at += 2; at < message.length; ) {
    const length = u16(at + 2);
    extensions.push({ type: u16(at), data: message.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return { before, extensions };
}

function editedHello(message: Uint8Array, edits: readonly HelloEdit[]): Uint8Array {
  const { before, extensions } = splitHello(message);
  for (const { type, data } of edits) {
    const at = extensions.findIndex((one) => one.type === type);
    const fresh = data === null ? [] : [{ type, data: new Uint8Array(Buffer.from(data, 'hex')) }];
    extensions.splice(at < 0 ? extensions.length : at, at < 0 ? 0 : 1, ...fresh);
  }
  const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 255);
  const list = Buffer.concat(extensions.map(({ type, data }) => Buffer.concat([u16(type), u16(data.length), data])));
  const body = Buffer.concat([before.subarray(4), u16(list.length), list]);
  return Buffer.concat([Uint8Array.of(message[0]!, body.length >> 16), u16(body.length & 65_535), body]);
}
