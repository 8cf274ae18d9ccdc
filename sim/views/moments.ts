/** A run as moments: all that happens at one time, on one host, in one step; what it sent, what it changed, and how things stand after it. */
import type { TraceEvent } from '../trace/index.js';
import { type End, Ends } from './ends.js';
import { alertText, messageName } from './words.js';

/** An object with its count and who holds it. */
export interface Standing {
  readonly host: string;
  /** Of the process that it lives in, from 1: ids begin anew in each. */
  readonly run: number;
  readonly object: number;
  readonly type: string;
  /** 0: it is gone. */
  readonly count: number;
  readonly held: readonly string[];
}

/** Something that went from one host to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly connection: number;
  text: string;
}

export interface Moment {
  readonly us: number;
  readonly host: string;
  readonly step: string;
  /** The call that began in it, or was skipped; empty where none did. */
  call: string;
  /** How the call ended; empty where it goes on. */
  outcome: string;
  /** In words, in order. */
  readonly told: string[];
  readonly arrows: Arrow[];
  /** As they stand after it, those that changed alone. */
  readonly changed: Map<string, Standing>;
  /** Hosts whose process is over, with all that lived in it. */
  readonly ended: string[];
  /** A fault or a violation is in it. */
  isGrave: boolean;
}

export class Moments {
  readonly #ends = new Ends();
  readonly #standing = new Map<string, Standing>();
  readonly #runs = new Map<string, number>();
  #moment: Moment | undefined;

  /** To be told of every event, in order. @returns the moment that is over with it */
  take(event: TraceEvent): Moment | undefined {
    const { us, host, step } = event;
    const end = this.#ends.of(event);
    const last = this.#moment;
    const goesOn = last !== undefined && last.us === us && last.host === host && last.step === step;
    const isOther = event.kind === 'step' && event.what !== 'ended' && last?.call !== '';
    if (!goesOn || isOther) {
      const [told, arrows, changed, ended] = [[], [], new Map<string, Standing>(), []];
      this.#moment = { us, host, step, call: '', outcome: '', told, arrows, changed, ended, isGrave: false };
    }
    if (this.#moment !== undefined) this.#tell(this.#moment, event, end);
    return goesOn && !isOther ? undefined : last;
  }

  /** @returns the last moment; undefined where there was none */
  end(): Moment | undefined {
    return this.#moment;
  }

  #tell(moment: Moment, event: TraceEvent, end: End | undefined): void {
    const { told } = moment;
    switch (event.kind) {
      case 'process':
        this.#process(moment, event);
        break;
      case 'step':
        if (event.what === 'begun') moment.call = event.call;
        else if (event.what === 'skipped') [moment.call, moment.outcome] = [event.call, `skipped: ${event.reason}`];
        else moment.outcome = event.outcome;
        break;
      case 'connection':
        told.push(`connection ${event.connection} ${event.what}`);
        break;
      case 'message':
        if (event.direction === 'sent' && end !== undefined) sends(moment, end, messageName(event.handshakeType));
        else told.push(`${messageName(event.handshakeType)} ${event.direction}`);
        break;
      case 'alert':
        if (event.direction === 'sent' && end !== undefined) sends(moment, end, alertText(event));
        else told.push(`${alertText(event)} ${event.direction}`);
        break;
      case 'data':
        if (event.what === 'sent' && end !== undefined) sends(moment, end, `${event.length} bytes`);
        else told.push(`${event.length} bytes ${event.what}`);
        break;
      case 'decision':
        told.push(`session ${event.verdict}: ${event.code}`);
        break;
      case 'made':
      case 'freed':
      case 'count':
        this.#object(moment, event);
        break;
      case 'callback':
        told.push(`${event.name} callback of ctx#${event.ctx}`);
        break;
      case 'file':
        told.push(`file ${event.what}: ${event.path}`);
        break;
      case 'balancer':
        told.push(`${event.server} is ${event.what}`);
        break;
      case 'fault':
        moment.isGrave = true;
        told.push(`FAULT ${event.fault}: ${event.action}`);
        break;
      case 'violation':
        moment.isGrave = true;
        told.push(`BROKEN ${event.invariant} (${event.owner}): ${event.text}`);
        break;
      case 'claims':
        told.push(`${event.holder} gave back what it did not hold of object ${event.object}`);
        break;
      case 'foreign-context':
        told.push(`session#${event.session} is used with a second SSL_CTX`);
        break;
    }
  }

  #process(moment: Moment, { host, what, run }: Extract<TraceEvent, { kind: 'process' }>): void {
    moment.told.push(`process ${run} ${what}`);
    if (what === 'started') this.#runs.set(host, run);
    else moment.ended.push(host);
    for (const [key, one] of this.#standing) if (one.host === host) this.#standing.delete(key);
  }

  #object(moment: Moment, event: Extract<TraceEvent, { kind: 'made' | 'freed' | 'count' }>): void {
    const { host, object, type } = event;
    const run = this.#runs.get(host) ?? 1;
    const key = `${host} ${run} ${object}`;
    const before = this.#standing.get(key) ?? { host, run, object, type, count: 0, held: [] };
    const after: Standing =
      event.kind === 'count'
        ? { ...before, count: event.count, held: heldAfter(before, event) }
        : event.kind === 'freed'
          ? { ...before, count: 0, held: [] }
          : before;
    moment.changed.set(key, after);
    if (event.kind === 'freed') this.#standing.delete(key);
    else this.#standing.set(key, after);
  }
}

/** Who holds an object once its count has moved: what a callback keeps becomes the program's without the count moving. */
function heldAfter(before: Standing, { count, holder }: Extract<TraceEvent, { kind: 'count' }>): readonly string[] {
  if (count > before.count) return [...before.held, holder];
  const held = [...before.held];
  const at = [holder, 'callback'].map((one) => held.lastIndexOf(one)).find((one) => one >= 0);
  if (at !== undefined) held.splice(at, 1);
  return held;
}

/** What goes the same way at once is one arrow. */
function sends(moment: Moment, { host, peer, connection }: End, text: string): void {
  const last = moment.arrows.at(-1);
  if (last?.connection === connection && last.to === peer) last.text += `, ${text}`;
  else moment.arrows.push({ from: host, to: peer, connection, text });
}
