/** Gathers what a report shows of one run, while the run is made or its trace is read. Memory grows by some ten bytes an event. */
import type { DefectName } from 'simtls';
import { invariants } from '../invariants/index.js';
import type { Plan, Step } from '../plan/index.js';
import type { TraceEvent } from '../trace/index.js';
import type { BoundName, ObjectMade, RunResult } from '../world/index.js';
import { EventColumns } from './columns.js';
import type { PackedBytes, ReportViolation, RunHead, SectionName } from './data.js';
import { Looks } from './looks.js';
import { Strings } from './strings.js';

/** What is known of a run besides its events. */
export interface AboutRun {
  readonly title: string;
  /** What it is about, in a sentence. */
  readonly about?: string;
  readonly seed: string;
  readonly profile: string;
  readonly stack: 'model' | 'libssl';
  readonly replay: string;
  readonly defects?: readonly DefectName[];
  /** Of the plan that was run: its calls, its faults, what its seed drew. */
  readonly plan?: Plan;
  /** What it came to; a trace alone does not say. */
  readonly result?: RunResult;
  readonly notes?: readonly string[];
}

/** A run as a report has it: its head, and its payload in pieces. */
export interface CollectedRun {
  readonly head: RunHead;
  readonly pieces: readonly Uint8Array[];
}

type Section = readonly [SectionName, Uint8Array];

/** Connections that are told of one by one. */
const connectionsMax = 200;

export class RunCollector {
  readonly #strings = new Strings();
  readonly #events = new EventColumns(this.#strings);
  readonly #looks = new Looks(this.#strings);
  readonly #names: (readonly [host: string, run: number, object: number, name: string])[] = [];
  readonly #named = new Set<string>();
  readonly #violations: { readonly n: number; readonly event: Extract<TraceEvent, { kind: 'violation' }> }[] = [];
  readonly #decisionCodes = new Set<string>();
  /** The events that open connections: those that are told of one by one. */
  readonly #openings = new Map<number, number>();

  /** To be told of every event, in order. */
  readonly trace = (event: TraceEvent): void => {
    if (event.kind === 'violation') this.#violations.push({ n: this.#events.count, event });
    if (event.kind === 'decision') this.#decisionCodes.add(event.code);
    if (event.kind === 'connection' && event.what === 'opening' && event.connection <= connectionsMax)
      this.#openings.set(event.connection, event.n);
    this.#events.add(event);
    this.#looks.happened(event);
  };

  /** An object keeps its first name. */
  readonly onName = ({ host, run, object, name }: BoundName): void => {
    const key = `${host} ${run} ${object}`;
    if (this.#named.has(key)) return;
    this.#named.add(key);
    this.#names.push([host, run, object, name]);
  };

  readonly onObject = (made: ObjectMade): void => this.#looks.made(made);

  /** The codes of its decisions. */
  get decisionCodes(): ReadonlySet<string> {
    return this.#decisionCodes;
  }

  get events(): number {
    return this.#events.count;
  }

  /** @param bytes - what each message is field by field, where that is known */
  collected(about: AboutRun, bytes?: PackedBytes): CollectedRun {
    const { plan, result } = about;
    const sections: readonly Section[] = [
      ...this.#events.sections(),
      ...this.#looks.sections(),
      ['strings', asJson(this.#strings.all)],
      ['names', asJson(this.#names)],
      ['calls', asJson((plan?.steps ?? []).map((step) => [step.id, callOf(step)]))],
      ['bytes', asJson(bytes ?? { records: [], at: [], leftOut: 0 })],
    ];
    const { enoughAt } = this.#looks;
    const { leftOut = 0 } = bytes ?? {};
    const notes = [
      ...(about.notes ?? []),
      ...(leftOut === 0 ? [] : [`the bytes of ${leftOut} records are left out, there being too many`]),
      ...(enoughAt === undefined
        ? []
        : [`objects were looked into up to event ${enoughAt}; from there on the trace alone speaks`]),
    ];
    const head: RunHead = {
      title: about.title,
      about: about.about ?? '',
      seed: about.seed,
      profile: about.profile,
      stack: about.stack,
      defects: about.defects ?? plan?.defects ?? [],
      verdict: result?.verdict ?? (this.#violations.length === 0 ? 'pass' : 'unknown'),
      fingerprint: result?.fingerprint ?? '',
      replay: about.replay,
      events: this.#events.count,
      virtualSeconds: this.#events.lastUs / 1_000_000,
      drawn: (plan?.drawn ?? []).map(({ label, value }) => ({
        name: label,
        value: typeof value === 'string' ? value : JSON.stringify(value),
      })),
      violations: this.#told(result),
      ...this.#connections(result),
      faults: (plan?.faults ?? []).map(({ id, action }) => ({ id, words: wordsOf(action) })),
      notes,
      sections: sections.map(([name, piece]) => [name, piece.length]),
    };
    return { head, pieces: sections.map(([, piece]) => piece) };
  }

  #connections(result: RunResult | undefined): Pick<RunHead, 'outcomes' | 'connections'> {
    const outcomes = new Map<string, number>();
    for (const { outcome } of result?.connections ?? []) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const first = result?.connections.slice(0, connectionsMax) ?? [];
    return {
      outcomes: [...outcomes],
      connections: first.map(({ connection, client, server, outcome, decision }) => {
        return { connection, client, server, outcome, decision, event: this.#openings.get(connection) ?? -1 };
      }),
    };
  }

  /** Those of the verdict; each with the event that told it, where one did. */
  #told(result: RunResult | undefined): readonly ReportViolation[] {
    const left = [...this.#violations];
    const eventOf = (invariant: string, step: string): number => {
      const at = left.findIndex(({ event }) => event.invariant === invariant && event.step === step);
      return at < 0 ? -1 : (left.splice(at, 1)[0]?.n ?? -1);
    };
    const all = result?.violations ?? this.#violations.map(({ event }) => ({ ...event, expected: false }));
    return all.map(({ invariant, owner, expected, step, text }) => {
      const known = invariants.find((one) => one.name === invariant);
      const { reason = '', source = '' } = known ?? {};
      return { event: eventOf(invariant, step), invariant, owner, expected, step, text, reason, source };
    });
  }
}

function asJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** A C call as it would be written: `SSL_set_session($ssl1, null)`. */
function callOf({ let: name, call, args = [] }: Step): string {
  const written = args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)));
  return `${name === undefined ? '' : `$${name} = `}${call}(${written.join(', ')})`;
}

function wordsOf({ do: what, ...rest }: Plan['faults'][number]['action']): string {
  return [what, ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)].join(', ');
}
