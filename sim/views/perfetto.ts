/**
 * A run as Chrome's trace events, which ui.perfetto.dev and chrome://tracing open: each host is a process, each end of a connection a thread,
 * beside those on which steps run. Sessions are asynchronous events, an arrow leads from where a session came from to where it is
 * used, and the sessions in each cache are a counter. The times are virtual.
 */
import type { TraceEvent } from '../trace/index.js';
import { type End, Ends } from './ends.js';
import { type Origin, Origins } from './origins.js';
import { alertText, messageName } from './words.js';

/** An event of the format, without process and thread. */
interface Mark {
  readonly ph: 'B' | 'E' | 'i' | 'b' | 'n' | 'e' | 's' | 'f' | 'C' | 'M';
  readonly name: string;
  readonly ts?: number;
  readonly cat?: string;
  readonly id?: string;
  /** Of an instant: thread, process or everywhere. */
  readonly s?: 't' | 'p' | 'g';
  /** Of an arrow's end: it belongs to the slice that is open there. */
  readonly bp?: 'e';
  readonly args?: Readonly<Record<string, string | number>>;
}

/** The first of the threads of connections; those of steps come before. */
const connectionThreads = 1_000;
const finished = 20;

/** What is open on a host: it ends with its process. */
interface Host {
  readonly pid: number;
  readonly threads: Set<number>;
  /** Threads on which a step is under way, by step. */
  readonly steps: Map<string, { readonly tid: number; readonly call: string }>;
  readonly connections: Map<number, Open>;
  /** Those that live, by their number. */
  readonly sessions: Map<number, Living>;
  /** Sessions in each cache, by its holder's name. */
  readonly caches: Map<string, number>;
  run: number;
}

/** A session. */
interface Living {
  /** Of its asynchronous event. */
  readonly id: string;
  /** Of the step that made it; undefined: what did so has no thread of steps. */
  readonly madeOn: number | undefined;
  count: number;
}

/** An end of a connection that is open, by its thread. */
interface Open {
  readonly name: string;
  /** Finished messages of the handshake under way; undefined: none is. */
  finished: number | undefined;
}

/** Writes the events of a trace, as they come. */
export class PerfettoWriter {
  readonly #ends = new Ends();
  readonly #origins: Origins = new Origins(this.#ends);
  readonly #hosts = new Map<string, Host>();
  #text = '{"displayTimeUnit":"ms","traceEvents":[';
  #isFirst = true;
  #arrows = 0;
  #us = 0;

  /** @returns the next piece of the file */
  take(event: TraceEvent): string {
    this.#us = event.us;
    const end = this.#ends.of(event);
    this.#origins.happened(event);
    this.#tell(event, end);
    return this.#taken();
  }

  /** @returns the last piece of the file */
  end(): string {
    for (const host of this.#hosts.values()) this.#over(host);
    this.#text += '\n]}\n';
    return this.#taken();
  }

  #taken(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  #tell(event: TraceEvent, end: End | undefined): void {
    const host = this.#host(event.host);
    switch (event.kind) {
      case 'process':
        if (event.what === 'started') host.run = event.run;
        else this.#over(host);
        this.#instant(host, stepsOf(host), `process ${event.run} ${event.what}`, 'p');
        break;
      case 'step':
        this.#step(host, event);
        break;
      case 'connection':
        if (end !== undefined) this.#connection(host, end, event.what);
        break;
      case 'message':
        this.#message(host, end, event);
        break;
      case 'alert':
        this.#instant(host, this.#thread(host, end), `${alertText(event)} ${event.direction}`);
        break;
      case 'data':
        this.#instant(host, this.#thread(host, end), `data ${event.what}`, 't', { bytes: event.length });
        break;
      case 'decision':
        this.#decision(host, end, event);
        break;
      case 'made':
      case 'count':
      case 'freed':
        if (event.type === 'session') this.#session(host, event);
        break;
      case 'callback':
        this.#instant(host, stepsOf(host, event.step), `${event.name} callback of ctx ${event.ctx}`);
        break;
      case 'file':
      case 'balancer':
        this.#instant(host, stepsOf(host, event.step), `${event.kind} ${event.what}`);
        break;
      case 'fault':
        this.#instant(host, stepsOf(host), `fault ${event.fault}: ${event.action}`, 'g');
        break;
      case 'violation':
        this.#instant(host, stepsOf(host, event.step), `violation of ${event.invariant}`, 'g', { text: event.text });
        break;
    }
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host: Host = {
      pid: this.#hosts.size + 1,
      threads: new Set(),
      steps: new Map(),
      connections: new Map(),
      sessions: new Map(),
      caches: new Map(),
      run: 0,
    };
    this.#hosts.set(name, host);
    this.#put(host, 0, { ph: 'M', name: 'process_name', args: { name: name === '' ? 'the world' : name } });
    this.#put(host, 0, { ph: 'M', name: 'process_sort_index', args: { sort_index: host.pid } });
    return host;
  }

  /** A host's process is gone, and with it all that was open. */
  #over(host: Host): void {
    for (const [, { tid, call }] of host.steps) this.#at(host, tid, { ph: 'E', name: call });
    host.steps.clear();
    for (const tid of [...host.connections.keys()]) this.#close(host, tid);
    for (const [session, { id }] of host.sessions) this.#ended(host, session, id);
    host.sessions.clear();
    for (const cache of host.caches.keys()) this.#count(host, cache, 0);
    host.caches.clear();
  }

  #step(host: Host, event: Extract<TraceEvent, { kind: 'step' }>): void {
    const { step, call } = event;
    if (event.what === 'begun') {
      const busy = new Set([...host.steps.values()].map(({ tid }) => tid));
      let tid = 1;
      while (busy.has(tid)) tid += 1;
      host.steps.set(step, { tid, call });
      this.#name(host, tid, tid === 1 ? 'steps' : `steps, beside ${tid - 1}`);
      this.#at(host, tid, { ph: 'B', name: call, cat: 'step', args: { step } });
    } else if (event.what === 'ended') {
      const begun = host.steps.get(step);
      if (begun === undefined) return; // a connection of an accept loop: it has its own thread
      host.steps.delete(step);
      this.#at(host, begun.tid, { ph: 'E', name: begun.call, args: { outcome: event.outcome, value: event.value } });
    } else this.#instant(host, stepsOf(host), `${call} skipped`, 't', { step, reason: event.reason });
  }

  #connection(host: Host, end: End, what: string): void {
    const tid = this.#thread(host, end);
    if (what === 'closed') this.#close(host, tid);
    if (what !== 'opening' && what !== 'accepted') return;
    const name = `connection ${end.connection} ${end.role === 'client' ? 'to' : 'of'} ${end.peer}`;
    host.connections.set(tid, { name, finished: undefined });
    this.#at(host, tid, { ph: 'B', name, cat: 'connection' });
  }

  #close(host: Host, tid: number): void {
    const open = host.connections.get(tid);
    if (open === undefined) return;
    host.connections.delete(tid);
    if (open.finished !== undefined)
      this.#at(host, tid, { ph: 'E', name: 'handshake', args: { outcome: 'not finished' } });
    this.#at(host, tid, { ph: 'E', name: open.name });
  }

  #message(host: Host, end: End | undefined, event: Extract<TraceEvent, { kind: 'message' }>): void {
    const tid = this.#thread(host, end);
    const open = host.connections.get(tid);
    if (open !== undefined && event.handshakeType === clientHello && open.finished === undefined) {
      open.finished = 0;
      this.#at(host, tid, { ph: 'B', name: 'handshake', cat: 'handshake' });
    }
    this.#instant(host, tid, `${messageName(event.handshakeType)} ${event.direction}`, 't', { bytes: event.length });
    if (open?.finished === undefined || event.handshakeType !== finished) return;
    open.finished += 1;
    if (open.finished < 2) return;
    open.finished = undefined;
    this.#at(host, tid, { ph: 'E', name: 'handshake' });
  }

  #decision(host: Host, end: End | undefined, event: Extract<TraceEvent, { kind: 'decision' }>): void {
    const { side, verdict, code, session, field } = event;
    const tid = this.#thread(host, end);
    this.#instant(host, tid, `${side}: session ${verdict}`, 't', { code, field, session });
    const origin = session === 0 || end === undefined ? undefined : this.#origins.of(event.host, session);
    // Each side uses it once: a client that offers it, a server that accepts it.
    if (origin === undefined || verdict !== (side === 'client' ? 'offered' : 'accepted')) return;
    const from = origin.end === undefined ? host.sessions.get(session)?.madeOn : threadOf(origin.end);
    if (from !== undefined && from !== tid && host.connections.has(tid))
      this.#arrow(host, origin, { from, to: tid }, session);
  }

  #arrow(
    host: Host,
    { us }: Origin,
    { from, to }: { readonly from: number; readonly to: number },
    session: number,
  ): void {
    this.#arrows += 1;
    const arrow = { cat: 'session', id: String(this.#arrows), name: `session ${session}` };
    this.#put(host, from, { ph: 's', ts: us, ...arrow });
    this.#at(host, to, { ph: 'f', bp: 'e', ...arrow });
  }

  #session(host: Host, event: Extract<TraceEvent, { kind: 'made' | 'count' | 'freed' }>): void {
    const { object } = event;
    const name = `session ${object}`;
    if (event.kind === 'made') {
      const id = `${host.pid}.${host.run}.${object}`;
      host.sessions.set(object, { id, madeOn: host.steps.get(event.step)?.tid, count: 0 });
      this.#at(host, 1, { ph: 'b', cat: 'session', id, name });
      return;
    }
    const living = host.sessions.get(object);
    if (living === undefined) return;
    const { id } = living;
    if (event.kind === 'count') {
      const { count, holder } = event;
      this.#at(host, 1, { ph: 'n', cat: 'session', id, name, args: { count, holder } });
      const isTaken = count > living.count;
      living.count = count;
      if (holder.startsWith('cache of ')) {
        this.#count(host, holder, (host.caches.get(holder) ?? 0) + (isTaken ? 1 : -1));
      }
      return;
    }
    host.sessions.delete(object);
    this.#ended(host, object, id);
  }

  #ended(host: Host, session: number, id: string): void {
    this.#at(host, 1, { ph: 'e', cat: 'session', id, name: `session ${session}` });
  }

  #count(host: Host, cache: string, sessions: number): void {
    host.caches.set(cache, sessions);
    this.#at(host, 0, { ph: 'C', name: cache, args: { sessions } });
  }

  #thread(host: Host, end: End | undefined): number {
    if (end === undefined) return stepsOf(host);
    const tid = threadOf(end);
    this.#name(host, tid, `connection ${end.connection}, ${end.role}`);
    return tid;
  }

  /** Names a thread when it is first used. */
  #name(host: Host, tid: number, name: string): void {
    if (host.threads.has(tid)) return;
    host.threads.add(tid);
    this.#put(host, tid, { ph: 'M', name: 'thread_name', args: { name } });
    this.#put(host, tid, { ph: 'M', name: 'thread_sort_index', args: { sort_index: tid } });
  }

  #instant(host: Host, tid: number, name: string, s: Mark['s'] = 't', args: Mark['args'] = {}): void {
    if (tid === 1) this.#name(host, 1, 'steps');
    this.#at(host, tid, { ph: 'i', name, s, args });
  }

  #at(host: Host, tid: number, mark: Mark): void {
    this.#put(host, tid, { ...mark, ts: this.#us });
  }

  #put({ pid }: Host, tid: number, mark: Mark): void {
    this.#text += `${this.#isFirst ? '' : ','}\n${JSON.stringify({ pid, tid, ...mark })}`;
    this.#isFirst = false;
  }
}
const clientHello = 1;

/** The thread of a step, or of steps where it has none. */
function stepsOf(host: Host, step = ''): number {
  return host.steps.get(step)?.tid ?? 1;
}

/** A host may have both ends of a connection. */
function threadOf({ connection, role }: End): number {
  return connectionThreads + 2 * connection + (role === 'client' ? 0 : 1);
}

/**
 * A trace as Chrome's trace events (JSON): `traceOf(plan)`, or one that was kept.
 * @returns the text of the file, piece by piece
 */
export function* toPerfetto(trace: Iterable<TraceEvent>): Generator<string, void, undefined> {
  const writer = new PerfettoWriter();
  for (const event of trace) {
    const piece = writer.take(event);
    if (piece !== '') yield piece;
  }
  yield writer.end();
}
