/** Tells a run event by event, as it goes: each step, and what it did to which object; and how things stand after any of them. */
import type { Plan, Step } from '../plan/index.js';
import type { TraceEvent } from '../trace/index.js';
import { type Names, translated } from './names.js';

interface Living {
  readonly type: string;
  count: number;
  readonly held: string[];
}

export class Walk {
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #names: Names;
  readonly #until: string | undefined;
  readonly #lines: string[] = [];
  /** By host and number: what lives in the process that runs now. */
  readonly #living = new Map<string, Map<number, Living>>();
  readonly #connections = new Map<number, string>();
  #us = 0;
  #over = false;

  /** @param until - the step behind whose end nothing is told any more */
  constructor(plan: Plan, names: Names, until?: string) {
    this.#steps = new Map(plan.steps.map((step) => [step.id, step]));
    this.#names = names;
    this.#until = until;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Objects with their counts and holders, connections, time: as they stood when the telling ended. */
  state(): readonly string[] {
    const objects = [...this.#living].flatMap(([host, living]) =>
      [...living].map(
        ([id, one]) => `  ${host}: ${this.#name(host, id, one.type)}: ${this.#translated(host, standing(one))}`,
      ),
    );
    const connections = [...this.#connections].map(([number, what]) => `  connection ${number}: ${what}`);
    return [`at ${seconds(this.#us)}`, ...objects, ...connections];
  }

  /** To be told of every event of the run, in order. */
  happened(event: TraceEvent): void {
    if (this.#over) return;
    this.#us = event.us;
    switch (event.kind) {
      case 'process':
        if (event.what === 'started') this.#living.set(event.host, new Map());
        else this.#living.delete(event.host);
        this.#tell(event, `process ${event.run} ${event.what}`);
        break;
      case 'step':
        this.#step(event);
        break;
      case 'made':
        this.#of(event.host).set(event.object, { type: event.type, count: 0, held: [] });
        break;
      case 'count':
        this.#counted(event);
        break;
      case 'freed':
        this.#tell(event, `${this.#name(event.host, event.object)} is gone`);
        this.#of(event.host).delete(event.object);
        break;
      case 'callback':
        this.#tell(event, `${event.name} callback of ${this.#name(event.host, event.ctx, 'ctx')}`);
        break;
      case 'decision':
        this.#tell(event, `${event.side} ${event.verdict}: ${event.code}`);
        break;
      case 'alert':
        this.#tell(event, `alert ${event.description} ${event.direction}`);
        break;
      case 'connection':
        this.#connections.set(event.connection, event.what);
        this.#tell(event, `connection ${event.connection} ${event.what}`);
        break;
      case 'fault':
        this.#tell(event, `fault ${event.fault}: ${event.action}`);
        break;
      case 'violation':
        this.#tell(event, `◀ BROKEN ${event.invariant} (${event.owner}): ${this.#translated(event.host, event.text)}`);
        break;
    }
  }

  #step(event: Extract<TraceEvent, { kind: 'step' }>): void {
    const { us, step } = event;
    if (event.what === 'begun') this.#lines.push(`${seconds(us)}  ${step}  ${this.#callOf(step, event.call)}`);
    else if (event.what === 'skipped')
      this.#lines.push(`${seconds(us)}  ${step}  ${event.call}: skipped, ${event.reason}`);
    else this.#lines.push(`${seconds(us)}  ${step}  ended: ${event.outcome}`);
    this.#over = event.what !== 'begun' && step === this.#until;
  }

  #counted({ host, step, us, kind, ...event }: Extract<TraceEvent, { kind: 'count' }>): void {
    const living = this.#of(host).get(event.object);
    if (living === undefined) return;
    const taken = event.count > living.count;
    living.count = event.count;
    if (taken) living.held.push(event.holder);
    else {
      // What a callback keeps becomes the program's without the count moving.
      const at = [event.holder, 'callback'].map((one) => living.held.lastIndexOf(one)).find((one) => one >= 0);
      if (at !== undefined) living.held.splice(at, 1);
    }
    const how = taken ? 'taken by' : 'given back by';
    const what = this.#name(host, event.object, living.type);
    this.#tell({ host }, `${what}: ${how} ${event.holder}: ${standing(living)}`);
  }

  #tell({ host }: { readonly host: string }, text: string): void {
    this.#lines.push(`                  ${host === '' ? '' : `${host}: `}${this.#translated(host, text)}`);
  }

  #translated(host: string, text: string): string {
    return translated(text, (object) => this.#names.of(host, object));
  }

  #of(host: string): Map<number, Living> {
    let living = this.#living.get(host);
    if (living === undefined) {
      living = new Map();
      this.#living.set(host, living);
    }
    return living;
  }

  #name(host: string, object: number, type?: string): string {
    return this.#names.of(host, object) ?? `${type ?? this.#of(host).get(object)?.type ?? 'object'}#${object}`;
  }

  #callOf(id: string, call: string): string {
    const step = this.#steps.get(id);
    if (step === undefined) return call;
    const args = (step.args ?? []).map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)));
    return `${step.let === undefined ? '' : `$${step.let} = `}${step.call}(${args.join(', ')})`;
  }
}

function standing({ count, held }: Living): string {
  return `count ${count}${held.length === 0 ? '' : `, held by ${held.join(', ')}`}`;
}

function seconds(us: number): string {
  return `${(us / 1_000_000).toFixed(6).padStart(14)} s`;
}
