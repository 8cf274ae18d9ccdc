/** What many runs came to, in memory that does not grow with their number. */
import type { Drawn, Json } from '../plan/index.js';
import type { RunResult } from '../world/index.js';

export interface Outcome {
  readonly result: RunResult;
  readonly drawn: readonly Drawn[];
  /** The world that the seed drew: empty where it draws none. */
  readonly swarm: Readonly<Record<string, Json>>;
  /** The command that makes this run again. */
  readonly replay: string;
}

/** Failures that are kept to be told in full: the rest is counted. */
export const failuresToldMax = 10;
/** Fingerprints that are told apart for one scenario. */
const distinctMax = 1_000_000;
/** Different values of one label that are listed. */
const valuesMax = 8;

/** What the seeds drew under one label. */
export interface Range {
  /** Of numbers. */
  least: number;
  most: number;
  /** Of what is no number. */
  readonly values: Set<string>;
}

/** The runs of one scenario. */
export class Group {
  runs = 0;
  failed = 0;
  full = 0;
  resumed = 0;
  expected = 0;
  readonly profiles: Set<string> = new Set();
  readonly fingerprints: Set<string> = new Set();
  readonly drew: Map<string, Range> = new Map();

  add({ result, drawn }: Outcome): void {
    this.runs += 1;
    if (result.verdict === 'fail') this.failed += 1;
    for (const { outcome } of result.connections) {
      if (outcome === 'full') this.full += 1;
      if (outcome === 'resumed') this.resumed += 1;
    }
    for (const violation of result.violations) if (violation.expected) this.expected += 1;
    this.profiles.add(result.profile);
    if (this.fingerprints.size < distinctMax) this.fingerprints.add(`${result.profile} ${result.fingerprint}`);
    for (const one of drawn) this.#widen(one);
  }

  #widen({ label, value }: Drawn): void {
    let range = this.drew.get(label);
    if (range === undefined) {
      range = { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY, values: new Set() };
      this.drew.set(label, range);
    }
    if (typeof value === 'number') {
      range.least = Math.min(range.least, value);
      range.most = Math.max(range.most, value);
    } else if (range.values.size < valuesMax) range.values.add(JSON.stringify(value));
  }
}

/** All runs of one command. */
export class Tally {
  readonly groups: Map<string, Group> = new Map();
  readonly failures: Outcome[] = [];
  /** The first run. */
  first: Outcome | undefined;
  last: Outcome | undefined;
  runs = 0;
  failed = 0;
  events = 0;
  virtualSeconds = 0;

  add(outcome: Outcome): void {
    const { result } = outcome;
    this.first ??= outcome;
    this.last = outcome;
    this.runs += 1;
    this.events += result.events;
    this.virtualSeconds += result.virtualSeconds;
    if (result.verdict === 'fail') {
      this.failed += 1;
      if (this.failures.length < failuresToldMax) this.failures.push(outcome);
    }
    let group = this.groups.get(result.scenario);
    if (group === undefined) {
      group = new Group();
      this.groups.set(result.scenario, group);
    }
    group.add(outcome);
  }
}
