/** Where in the bytes of a run the records, messages and alerts stand that its trace tells of. */
import type { TraceEvent } from '../trace/index.js';
import type { ConnectionBytes, RunBytes } from './bytes-of.js';
import type { Message, StreamFields } from './field.js';
import { recordHeaderBytes } from './record.js';

interface Heard {
  readonly n: number;
  readonly host: string;
}
interface Spoken extends Heard {
  readonly ssl: number;
  readonly direction: 'sent' | 'received';
}

/** What of an event says where its bytes are. */
export type Said =
  /** A process began: its objects are numbered anew. */
  | (Heard & { readonly kind: 'process' })
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
  const { n, host } = event;
  switch (event.kind) {
    case 'process':
      return event.what === 'started' ? { n, host, kind: 'process' } : undefined;
    case 'record': {
      const { ssl, direction, length, sum } = event;
      return { n, host, kind: 'record', ssl, direction, length, sum };
    }
    case 'message': {
      const { ssl, direction, handshakeType } = event;
      return { n, host, kind: 'message', ssl, direction, handshakeType };
    }
    case 'alert':
      return { n, host, kind: 'alert', ssl: event.ssl, direction: event.direction };
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
export function messageAt(fields: StreamFields, place: Place): Message | undefined {
  const { message, record } = place;
  const ended = fields.messages.filter(({ records }) => records.last === record);
  if (message === undefined) return ended[0];
  return ended.filter(({ kind, handshakeType }) => kind === message.kind && handshakeType === message.handshakeType)[
    message.nth
  ];
}

interface Candidate {
  readonly at: Place;
  readonly length: number;
  readonly taken: Set<'sent' | 'received'>;
}

/** One end of a connection, which an SSL speaks for. */
interface BoundEnd {
  readonly connection: number;
  readonly side: 'client' | 'server';
  /** The last record of each direction, and the messages that ended in it. */
  readonly last: Partial<Record<'sent' | 'received', { readonly place: Place; readonly nth: Map<string, number> }>>;
}

class Seeker {
  /** By direction, host, sum and length, in the order of connections. */
  readonly #candidates = new Map<string, Candidate[]>();
  /** Of each stream, in order. */
  readonly #records = new Map<string, readonly Candidate[]>();
  readonly #runs = new Map<string, number>();
  readonly #ends = new Map<string, BoundEnd>();
  /** Connections and sides that an SSL speaks for. */
  readonly #bound = new Set<string>();

  constructor(connections: readonly ConnectionBytes[]) {
    for (const one of connections) this.#list(one);
  }

  seek(said: Said): Place | undefined {
    if (said.kind === 'process') {
      this.#runs.set(said.host, (this.#runs.get(said.host) ?? 0) + 1);
      return undefined;
    }
    const ssl = `${said.host}/${this.#runs.get(said.host) ?? 0}/${said.ssl}`;
    if (said.kind === 'record') return this.#record(ssl, said);
    const last = this.#ends.get(ssl)?.last[said.direction];
    if (last === undefined) return undefined;
    const what =
      said.kind === 'alert'
        ? ({ kind: 'alert' } as const)
        : ({ kind: 'handshake', handshakeType: said.handshakeType } as const);
    const key = JSON.stringify(what);
    const nth = last.nth.get(key) ?? 0;
    last.nth.set(key, nth + 1);
    return { ...last.place, message: { ...what, nth } };
  }

  #record(ssl: string, said: Extract<Said, { kind: 'record' }>): Place | undefined {
    const { direction } = said;
    const end = this.#ends.get(ssl);
    const open = this.#candidates.get(keyOf(said.host, said))?.filter(({ taken }) => !taken.has(direction)) ?? [];
    const own =
      end && open.find(({ at }) => at.connection === end.connection && at.from === speakerOf(end.side, direction));
    const found =
      own ??
      (end && this.#changed(end, said)) ??
      open.find(({ at }) => !this.#bound.has(boundKey(at.connection, speakerOf(at.from, direction))));
    if (found === undefined) return undefined;
    found.taken.add(direction);
    const { at } = found;
    const bound = found === own && end !== undefined ? end : this.#bind(ssl, at, direction);
    bound.last[direction] = { place: at, nth: new Map() };
    return at;
  }

  /** What came is not what was sent: the next record of that length. */
  #changed(end: BoundEnd, { direction, length }: Extract<Said, { kind: 'record' }>): Candidate | undefined {
    if (direction === 'sent') return undefined;
    const next = this.#records
      .get(boundKey(end.connection, speakerOf(end.side, direction)))
      ?.find(({ taken }) => !taken.has(direction));
    return next?.length === length ? next : undefined;
  }

  /** From now on that SSL speaks for that end. */
  #bind(ssl: string, { connection, from }: Place, direction: 'sent' | 'received'): BoundEnd {
    const side = speakerOf(from, direction);
    const before = this.#ends.get(ssl);
    if (before?.connection === connection && before.side === side) return before;
    const end: BoundEnd = { connection, side, last: {} };
    this.#ends.set(ssl, end);
    this.#bound.add(boundKey(connection, side));
    return end;
  }

  #list({ connection, client, server }: ConnectionBytes): void {
    const streams = { client, server };
    for (const from of ['client', 'server'] as const) {
      const records = recordsOf(streams[from].bytes).map((bytes, record): Candidate => {
        const { length } = bytes;
        const candidate = { at: { connection, from, record }, length, taken: new Set<'sent' | 'received'>() };
        const found = { length, sum: sumOf(bytes) };
        this.#add(keyOf(streams[from].host, { ...found, direction: 'sent' }), candidate);
        this.#add(keyOf(streams[other(from)].host, { ...found, direction: 'received' }), candidate);
        return candidate;
      });
      this.#records.set(boundKey(connection, from), records);
    }
  }

  #add(key: string, candidate: Candidate): void {
    const list = this.#candidates.get(key);
    if (list === undefined) this.#candidates.set(key, [candidate]);
    else list.push(candidate);
  }
}

function other(side: 'client' | 'server'): 'client' | 'server' {
  return side === 'client' ? 'server' : 'client';
}

/** Whose stream it is that `side` has sent or received; and whose end, that has sent or received of that stream. */
function speakerOf(side: 'client' | 'server', direction: 'sent' | 'received'): 'client' | 'server' {
  return direction === 'sent' ? side : other(side);
}

function keyOf(
  host: string,
  { direction, length, sum }: { readonly direction: string; readonly length: number; readonly sum: number },
): string {
  return `${direction}/${host}/${sum}/${length}`;
}

function boundKey(connection: number, side: 'client' | 'server'): string {
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
