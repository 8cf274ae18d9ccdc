/**
 * Which record, message or alert that an end has got is which that the other has sent. Records on their way are told by their sum and length,
 * and by their connection: one ChangeCipherSpec is like another. What a record carries stands behind it in the trace, at both ends in the same order.
 */
import type { TraceEvent } from '../trace/index.js';

type OnTheWire = Extract<TraceEvent, { kind: 'record' | 'message' | 'alert' }>;
type OfConnection = Extract<TraceEvent, { kind: 'connection' }>;

/** A record, and the places of what it carries. */
interface Carrier {
  readonly n: number;
  /** Who sent it, and on which connection, where that is known. */
  readonly end: string;
  readonly connection: number | undefined;
  readonly carried: number[];
}

/** A record that has come: what it carries is still to be told. */
interface Coming {
  readonly from: Carrier | undefined;
  next: number;
}

/** Records that nobody has got yet, at most: what a fault has eaten never comes. */
const underWayMax = 100_000;

export class Partners {
  /** By sum and length, the oldest first. */
  readonly #underWay = new Map<number, Carrier[]>();
  #underWayCount = 0;
  /** By host and connection. */
  readonly #lastSent = new Map<string, Carrier>();
  readonly #lastCome = new Map<string, Coming>();
  readonly #connections = new Map<string, number>();
  /** By host and step: a server's SSL comes to be after its connection, in the step that took it. */
  readonly #accepted = new Map<string, number>();

  connected({ what, connection, host, step, ssl }: OfConnection): void {
    if (what === 'accepted') this.#accepted.set(`${host} ${step}`, connection);
    else if (what === 'opening') this.#connections.set(`${host} ${ssl}`, connection);
  }

  /** @returns how many events before this one the other end's stands; 0 where it has none */
  of(event: OnTheWire): number {
    const end = `${event.host} ${event.ssl}`;
    if (event.kind === 'record') return event.direction === 'sent' ? this.#sent(event, end) : this.#came(event, end);
    if (event.direction === 'sent') {
      this.#lastSent.get(end)?.carried.push(event.n);
      return 0;
    }
    const coming = this.#lastCome.get(end);
    const partner = coming?.from?.carried[coming.next];
    if (coming !== undefined) coming.next += 1;
    return partner === undefined ? 0 : event.n - partner;
  }

  #sent(event: Extract<OnTheWire, { kind: 'record' }>, end: string): number {
    const carrier = { n: event.n, end, connection: this.#connectionOf(event, end), carried: [] };
    this.#lastSent.set(end, carrier);
    if (this.#underWayCount >= underWayMax) {
      this.#underWay.clear();
      this.#underWayCount = 0;
    }
    this.#underWayCount += 1;
    const key = keyOf(event);
    const waiting = this.#underWay.get(key);
    if (waiting === undefined) this.#underWay.set(key, [carrier]);
    else waiting.push(carrier);
    return 0;
  }

  #came(event: Extract<OnTheWire, { kind: 'record' }>, end: string): number {
    const key = keyOf(event);
    const waiting = this.#underWay.get(key);
    const connection = this.#connectionOf(event, end);
    const at = waiting?.findIndex((one) => one.end !== end && isOf(one, connection)) ?? -1;
    const [from] = at < 0 ? [] : (waiting?.splice(at, 1) ?? []);
    if (from !== undefined) this.#underWayCount -= 1;
    if (waiting?.length === 0) this.#underWay.delete(key);
    this.#lastCome.set(end, { from, next: 0 });
    return from === undefined ? 0 : event.n - from.n;
  }

  #connectionOf({ host, step }: OnTheWire, end: string): number | undefined {
    const accepted = this.#accepted.get(`${host} ${step}`);
    if (accepted === undefined) return this.#connections.get(end);
    this.#connections.set(end, accepted); // also of a process that numbers its objects anew
    this.#accepted.delete(`${host} ${step}`);
    return accepted;
  }
}

function isOf(carrier: Carrier, connection: number | undefined): boolean {
  return connection === undefined || carrier.connection === undefined || carrier.connection === connection;
}

/** Both fit into a double. */
function keyOf({ sum, length }: Extract<OnTheWire, { kind: 'record' }>): number {
  return sum * 0x10000 + (length & 0xffff);
}
