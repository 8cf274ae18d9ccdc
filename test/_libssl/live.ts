/**
 * A handshake between two ends of one library, in which one side is brought to any of its states and is then given damaged records: the
 * same by its plan on the model and on real libssl, whatever their random bytes are.
 */
import type { CryptoProvider } from '../../src/crypto/index.js';
import { type Credential, testCredentials } from '../../src/index.js';
import { damagedBytes, damagedRecords, dice, type Roll } from '../_damage.js';
import { type Flow, flows, flows13, isTls13, type Role, shapeOf } from '../_flows.js';
import { message, splitRecords } from '../_middle.js';
import { type Keys, keysOf, type Plain } from '../_sealing.js';

/** Calls that an end makes, with arguments of their own: a word is written, up to 100 bytes are read. */
export type LiveCall =
  | 'SSL_do_handshake'
  | 'SSL_read'
  | 'SSL_read_early_data'
  | 'SSL_write_early_data'
  | 'SSL_write'
  | 'SSL_shutdown'
  | 'SSL_key_update'
  | 'SSL_verify_client_post_handshake';

/** A connection, as both libraries have it. */
export interface LiveSsl {
  call(name: LiveCall): number;
  /** SSL_get_error without its `SSL_ERROR_`. */
  errorOf(result: number): string;
  takeErrors(): string[];
  readonly isDone: boolean;
  /** The key log, by label. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  hear(bytes: Uint8Array): void;
  /** No byte more will come. */
  hearEnd(): void;
  said(): Uint8Array;
  free(): void;
}

export interface LiveMemory {
  /** Both sessions as DER. */
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly ticketKeys: unknown;
}

/** A library that makes connections. */
export interface LiveLibrary {
  readonly crypto: CryptoProvider;
  open(flow: Flow, role: Role, memory: LiveMemory | undefined): LiveSsl;
  /** What two connections that have shaken hands leave behind. */
  memoryOf(client: LiveSsl, server: LiveSsl): LiveMemory;
}

/** Signatures of one length, so that damage falls on the same place in either library. */
export const liveCredential: Credential = testCredentials['rsa-2048'];
export const liveReadBytes = 100;
export const liveWord: Uint8Array = Buffer.from('data');
/** Without the one that needs a callback inside libssl: for tickets that are renewed. */
export const liveFlows: readonly Flow[] = [...flows, ...flows13].filter((flow) => shapeOf(flow).renews === undefined);
const recordsMax = 60;
const earlyDataOver = 2; // SSL_READ_EARLY_DATA_FINISH
const alertType = 21;
const handshakeType = 22;
const alertBytes = 2;

/** An end that makes the calls which a program makes. */
class LiveEnd {
  readonly ssl: LiveSsl;
  readonly log: string[] = [];
  readonly #role: Role;
  readonly #flow: Flow;
  #early: boolean;
  #fresh = true;

  constructor(ssl: LiveSsl, flow: Flow, role: Role, hasMemory: boolean) {
    this.ssl = ssl;
    this.#flow = flow;
    this.#role = role;
    const { early } = shapeOf(flow);
    this.#early = hasMemory && (role === 'client' ? early !== undefined : early === 'taken');
  }

  make(name: LiveCall): number {
    const result = this.ssl.call(name);
    const words = result > 0 ? [] : [this.ssl.errorOf(result), ...this.ssl.takeErrors()];
    this.log.push([name, result, ...words].join(' '));
    return result;
  }

  #step(): number {
    if (this.#early) return this.#stepEarly();
    if (!this.ssl.isDone) return this.make('SSL_do_handshake');
    if (this.#fresh) this.#afterHandshake();
    return this.make('SSL_read');
  }

  #stepEarly(): number {
    if (this.#role === 'client') {
      this.#early = false;
      return this.make('SSL_write_early_data');
    }
    const result = this.make('SSL_read_early_data');
    if (result === earlyDataOver) this.#early = false;
    return result;
  }

  #afterHandshake(): void {
    const { certificate, updates } = shapeOf(this.#flow);
    this.#fresh = false;
    if (updates === true) this.make('SSL_key_update');
    if (certificate === 'later' && this.#role === 'server') this.make('SSL_verify_client_post_handshake');
    this.make('SSL_do_handshake');
  }

  /** As far as it gets. @returns whether it waits for more */
  goOn(): boolean {
    while (this.#step() > 0);
    return this.log[this.log.length - 1]!.endsWith(' WANT_READ');
  }
}

/** A message with a record of its own has another body. */
export interface OtherBody {
  /** HandshakeType */
  readonly message: number;
  /** Hexadecimal. */
  readonly body: string;
}

/** A side of a flow that has read so many records, and the damage: by its number, or a message that gives way to another. */
export interface LiveCase {
  readonly flow: Flow;
  readonly role: Role;
  readonly passed: number;
  readonly number: number;
  readonly other?: OtherBody;
}

export interface LivePlayed {
  /** The lengths of the records that were on their way; null: the handshake has not so many. */
  readonly underway: readonly number[] | null;
  /** What the victim's calls gave, and the alerts that it sent. */
  readonly log: readonly string[];
}

export class Live {
  readonly #library: LiveLibrary;
  readonly #memories = new Map<Flow, LiveMemory>();

  constructor(library: LiveLibrary) {
    this.#library = library;
  }

  play({ flow, role, passed, number, other: otherBody }: LiveCase): LivePlayed {
    const memory = shapeOf(flow).resumes === undefined ? undefined : this.#memoryFor(flow);
    const other = role === 'client' ? 'server' : 'client';
    const open = (side: Role): LiveEnd =>
      new LiveEnd(this.#library.open(flow, side, memory), flow, side, memory !== undefined);
    const [victim, peer] = [open(role), open(other)];
    const talk = new Talk(victim, peer);
    const roll = dice(1 + number * 7919 + passed * 104_729);
    try {
      if (!talk.bring(passed)) return { underway: null, log: [] };
      const overhear = (who: LiveEnd, side: Role): (() => Keys) =>
        keysOf(
          {
            crypto: this.#library.crypto,
            isTls13: isTls13(flow),
            said:
              role === 'client'
                ? { client: talk.ours, server: talk.theirs }
                : { client: talk.theirs, server: talk.ours },
            secrets: who.ssl.secrets,
          },
          side,
        );
      const keys = overhear(peer, other);
      const damage = (): Uint8Array =>
        roll(2) === 0
          ? damagedBytes(Buffer.concat(talk.underway), roll)
          : talk.sealedAnew(passed, keys, (records) => damagedRecords(records, roll));
      const stream =
        otherBody === undefined
          ? damage()
          : talk.sealedAnew(passed, keys, (records) => records.map((one) => withOther(one, otherBody)));
      victim.log.length = 0;
      feed(victim, stream, roll);
      talk.listen();
      return {
        underway: talk.underway.map((bytes) => bytes.length),
        log: [...victim.log, ...alertsOf(talk.ours, overhear(victim, role)())],
      };
    } finally {
      victim.ssl.free();
      peer.ssl.free();
    }
  }

  #memoryFor(flow: Flow): LiveMemory {
    const known = this.#memories.get(flow);
    if (known !== undefined) return known;
    const ends = (['client', 'server'] as const).map(
      (role) => new LiveEnd(this.#library.open(flow, role, undefined), flow, role, false),
    );
    const [client, server] = ends as [LiveEnd, LiveEnd]; // one each
    for (let round = 0; round < recordsMax && !(client.ssl.isDone && server.ssl.isDone); round += 1) {
      client.goOn();
      server.ssl.hear(client.ssl.said());
      server.goOn();
      client.ssl.hear(server.ssl.said());
    }
    client.goOn(); // tickets of TLS 1.3 come behind the handshake
    const made = this.#library.memoryOf(client.ssl, server.ssl);
    for (const { ssl } of ends) ssl.free();
    this.#memories.set(flow, made);
    return made;
  }
}

/** What goes to and fro. */
class Talk {
  readonly #victim: LiveEnd;
  readonly #peer: LiveEnd;
  /** Records for the victim: those it has read, and those on their way. */
  readonly #records: Uint8Array[] = [];
  #passed = 0;
  ours: Uint8Array = new Uint8Array(0);

  constructor(victim: LiveEnd, peer: LiveEnd) {
    this.#victim = victim;
    this.#peer = peer;
  }

  get underway(): Uint8Array[] {
    return this.#records.slice(this.#passed);
  }

  get theirs(): Uint8Array {
    return Buffer.concat(this.#records);
  }

  /** Lets the victim read so many records. @returns false where there are not so many */
  bring(passed: number): boolean {
    this.#turn();
    while (this.#passed < passed) {
      const next = this.#records[this.#passed];
      if (next === undefined) return false;
      this.#passed += 1;
      this.#victim.ssl.hear(next);
      this.#turn();
    }
    if (this.underway.length > 0) return true;
    this.#peer.make('SSL_write');
    this.#peer.make('SSL_shutdown');
    this.#records.push(...splitRecords(this.#peer.ssl.said()));
    return true;
  }

  #turn(): void {
    this.#victim.goOn();
    this.#peer.ssl.hear(this.listen());
    this.#peer.goOn();
    this.#records.push(...splitRecords(this.#peer.ssl.said()));
  }

  /** What the victim has said since. */
  listen(): Uint8Array {
    const said = this.#victim.ssl.said();
    this.ours = Buffer.concat([this.ours, said]);
    return said;
  }

  sealedAnew(passed: number, keys: () => Keys, change: (records: Plain[]) => Plain[]): Uint8Array {
    const opening = keys();
    const plain: Plain[] = this.#records.map((bytes) => opening.open(bytes));
    const sealing = keys();
    for (const gone of plain.slice(0, passed)) sealing.seal(gone);
    return Buffer.concat(change(plain.slice(passed)).map((one) => sealing.seal(one)));
  }
}

function withOther(one: Plain, other: OtherBody): Plain {
  const isIt = one.contentType === handshakeType && one.content[0] === other.message;
  return isIt ? { ...one, content: message(other.message, Buffer.from(other.body, 'hex')) } : one;
}

/** The stream in pieces, then perhaps its end; whatever came of it, the victim writes and closes. */
function feed(victim: LiveEnd, stream: Uint8Array, roll: Roll): void {
  let waits = true;
  for (let at = 0; at < stream.length && waits; ) {
    const size = roll(3) === 0 ? 1 + roll(5) : stream.length;
    victim.ssl.hear(stream.subarray(at, at + size));
    at += size;
    waits = victim.goOn();
  }
  if (waits && roll(2) === 0) {
    victim.ssl.hearEnd();
    victim.goOn();
  }
  if (victim.ssl.isDone) victim.make('SSL_write');
  victim.make('SSL_shutdown');
}

/** The alerts among an end's records, as far as they open. */
function alertsOf(said: Uint8Array, keys: Keys): string[] {
  const found: string[] = [];
  for (const bytes of splitRecords(said)) {
    try {
      const { contentType, content } = keys.open(bytes);
      // up to 3.0 a client whose early data were sealed leaves room for a nonce before its plain alert, with whatever lay there
      const behind = content.slice(-alertBytes).join(' ');
      if (contentType === alertType) found.push(`alert ${behind}, the last of ${content.length} bytes`);
    } catch {
      found.push(`a record of type ${bytes[0]} that does not open`);
    }
  }
  return found;
}
