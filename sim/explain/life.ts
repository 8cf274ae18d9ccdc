/** Follows one object through a run: every move of its count, who then holds it, and in which steps. */
import type { Plan, Step } from '../plan/index.js';
import type { TraceEvent } from '../trace/index.js';
import type { Violation } from '../world/index.js';
import { type Names, translated } from './names.js';

/** One thing that happened to the object. */
export interface Move {
  readonly what: string;
  readonly count: number;
  /** Who holds a reference afterwards, by name. */
  readonly held: readonly string[];
}

/** A step, or a fault of the world, in which something happened that belongs to the story. */
export interface ToldStep {
  readonly us: number;
  readonly host: string;
  readonly step: string;
  /** The call with its arguments. */
  readonly call: string;
  readonly moves: readonly Move[];
  /** It broke what had to hold. */
  readonly broke: boolean;
}

interface Telling extends ToldStep {
  moves: Move[];
  broke: boolean;
}

/** Steps that are told of a long story: so many at its start, and so many before its end. */
export const toldAtStartMax = 100;
const toldAtEndMax = 100;

/** What is looked at. */
export interface Subject {
  readonly host: string;
  readonly object: number;
}

interface LifeOptions {
  readonly subject: Subject | undefined;
  readonly names: Names;
  readonly broken: Violation | undefined;
  /** Every step belongs to the story, not only those that have to do with the object. */
  readonly whole: boolean;
}

export class Life {
  readonly #plan: ReadonlyMap<string, Step>;
  readonly #options: LifeOptions;
  readonly #told = new Map<string, Telling>();
  /** What steps name that have to do with the object: it, and the connections that held it. */
  readonly #concerned = new Set<string>();
  /** Those told after the start, in order. */
  readonly #atEnd: string[] = [];
  #leftOut = 0;
  #type = 'object';
  #born = false;
  #held: string[] = [];
  #count = 0;
  #over = false;

  constructor(plan: Plan, options: LifeOptions) {
    this.#plan = new Map(plan.steps.map((step) => [step.id, step]));
    this.#options = options;
    const { subject, names } = options;
    if (subject !== undefined) this.#concern(names.of(subject.host, subject.object));
  }

  /** In the order in which they began. */
  get steps(): readonly ToldStep[] {
    return [...this.#told.values()];
  }

  /** Steps of the story that were not told, there being too many. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** How the object is called: by its name, else by what it is. */
  get label(): string {
    const { subject, names } = this.#options;
    if (subject === undefined) return '';
    return names.of(subject.host, subject.object) ?? `${this.#type} #${subject.object}`;
  }

  /** To be told of every event of the run, in order. */
  happened(event: TraceEvent): void {
    if (this.#over) return;
    switch (event.kind) {
      case 'process':
        // Objects are numbered anew in each process: what came before was about another.
        if (event.what === 'started' && event.host === this.#options.subject?.host) this.#startOver();
        break;
      case 'step':
        if (event.what !== 'ended' && this.#belongs(event.step)) this.#tell(event);
        break;
      case 'fault':
        this.#tell({ ...event, step: event.fault }, `fault: ${event.action}`);
        break;
      case 'violation':
        this.#broke(event);
        break;
      default:
        this.#moved(event);
    }
  }

  #startOver(): void {
    for (const step of this.#told.values()) step.moves = [];
    this.#held = [];
    this.#count = 0;
  }

  #broke({ invariant, step, us, host }: Extract<TraceEvent, { kind: 'violation' }>): void {
    const { broken } = this.#options;
    if (broken?.invariant !== invariant || broken.step !== step) return;
    this.#over = true;
    const telling = this.#told.get(step) ?? (step === '' ? undefined : this.#tell({ us, host, step }));
    if (telling !== undefined) telling.broke = true;
  }

  #moved(event: TraceEvent): void {
    const { subject } = this.#options;
    if (subject === undefined || event.host !== subject.host) return;
    switch (event.kind) {
      case 'made':
        if (event.object !== subject.object) return;
        this.#type = event.type;
        this.#born = true;
        break;
      case 'count':
        if (event.object === subject.object) this.#counted(event);
        break;
      case 'callback':
        if (event.session === subject.object) {
          this.#add(event, `handed to the ${event.name} callback of ${this.#name(`ctx#${event.ctx}`)}`);
        }
        break;
      case 'decision':
        if (event.session === subject.object) this.#add(event, `${event.verdict} by the ${event.side}: ${event.code}`);
        break;
      case 'foreign-context':
        if (event.session === subject.object) {
          this.#add(event, `of ${this.#name(`ctx#${event.owner}`)}, used with ${this.#name(`ctx#${event.used}`)}`);
        }
        break;
    }
  }

  #counted(event: Extract<TraceEvent, { kind: 'count' }>): void {
    const holder = this.#name(event.holder);
    const taken = event.count > this.#count;
    this.#count = event.count;
    if (taken) this.#held.push(holder);
    else {
      // What a callback keeps becomes the program's without the count moving.
      const claim = [holder, 'the callback'].map((one) => this.#held.lastIndexOf(one)).find((at) => at >= 0);
      if (claim !== undefined) this.#held.splice(claim, 1);
    }
    this.#concern(holder);
    this.#add(event, taken ? (this.#born ? `made by ${holder}` : `taken by ${holder}`) : `given back by ${holder}`);
    this.#born = false;
  }

  #add(event: TraceEvent, what: string): void {
    const telling = this.#told.get(event.step) ?? this.#tell(event);
    telling.moves.push({ what, count: this.#count, held: [...this.#held] });
  }

  #tell(place: Pick<TraceEvent, 'us' | 'host' | 'step'>, call = this.#callOf(place.step)): Telling {
    const known = this.#told.get(place.step);
    if (known !== undefined) return known;
    const { us, host, step } = place;
    const telling: Telling = { us, host, step, call, moves: [], broke: false };
    if (this.#told.size >= toldAtStartMax) this.#forgetOne(step);
    this.#told.set(step, telling);
    return telling;
  }

  /** Makes room for one more step at the end: the start stays, and what came last. */
  #forgetOne(next: string): void {
    this.#atEnd.push(next);
    if (this.#atEnd.length <= toldAtEndMax) return;
    const oldest = this.#atEnd.shift();
    if (oldest === undefined) return;
    this.#told.delete(oldest);
    this.#leftOut += 1;
  }

  #belongs(id: string): boolean {
    if (this.#options.whole || id === this.#options.broken?.step) return true;
    const step = this.#plan.get(id);
    if (step === undefined || step.on !== this.#options.subject?.host) return false;
    if (step.let !== undefined && this.#concerned.has(`$${step.let}`)) return true;
    return (step.args ?? []).some((arg) => typeof arg === 'string' && this.#concerned.has(arg));
  }

  /** A C call as it would be written: `SSL_set_session($ssl1, null)`. */
  #callOf(id: string): string {
    const step = this.#plan.get(id);
    if (step === undefined) return id.includes('/') ? 'a connection of the accept loop' : '';
    const args = (step.args ?? []).map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)));
    return `${step.let === undefined ? '' : `$${step.let} = `}${step.call}(${args.join(', ')})`;
  }

  #concern(name: string | undefined): void {
    if (name !== undefined && !name.includes(' ')) this.#concerned.add(`$${name}`);
  }

  /** A holder by the names that the plan has for it. */
  #name(holder: string): string {
    const { subject, names } = this.#options;
    const named = translated(holder, (object) => names.of(subject?.host ?? '', object));
    return /^(?:cache of |program|callback)/u.test(named) ? `the ${named}` : named;
  }
}
