/** What is to be said beside the packets: each remark goes with the next packet that it concerns. */
import type { Fault, FaultAction, Plan } from '../plan/index.js';
import type { TraceEvent } from '../trace/index.js';

/** Remarks that wait for a packet at most: those of a world in which nothing is sent any more. */
const waitingMax = 64;

export class Comments {
  readonly #faults: ReadonlyMap<string, Fault>;
  #waiting: { readonly host: string; readonly text: string }[] = [];
  /** What is under way and has sent nothing yet: by host and step its call. */
  readonly #silent = new Map<string, string>();

  constructor(plan: Plan) {
    this.#faults = new Map(plan.faults.map((fault) => [fault.id, fault]));
  }

  /** Remembers what the trace says that packets do not: steps that send, faults, processes that died, decisions, what was broken. */
  take(event: TraceEvent): void {
    if (event.kind === 'step') {
      const step = `${event.host} ${event.step}`;
      if (event.what === 'begun') this.#silent.set(step, event.call);
      else this.#silent.delete(step);
    } else if (event.kind === 'connection' && event.what === 'accepted') {
      this.#add(event.host, event, `step: connection ${event.connection} accepted`);
    } else if (event.kind === 'connection' || (event.kind === 'record' && event.direction === 'sent')) {
      this.#sends(event);
    } else if (event.kind === 'fault') {
      const fault = this.#faults.get(event.fault);
      this.#add('', event, `fault ${event.fault}: ${fault === undefined ? event.action : wordsOf(fault.action)}`);
    } else if (event.kind === 'process' && event.what === 'aborted') {
      this.#add('', event, `the process of ${event.host} has crashed by its own fault`);
    } else if (event.kind === 'decision') {
      const field = event.field === '' ? '' : ` (${event.field})`;
      this.#add(event.host, event, `${event.side} ${event.host}: session ${event.verdict}, ${event.code}${field}`);
    } else if (event.kind === 'violation') {
      this.#add('', event, `violation of ${event.invariant}: ${event.text}`);
    }
  }

  /** A step is told with the first packet that it sends. */
  #sends(event: TraceEvent): void {
    const step = `${event.host} ${event.step}`;
    const call = this.#silent.get(step);
    if (call === undefined) return;
    this.#silent.delete(step);
    this.#add(event.host, event, `step: ${call}`);
  }

  /** What goes with a packet that leaves `host`. */
  forPacketOf(host: string): readonly string[] {
    if (this.#waiting.length === 0) return [];
    const told = this.#waiting.filter((one) => one.host === '' || one.host === host);
    this.#waiting = this.#waiting.filter((one) => !told.includes(one));
    return told.map((one) => one.text);
  }

  /** What no packet came for. */
  rest(): readonly string[] {
    const texts = this.#waiting.map((one) => one.text);
    this.#waiting = [];
    return texts;
  }

  #add(host: string, event: TraceEvent, what: string): void {
    if (this.#waiting.length === waitingMax) this.#waiting.shift();
    const step = event.step === '' ? '' : ` [${event.step}]`;
    this.#waiting.push({ host, text: `${(event.us / 1_000_000).toFixed(6)} s${step} ${what}` });
  }
}

/** A fault as a plan has it: `crash, host server, how half-open`. */
export function wordsOf(action: FaultAction): string {
  const { do: what, ...rest } = action;
  return [what, ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)].join(', ');
}
