/** A run as the page works with it: its columns, and what follows from them in one pass. */
import { type EventKind, eventKinds, type RunHead } from '../../data.js';
import { type Columns, codeOf } from './decode.js';

/** One process of a host: objects are numbered within it. */
export interface ProcessSpan {
  readonly number: number;
  readonly host: number;
  readonly run: number;
  readonly from: number;
  /** The event that ended it; −1: none. */
  to: number;
  end: 'runs' | 'exited' | 'crashed' | 'aborted';
}

export interface Run extends Columns {
  readonly head: RunHead;
  /** The hosts in the order of their first event, as numbers of strings; their lanes. */
  readonly hosts: readonly number[];
  readonly laneOf: ReadonlyMap<number, number>;
  readonly processes: readonly ProcessSpan[];
  /** The process at work at each event; −1: the world's own. */
  readonly process: Int32Array;
  /** Of records, messages and alerts: the same at the other end; −1: nowhere. */
  readonly partner: Int32Array;
  /** Of a move of a count: 1 where a reference was taken, 0 where one was given back. */
  readonly taken: Uint8Array;
  /** Of a record: 1 where a message or alert tells what is in it. */
  readonly carries: Uint8Array;
  /** Of a step's begin its end, and the other way round; −1: none. */
  readonly other: Int32Array;
  /** From where a session came to its use: [event, event]. */
  readonly tickets: readonly (readonly [from: number, to: number])[];
  readonly nameOf: ReadonlyMap<number, string>;
  /** The events that tell of violations which were expected. */
  readonly expected: ReadonlySet<number>;
  /** Whether both ends of its connections tell of what they send and get; code under test does not. */
  readonly bothTell: boolean;
}

/** Objects of all processes in one number. */
export const objectKey = (process: number, object: number): number => process * 0x400000 + object;

export function kindAt(run: Columns, n: number): EventKind {
  return eventKinds[run.kind[n] ?? 0] ?? 'other';
}

export function textAt(run: Columns, number: number | undefined): string {
  return run.strings[number ?? 0] ?? '';
}

export function madeRun(head: RunHead, columns: Columns): Run {
  const { count, kind, host, step, a, b, c, e, strings } = columns;
  const process = new Int32Array(count).fill(-1);
  const partner = new Int32Array(count).fill(-1);
  const carries = new Uint8Array(count);
  const taken = new Uint8Array(count);
  const counts = new Map<number, number>();
  const other = new Int32Array(count).fill(-1);
  const processes: ProcessSpan[] = [];
  const current = new Map<number, ProcessSpan>();
  const begun = new Map<number, number>();
  const lastRecord = new Map<number, number>();
  const tellers = new Set<number>();
  const laneOf = new Map<number, number>();
  const sources = new TicketSources(columns);
  const received = strings.indexOf('received');
  const { record, message, alert, begun: begunCode, ended, process: processCode } = codeOf;
  for (let n = 0; n < count; n += 1) {
    const at = host[n] ?? 0;
    const what = kind[n] ?? 0;
    if (what === processCode) {
      const said = strings[a[n] ?? 0];
      if (said === 'started') {
        const span: ProcessSpan = { number: processes.length, host: at, run: b[n] ?? 1, from: n, to: -1, end: 'runs' };
        processes.push(span);
        current.set(at, span);
        if (!laneOf.has(at)) laneOf.set(at, laneOf.size);
      } else {
        const span = current.get(at);
        if (span !== undefined) {
          span.to = n;
          span.end = said as ProcessSpan['end']; // the other words of a process
        }
      }
    }
    const span = current.get(at);
    if (span !== undefined) process[n] = span.number;
    if (what === record || what === message || what === alert) {
      const back = e[n] ?? 0;
      if (back > 0) {
        partner[n] = n - back;
        partner[n - back] = n;
      }
      const end = objectKey(process[n] ?? 0, a[n] ?? 0) * 2 + (b[n] === received ? 1 : 0);
      if (what === record) {
        tellers.add(at);
        lastRecord.set(end, n);
      } else {
        const carrier = lastRecord.get(end);
        if (carrier !== undefined) carries[carrier] = 1;
      }
    } else if (what === codeOf.count) {
      const object = objectKey(process[n] ?? 0, a[n] ?? 0);
      if ((c[n] ?? 0) > (counts.get(object) ?? 0)) taken[n] = 1;
      counts.set(object, c[n] ?? 0);
    } else if (what === begunCode) begun.set(step[n] ?? 0, n);
    else if (what === ended) {
      const from = begun.get(step[n] ?? 0);
      if (from !== undefined) {
        other[n] = from;
        other[from] = n;
        begun.delete(step[n] ?? 0);
      }
    }
    sources.happened(n, process[n] ?? -1);
  }
  return {
    ...columns,
    head,
    hosts: [...laneOf.keys()],
    laneOf,
    processes,
    process,
    partner,
    taken,
    carries,
    other,
    tickets: sources.tickets,
    nameOf: namesOf(columns, processes),
    expected: new Set(head.violations.filter(({ expected }) => expected).map(({ event }) => event)),
    bothTell: tellers.size > 1,
  };
}

function namesOf({ names, strings }: Columns, processes: readonly ProcessSpan[]): ReadonlyMap<number, string> {
  const numbers = new Map(processes.map(({ host, run, number }) => [`${strings[host]} ${run}`, number]));
  return new Map(
    names.map(([host, run, object, name]) => [objectKey(numbers.get(`${host} ${run}`) ?? 0, object), name]),
  );
}

/** Where each session of a client came from: the ticket that brought it, else its making. */
class TicketSources {
  readonly tickets: (readonly [from: number, to: number])[] = [];
  readonly #run: Columns;
  readonly #from = new Map<number, number>();
  /** By connection: the last ticket that it got. */
  readonly #lastTicket = new Map<number, number>();

  constructor(run: Columns) {
    this.#run = run;
  }

  happened(n: number, process: number): void {
    const { kind, a, b, c, d, e, strings } = this.#run;
    const what = kind[n];
    if (what === codeOf.made && strings[b[n] ?? 0] === 'session') this.#from.set(objectKey(process, a[n] ?? 0), n);
    else if (what === codeOf.message && c[n] === 4 && strings[b[n] ?? 0] === 'received') {
      this.#lastTicket.set(objectKey(process, a[n] ?? 0), n); // new_session_ticket
    } else if (what === codeOf.count && strings[b[n] ?? 0] === 'session') {
      const holder = strings[d[n] ?? 0] ?? '';
      const ticket = holder.startsWith('ssl#')
        ? this.#lastTicket.get(objectKey(process, Number(holder.slice(4))))
        : undefined;
      const session = objectKey(process, a[n] ?? 0);
      const known = this.#from.get(session);
      if (ticket !== undefined && known !== undefined && ticket > known && !this.#wasTicket(known)) {
        this.#from.set(session, ticket);
      }
    } else if (what === codeOf.decision && (strings[b[n] ?? 0] ?? '').endsWith(' offered')) {
      const from = this.#from.get(objectKey(process, e[n] ?? 0));
      if (from !== undefined) this.tickets.push([from, n]);
    }
  }

  #wasTicket(n: number): boolean {
    return this.#run.kind[n] === codeOf.message;
  }
}
