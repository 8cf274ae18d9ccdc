/**
 * A handshake recorded once, to bring one side to any of its states without the other: the same seed gives the same bytes, so what
 * the peer said then fits again.
 */
import type { ProfileName } from '../src/index.js';
import { End, type Memory } from './_end.js';
import { type Flow, isTls13, type Role, shapeOf } from './_flows.js';
import { splitRecords } from './_middle.js';
import { type Keys, keysOf, type Plain } from './_sealing.js';

/** More than any handshake here has. */
const recordsMax = 50;

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
  /** What protects the records that it reads, from the first on. */
  readonly #keys: () => Keys;

  constructor(profile: ProfileName, flow: Flow, role: Role) {
    this.profile = profile;
    this.flow = flow;
    this.role = role;
    this.#memory = shapeOf(flow).resumes === undefined ? undefined : remembered(profile, flow);
    const victim = new End(profile, flow, role, { memory: this.#memory });
    const peer = new End(profile, flow, role === 'client' ? 'server' : 'client', { memory: this.#memory });
    const records: Uint8Array[] = [];
    const sent: number[] = [];
    const states: string[] = [];
    const heard: Uint8Array[] = [];
    for (let passed = 0; passed < recordsMax; passed += 1) {
      victim.goOn();
      states.push(victim.ssl.handState);
      heard.push(victim.said());
      peer.hear(heard[passed]!);
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
    const [ours, theirs] = [Buffer.concat(heard), Buffer.concat(records)];
    const said = role === 'client' ? { client: ours, server: theirs } : { client: theirs, server: ours };
    const { crypto } = peer.ssl.environment;
    this.#keys = keysOf({ crypto, isTls13: isTls13(flow), said, secrets: peer.secrets }, peer.role);
    const keys = this.#keys();
    this.#plain = records.map((bytes) => keys.open(bytes));
  }

  /** A side that has read `passed` records, and waits for the next. */
  victim(passed: number): End {
    const victim = new End(this.profile, this.flow, this.role, { memory: this.#memory });
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
    const keys = this.#keys();
    for (const gone of this.#plain.slice(0, passed)) keys.seal(gone);
    return Buffer.concat(records.map((plain) => keys.seal(plain)));
  }
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
  client.goOn(); // tickets of TLS 1.3 come behind the handshake
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
