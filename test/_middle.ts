/** A man in the middle: two connections whose records pass one at a time, so that one side can be stopped in any state. */
import { AeadProtection } from '../src/connection/aead-protection.js';
import { keyBlock } from '../src/handshake/index.js';
import { MemoryTransport, type Ssl, type SslCtx } from '../src/index.js';
import type { Bench } from './_bench.js';
import { clientContext, type Flow, type Role, renewTickets, serverContext, shapeOf } from './_flows.js';

export const recordHeaderBytes = 5;

/** A record as it stands on the wire. */
export function record(contentType: number, fragment: Uint8Array, version = 0x0303): Uint8Array {
  const header = [contentType, version >> 8, version & 0xff, fragment.length >> 8, fragment.length & 0xff];
  return Uint8Array.of(...header, ...fragment);
}

/** A handshake message. */
export function message(type: number, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  return Uint8Array.of(type, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff, ...body);
}

/** Whole records out of a stream of them. */
export function splitRecords(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = recordHeaderBytes + bytes[at + 3]! * 256 + bytes[at + 4]!;
    records.push(bytes.subarray(at, at + length));
    at += length;
  }
  return records;
}

/** How plain handshake records are put together anew. */
export type Pass = { readonly pieces: number } | 'one record';

/** The handshake messages of a flight in pieces of one size, or all in one record; other records stay as they are. */
export function repacked(flight: readonly Uint8Array[], how: Pass): Uint8Array[] {
  const out: Uint8Array[] = [];
  let plain: number[] = [];
  let isProtected = false;
  const flush = (): void => {
    const size = how === 'one record' ? plain.length : how.pieces;
    for (let at = 0; at < plain.length; at += size) out.push(record(22, Uint8Array.from(plain.slice(at, at + size))));
    plain = [];
  };
  for (const one of flight) {
    if (one[0] === 22 && !isProtected) {
      plain.push(...one.subarray(recordHeaderBytes));
      continue;
    }
    flush();
    if (one[0] === 20) isProtected = true;
    out.push(one);
  }
  flush();
  return out;
}

export class Middle {
  readonly b: Bench;
  readonly role: Role;
  readonly cc: SslCtx;
  readonly sc: SslCtx;
  readonly victim: Ssl;
  readonly peer: Ssl;
  /** Records on their way to the victim. */
  readonly underway: Uint8Array[] = [];
  readonly #victimNear: MemoryTransport;
  readonly #victimFar: MemoryTransport;
  readonly #peerNear: MemoryTransport;
  readonly #peerFar: MemoryTransport;

  constructor(b: Bench, flow: Flow, role: Role) {
    const { L } = b;
    this.b = b;
    this.role = role;
    this.cc = clientContext(b, flow);
    this.sc = serverContext(b, flow);
    const session = shapeOf(flow).resumes === undefined ? undefined : b.established(this.cc, this.sc);
    renewTickets(b, flow, this.sc);
    const { c, s } = b.pair(this.cc, this.sc, session);
    L.SSL_SESSION_free(session ?? null);
    [this.victim, this.peer] = role === 'client' ? [c, s] : [s, c];
    [this.#victimNear, this.#victimFar] = MemoryTransport.pair();
    [this.#peerNear, this.#peerFar] = MemoryTransport.pair();
    L.SSL_set_transport(this.victim, this.#victimNear);
    L.SSL_set_transport(this.peer, this.#peerNear);
    this.turn();
  }

  /** Both sides do what they can, and what they said goes on its way. */
  turn(): void {
    const { L } = this.b;
    if (L.SSL_state(this.victim) !== 'error') L.SSL_do_handshake(this.victim);
    for (const bytes of this.#victimFar.take()) this.#peerFar.write(bytes);
    if (L.SSL_state(this.peer) !== 'error') L.SSL_do_handshake(this.peer);
    this.underway.push(...splitRecords(Buffer.concat(this.#peerFar.take())));
  }

  /** Lets so many records through to the victim, one at a time. @returns false when there were not so many */
  pass(records: number): boolean {
    for (let i = 0; i < records; i += 1) {
      if (this.underway.length === 0) this.turn();
      const next = this.underway.shift();
      if (next === undefined) return false;
      this.give(next);
      this.turn();
    }
    return true;
  }

  /** Bytes for the victim, whatever they are; it does not go on by itself. */
  give(bytes: Uint8Array): void {
    this.#victimNear.put(bytes);
  }

  /** No byte more will come. */
  end(): void {
    this.#victimNear.end();
  }

  /** A record for the victim as the peer would protect it at this moment, its own last one left out. */
  sealed(contentType: number, plaintext: Uint8Array): Uint8Array {
    const { records, handshake, session } = this.victim;
    if (records.readProtection === undefined) return record(contentType, plaintext);
    const keys = keyBlock(
      this.b.L.SSL_get_SSL_CTX(this.victim).library.environment.crypto,
      handshake.suite!,
      session!.masterKey,
      handshake.randoms(),
    );
    const { crypto } = this.victim.environment;
    const direction = this.role === 'client' ? keys.server : keys.client;
    const suiteRecords = handshake.suite!.records;
    if (suiteRecords.form !== 'aead') throw new Error('handshakes in the middle are made with an AEAD');
    const protection = new AeadProtection(crypto, suiteRecords, direction, { version: 0x0303 });
    const frame = { contentType, version: 0x0303 };
    for (let i = 0; i < this.#protectedRead(); i += 1) protection.seal(frame, plaintext);
    return record(contentType, protection.seal(frame, plaintext));
  }

  /** How many protected records the victim has read. */
  #protectedRead(): number {
    const received = this.b.events.filter(
      (event) => event.kind === 'record' && event.ssl === this.victim.id && event.direction === 'received',
    );
    const change = received.findLastIndex((event) => event.kind === 'record' && event.contentType === 20);
    return received.length - 1 - change;
  }

  /** The state in which the victim waits, and what tells it from the like. */
  get state(): string {
    const { handState, hit, ticketExpected, handshake, session } = this.victim;
    const marks = [
      hit ? 'resumed' : '',
      ticketExpected && this.role === 'client' ? 'ticket' : '',
      this.role === 'server' && handState === 'SW_SRVR_DONE' && handshake.certificateRequested > 0 ? 'asked' : '',
      this.role === 'server' && handState === 'SR_KEY_EXCH' && session?.peerCertificate !== undefined
        ? 'certified'
        : '',
    ];
    return [handState, ...marks.filter((mark) => mark !== '')].join(' ');
  }

  /** All is given back. */
  free(): void {
    const { L } = this.b;
    L.SSL_free(this.victim);
    L.SSL_free(this.peer);
    L.SSL_CTX_free(this.cc);
    L.SSL_CTX_free(this.sc);
  }
}

/** How many records the victim reads in a whole handshake. */
export function recordsOf(make: () => Bench, flow: Flow, role: Role): number {
  const middle = new Middle(make(), flow, role);
  let count = 0;
  while (middle.pass(1)) count += 1;
  if (middle.b.L.SSL_state(middle.victim) !== 'ok') throw new Error(`${flow}: the ${role} did not finish`);
  return count;
}
