/**
 * A handshake recorded once, to bring one side to any of its states without the other: the same seed gives the same bytes, so what
 * the peer said then fits again.
 */
import { AeadProtection } from '../src/connection/aead-protection.js';
import type { RecordFrame } from '../src/connection/protection.js';
import { keyBlock } from '../src/handshake/index.js';
import { MemoryTransport, type ProfileName, type Ssl, type SslCtx, type TicketKeys } from '../src/index.js';
import { Bench, tls12 } from './_bench.js';
import { clientContext, type Flow, type Role, renewTickets, serverContext, shapeOf } from './_flows.js';
import { record, recordHeaderBytes, splitRecords } from './_middle.js';

const changeCipherSpec = 20;
/** More than any handshake here has. */
const recordsMax = 50;

/** What two ends still have of an earlier handshake: their sessions as DER, and the server's keys. */
interface Memory {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly ticketKeys: TicketKeys;
}

/** One side with a library of its own, which is made in the same way each time: so are its bytes. */
export class End {
  readonly b: Bench;
  readonly ctx: SslCtx;
  readonly ssl: Ssl;
  readonly #near: MemoryTransport;
  readonly #far: MemoryTransport;

  constructor(profile: ProfileName, flow: Flow, role: Role, memory?: Memory) {
    this.b = new Bench(profile, { seed: role });
    const { L } = this.b;
    this.ctx = role === 'client' ? clientContext(this.b, flow) : serverContext(this.b, flow);
    if (role === 'server') {
      if (memory !== undefined) this.#remember(memory, flow);
      renewTickets(this.b, flow, this.ctx);
    }
    this.ssl = L.SSL_new(this.ctx)!;
    [this.#near, this.#far] = MemoryTransport.pair();
    L.SSL_set_transport(this.ssl, this.#near);
    if (role === 'server') {
      L.SSL_set_accept_state(this.ssl);
      return;
    }
    L.SSL_set_connect_state(this.ssl);
    if (memory === undefined) return;
    const session = L.d2i_SSL_SESSION(memory.client);
    L.SSL_set_session(this.ssl, session);
    L.SSL_SESSION_free(session);
  }

  #remember({ server, ticketKeys }: Memory, flow: Flow): void {
    const { L } = this.b;
    L.SSL_CTX_set_tlsext_ticket_keys(this.ctx, ticketKeys);
    if (shapeOf(flow).by !== 'id') return;
    const session = L.d2i_SSL_SESSION(server)!;
    L.SSL_CTX_add_session(this.ctx, session);
    L.SSL_SESSION_free(session);
  }

  get isDone(): boolean {
    return this.b.L.SSL_state(this.ssl) === 'ok';
  }

  hear(bytes: Uint8Array): void {
    this.#near.put(bytes);
  }

  /** No byte more will come. */
  hearEnd(): void {
    this.#near.end();
  }

  /** What it has said since it was last asked. */
  said(): Uint8Array {
    return Buffer.concat(this.#far.take());
  }

  goOn(): void {
    this.b.L.SSL_do_handshake(this.ssl);
  }

  free(): void {
    this.b.L.SSL_free(this.ssl);
    this.b.L.SSL_CTX_free(this.ctx);
  }
}

/** A record before it is protected. */
export interface Plain {
  readonly contentType: number;
  readonly version: number;
  readonly content: Uint8Array;
}

/** What one side reads in a flow on one line, and the states it waits in. */
export class Recording {
  readonly profile: ProfileName;
  readonly flow: Flow;
  readonly role: Role;
  /** How many records it reads in the handshake; data and close_notify come after them. */
  readonly total: number;
  readonly #memory: Memory | undefined;
  readonly #records: readonly Uint8Array[];
  readonly #plain: readonly Plain[];
  /** By the number of records read: how many the peer has sent by then, and the state. */
  readonly #sent: readonly number[];
  readonly #states: readonly string[];
  readonly #firstProtected: number;
  readonly #protection: () => AeadProtection;

  constructor(profile: ProfileName, flow: Flow, role: Role) {
    this.profile = profile;
    this.flow = flow;
    this.role = role;
    this.#memory = shapeOf(flow).resumes === undefined ? undefined : remembered(profile, flow);
    const victim = new End(profile, flow, role, this.#memory);
    const peer = new End(profile, flow, role === 'client' ? 'server' : 'client', this.#memory);
    const records: Uint8Array[] = [];
    const sent: number[] = [];
    const states: string[] = [];
    for (let passed = 0; passed < recordsMax; passed += 1) {
      victim.goOn();
      states.push(victim.ssl.handState);
      peer.hear(victim.said());
      peer.goOn();
      records.push(...splitRecords(peer.said()));
      sent.push(records.length);
      const next = records[passed];
      if (next === undefined) break;
      victim.hear(next);
    }
    if (!victim.isDone || !peer.isDone)
      throw new Error(`${profile} ${flow}: expected a handshake, got: ${states.join()}`);
    this.total = records.length;
    peer.b.L.SSL_write(peer.ssl, Buffer.from('data'));
    peer.b.L.SSL_shutdown(peer.ssl);
    records.push(...splitRecords(peer.said()));
    sent[this.total] = records.length;
    this.#records = records;
    this.#sent = sent;
    this.#states = states;
    this.#firstProtected = records.findIndex(([contentType]) => contentType === changeCipherSpec) + 1;
    this.#protection = protectionOf(peer, role, records[this.#firstProtected] ?? new Uint8Array(0));
    this.#plain = this.#opened();
  }

  /** A side that has read `passed` records, and waits for the next. */
  victim(passed: number): End {
    const victim = new End(this.profile, this.flow, this.role, this.#memory);
    for (let at = 0; at < passed; at += 1) victim.hear(this.#records[at]!);
    victim.goOn();
    victim.b.L.takeErrors();
    const { handState } = victim.ssl;
    if (handState !== this.#states[passed]) {
      throw new Error(`${this.flow}: expected ${this.#states[passed]} after ${passed} records, got ${handState}`);
    }
    return victim;
  }

  /** What is then under way to it. */
  underway(passed: number): Uint8Array {
    return Buffer.concat(this.#records.slice(passed, this.#sent[passed]));
  }

  /** The same, before it was protected. */
  underwayPlain(passed: number): Plain[] {
    return this.#plain.slice(passed, this.#sent[passed]);
  }

  /** Records for a side that has read `passed`, protected as its peer would protect them from there on. */
  sealed(passed: number, records: readonly Plain[]): Uint8Array {
    const protection = this.#protection();
    let isProtected = passed >= this.#firstProtected;
    for (let skipped = this.#firstProtected; skipped < passed; skipped += 1) {
      protection.seal(frameOf(23), new Uint8Array(0));
    }
    const parts: Uint8Array[] = [];
    for (const { contentType, version, content } of records) {
      const fragment = isProtected ? protection.seal(frameOf(contentType), content) : content;
      parts.push(record(contentType, fragment, version));
      isProtected ||= contentType === changeCipherSpec;
    }
    return Buffer.concat(parts);
  }

  #opened(): Plain[] {
    const protection = this.#protection();
    return this.#records.map((bytes, at) => {
      const [contentType = 0, major = 0, minor = 0] = bytes;
      const fragment = bytes.subarray(recordHeaderBytes);
      const content = at < this.#firstProtected ? fragment : protection.open(frameOf(contentType), fragment);
      if (typeof content === 'string') throw new Error(`${this.flow}: record ${at} does not open: ${content}`);
      return { contentType, version: major * 256 + minor, content };
    });
  }
}

function frameOf(contentType: number): RecordFrame {
  return { contentType, version: tls12 };
}

/** What protects the records that `role` reads from `peer`; each call begins anew, with the nonce of the first. */
function protectionOf(peer: End, role: Role, first: Uint8Array): () => AeadProtection {
  const { environment, handshake, session } = peer.ssl;
  const suite = handshake.suite!;
  const suiteRecords = suite.records;
  if (suiteRecords.form !== 'aead') throw new Error('handshakes are recorded with an AEAD');
  const keys = keyBlock(environment.crypto, suite, session!.masterKey, handshake.randoms());
  const direction = role === 'client' ? keys.server : keys.client;
  const fillNonce = (target: Uint8Array): void =>
    target.set(first.subarray(recordHeaderBytes).subarray(0, target.length));
  return () => new AeadProtection(environment.crypto, suiteRecords, direction, { version: tls12, fillNonce });
}

/** A handshake made and closed. */
function remembered(profile: ProfileName, flow: Flow): Memory {
  const client = new End(profile, flow, 'client');
  const server = new End(profile, flow, 'server');
  for (let round = 0; round < recordsMax && !(client.isDone && server.isDone); round += 1) {
    client.goOn();
    server.hear(client.said());
    server.goOn();
    client.hear(server.said());
  }
  const memory = {
    client: sessionOf(client),
    server: sessionOf(server),
    ticketKeys: server.b.L.SSL_CTX_get_tlsext_ticket_keys(server.ctx),
  };
  return memory;
}

function sessionOf({ b, ssl }: End): Uint8Array {
  return b.L.i2d_SSL_SESSION(b.L.SSL_get_session(ssl)!)!;
}
