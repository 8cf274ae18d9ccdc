/** Where in the bytes of a run the records, messages and alerts stand that its trace tells of. */
import type { TraceEvent } from '../trace/index.js';
import type { ConnectionBytes, RunBytes } from './bytes-of.js';
import type { Message, StreamFields } from './field.js';
import { recordHeaderBytes } from './record.js';

interface Heard {
  readonly n: number;
  readonly host: string;
  readonly step: string;
}
interface Spoken extends Heard {
  readonly ssl: number;
  readonly direction: 'sent' | 'received';
}

/** What of an event says where its bytes are. */
export type Said =
  /** A process began: its objects are numbered anew. */
  | (Heard & { readonly kind: 'process' })
  /** A server took a connection: what is said in the same step is said on it. */
  | (Heard & { readonly kind: 'accepted'; readonly connection: number })
  | (Spoken & { readonly kind: 'record'; readonly length: number; readonly sum: number })
  | (Spoken & { readonly kind: 'message'; readonly handshakeType: number })
  | (Spoken & { readonly kind: 'alert' });

/** Where the bytes of an event are. */
export interface Place {
  readonly connection: number;
  /** Whose stream. */
  readonly from: 'client' | 'server';
  /** Of a message, that of its last piece; from 0, as in `StreamFields.records`. */
  readonly record: number;
  /** Of an event about a message: which of those of its kind that end in that record, from 0. */
  readonly message?: { readonly kind: 'handshake' | 'alert'; readonly handshakeType?: number; readonly nth: number };
}

/** Undefined for an event that is not about bytes on the wire. */
export function saidIn(event: TraceEvent): Said | undefined {
  const { n, host, step } = event;
  const where = { n, host, step };
  switch (event.kind) {
    case 'process':
      return event.what === 'started' ? { ...where, kind: 'process' } : undefined;
    case 'connection':
      return event.what === 'accepted' ? { ...where, kind: 'accepted', connection: event.connection } : undefined;
    case 'record': {
      const { ssl, direction, length, sum } = event;
      return { ...where, kind: 'record', ssl, direction, length, sum };
    }
    case 'message': {
      const { ssl, direction, handshakeType } = event;
      return { ...where, kind: 'message', ssl, direction, handshakeType };
    }
    case 'alert':
      return { ...where, kind: 'alert', ssl: event.ssl, direction: event.direction };
    default:
      return undefined;
  }
}

/**
 * By `n`: the places of all events about records, messages and alerts whose bytes are there. What never left its host has
 * none; what was changed on the way is where it left.
 */
export function placesOf(run: RunBytes): ReadonlyMap<number, Place> {
  const seeker = new Seeker(run.connections);
  const places = new Map<number, Place>();
  for (const said of run.said) {
    const place = seeker.seek(said);
    if (place !== undefined) places.set(said.n, place);
  }
  return places;
}

/** The message of an event, in the fields of the stream that its place names; undefined for a record that could not be opened. */
export function messageAt({ messages }: StreamFields, { message, record }: Place): Message | undefined {
  let nth = message?.nth ?? 0;
  for (let i = firstEndingIn(messages, record); messages[i]?.records.last === record; i++) {
    const one = messages[i];
    const isOfKind =
      message === undefined || (one?.kind === message.kind && one.handshakeType === message.handshakeType);
    if (isOfKind && nth-- === 0) return one;
  }
  return undefined;
}

/** Where the messages begin that end in a record, or behind it: they are in that order. */
function firstEndingIn(messages: readonly Message[], record: number): number {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((messages[middle]?.records.last ?? record) < record) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Side = 'client' | 'server';
type Way = 'sent' | 'received';
type SaidRecord = Extract<Said, { kind: 'record' }>;

interface Sized {
  readonly length: number;
  readonly sum: number;
}

/** A record in a stream. */
interface Candidate extends Sized {
  readonly at: Place;
}

/** The records of one stream, and how many of them its two ends have told of. */
interface Track {
  readonly records: readonly Candidate[];
  readonly told: Record<Way, number>;
}

/** One end of a connection, which an SSL speaks for. */
interface BoundEnd {
  readonly connection: number;
  readonly side: Side;
  /** The last record each way, and the messages of each kind that ended in it; undefined where its bytes are not there. */
  readonly last: Partial<Record<Way, { readonly place: Place; readonly nth: Map<number, number> } | undefined>>;
}

const alert = -1;

class Seeker {
  /** By way, host, length and sum: where an SSL of which nothing is known yet may be at work. */
  readonly #candidates = new Map<string, Candidate[]>();
  readonly #tracks = new Map<string, Track>();
  readonly #runs = new Map<string, number>();
  /** By host, process and step, of the steps that took a connection. */
  readonly #accepted = new Map<string, number>();
  /** By host, process and SSL. */
  readonly #ends = new Map<string, BoundEnd>();
  readonly #bound = new Set<string>();

  constructor(connections: readonly ConnectionBytes[]) {
    for (const one of connections) this.#list(one);
  }

  seek(said: Said): Place | undefined {
    switch (said.kind) {
      case 'process':
        this.#runs.set(said.host, (this.#runs.get(said.host) ?? 0) + 1);
        return undefined;
      case 'accepted':
        this.#accepted.set(this.#idOf(said, said.step), said.connection);
        return undefined;
      case 'record':
        return this.#record(said);
      default:
        return this.#message(said);
    }
  }

  /** A message is told of behind the record in which it ends. */
  #message(said: Extract<Said, { kind: 'message' | 'alert' }>): Place | undefined {
    const last = this.#ends.get(this.#idOf(said, said.ssl))?.last[said.direction];
    if (last === undefined) return undefined;
    const type = said.kind === 'alert' ? alert : said.handshakeType;
    const nth = last.nth.get(type) ?? 0;
    last.nth.set(type, nth + 1);
    if (said.kind === 'alert') return { ...last.place, message: { kind: 'alert', nth } };
    return { ...last.place, message: { kind: 'handshake', handshakeType: said.handshakeType, nth } };
  }

  #record(said: SaidRecord): Place | undefined {
    const ssl = this.#idOf(said, said.ssl);
    const end = this.#ends.get(ssl) ?? this.#taken(ssl, said);
    const own = end && this.#next(end, said);
    const found = own ?? this.#unbound(said);
    if (found === undefined) {
      if (end !== undefined) end.last[said.direction] = undefined;
      return undefined;
    }
    const { at } = found;
    const track = this.#tracks.get(endOf(at.connection, at.from));
    if (track !== undefined) track.told[said.direction] = at.record + 1;
    const speaker =
      own === undefined || end === undefined ? this.#bind(ssl, at.connection, sideOf(at.from, said.direction)) : end;
    speaker.last[said.direction] = { place: at, nth: new Map() };
    return at;
  }

  /** An SSL that speaks for the first time, in the step that took a connection. */
  #taken(ssl: string, said: SaidRecord): BoundEnd | undefined {
    const connection = this.#accepted.get(this.#idOf(said, said.step));
    if (connection === undefined || this.#bound.has(endOf(connection, 'server'))) return undefined;
    return this.#bind(ssl, connection, 'server');
  }

  /** The next record of the stream that is the one told of; of what came, one of that length that was changed on the way. */
  #next({ connection, side }: BoundEnd, { direction, length, sum }: SaidRecord): Candidate | undefined {
    const track = this.#tracks.get(endOf(connection, sideOf(side, direction)));
    if (track === undefined) return undefined;
    const { records, told } = track;
    for (let i = told[direction]; i < records.length; i++) {
      if (records[i]?.sum === sum && records[i]?.length === length) return records[i];
    }
    const next = records[told[direction]];
    return direction === 'received' && next?.length === length ? next : undefined;
  }

  /** The first record that it could be, of an end that nobody speaks for yet. */
  #unbound(said: SaidRecord): Candidate | undefined {
    return this.#candidates
      .get(keyOf(said.direction, said.host, said))
      ?.find(({ at }) => !this.#bound.has(endOf(at.connection, sideOf(at.from, said.direction))));
  }

  #bind(ssl: string, connection: number, side: Side): BoundEnd {
    const end: BoundEnd = { connection, side, last: {} };
    this.#ends.set(ssl, end);
    this.#bound.add(endOf(connection, side));
    return end;
  }

  #list({ connection, client, server }: ConnectionBytes): void {
    const streams = { client, server };
    for (const from of ['client', 'server'] as const) {
      const records = recordsOf(streams[from].bytes).map((bytes, record): Candidate => {
        const candidate = { at: { connection, from, record }, length: bytes.length, sum: sumOf(bytes) };
        this.#add(keyOf('sent', streams[from].host, candidate), candidate);
        this.#add(keyOf('received', streams[other(from)].host, candidate), candidate);
        return candidate;
      });
      this.#tracks.set(endOf(connection, from), { records, told: { sent: 0, received: 0 } });
    }
  }

  #add(key: string, candidate: Candidate): void {
    const list = this.#candidates.get(key);
    if (list === undefined) this.#candidates.set(key, [candidate]);
    else list.push(candidate);
  }

  #idOf({ host }: Heard, id: number | string): string {
    return `${host}/${this.#runs.get(host) ?? 0}/${id}`;
  }
}

function other(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}

/** Whose stream it is that `side` has sent or received; and whose end, that has sent or received of that stream. */
function sideOf(side: Side, way: Way): Side {
  return way === 'sent' ? side : other(side);
}

function keyOf(way: Way, host: string, { length, sum }: Sized): string {
  return `${way}/${host}/${length}/${sum}`;
}

function endOf(connection: number, side: Side): string {
  return `${connection}/${side}`;
}

/** Whole records, as their headers say. */
function recordsOf(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at + recordHeaderBytes <= bytes.length; ) {
    const to = at + recordHeaderBytes + (((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0));
    if (to > bytes.length) break;
    records.push(bytes.subarray(at, to));
    at = to;
  }
  return records;
}

/** FNV-1a, 32 bits, as record events have it. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
