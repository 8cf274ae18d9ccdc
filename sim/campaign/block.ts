/** Makes the cases of one block, and says what they came to. */
import type { Plan } from '../plan/index.js';
import { SometimesWatch } from '../sometimes/index.js';
import { Fingerprint, type TraceEvent } from '../trace/index.js';
import type { Failure, JudgeOptions } from '../verdict/index.js';
import { type JudgedCase, judgeCase } from './case.js';
import { Coverage } from './guide/coverage.js';
import { Lane, type LaneState } from './guide/lane.js';
import { addReached, type Reached, reachedBy } from './reached.js';
import { type CampaignSettings, type Case, casesOf, casesOfGuidedBlock, drawOf, laneOf } from './settings.js';
import type { PlanSource } from './source.js';

/** A case that failed. */
export interface FailedCase {
  readonly case: Case;
  readonly failure: Failure;
}

export interface BlockReport {
  readonly block: number;
  readonly runs: number;
  readonly events: number;
  /** The sum over its cases of a hash of number, plan and outcome: sums of blocks add up to the campaign's, in whatever order. */
  readonly sum: CaseSum;
  /** Of each group the first, and how many there were. */
  readonly failed: readonly { readonly first: FailedCase; readonly count: number }[];
  /** Why cases could not be run: how many, by source and reason. */
  readonly refused: readonly Refused[];
  /** Of the sources that declare what their runs must reach. */
  readonly reached: readonly Reached[];
  /** Where it ended, for people. */
  readonly last: Case | undefined;
  /** What its lane knows behind it, in a guided campaign. */
  readonly lane?: LaneState;
}

export interface Refused {
  readonly source: string;
  readonly reason: string;
  readonly count: number;
}

/** 64 bits in two halves. */
export type CaseSum = readonly [high: number, low: number];

export function addSums([a, b]: CaseSum, [c, d]: CaseSum): CaseSum {
  return [(a + c) >>> 0, (b + d) >>> 0];
}

interface BlockOptions {
  readonly sources: ReadonlyMap<string, PlanSource>;
  readonly on: (profile: Case['profile']) => JudgeOptions;
  /** Told at once of the first case of each group. */
  readonly onFailure: (failed: FailedCase & { readonly plan: Plan }) => void;
}

/** @param before - what the lane of the block knows, in a guided campaign */
export function runBlock(
  settings: CampaignSettings,
  block: number,
  options: BlockOptions,
  before?: LaneState,
): BlockReport {
  const made = new BlockRuns(settings, options);
  const at = laneOf(settings, block);
  if (at === undefined) {
    for (const one of casesOf(settings, block)) made.run(one, undefined);
    return { block, ...made.report };
  }
  const lane = new Lane(settings, at, before);
  for (const one of guidedCases(lane, block)) made.run(one, lane);
  return { block, ...made.report, lane: lane.state };
}

/** Behind some cases comes one that is made from another. Numbers grow from block to block. */
function* guidedCases(lane: Lane, block: number): Generator<Case> {
  const end = (block + 1) * 2 * casesOfGuidedBlock;
  for (let number = block * 2 * casesOfGuidedBlock; number < end; number += 2) {
    const fresh = lane.fresh(number);
    if (fresh === undefined) return;
    yield fresh;
    const changed = lane.changed(number + 1);
    if (changed !== undefined) yield changed;
  }
}

/** What the cases of a block came to so far. */
class BlockRuns {
  readonly #settings: CampaignSettings;
  readonly #options: BlockOptions;
  readonly #failed = new Map<string, { first: FailedCase; count: number }>();
  readonly #refused = new Map<string, Refused>();
  #runs = 0;
  #events = 0;
  #sum: CaseSum = [0, 0];
  #last: Case | undefined;
  #reached: readonly Reached[] = [];

  constructor(settings: CampaignSettings, options: BlockOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  get report(): Omit<BlockReport, 'block' | 'lane'> {
    const failed = [...this.#failed.values()];
    const refused = [...this.#refused.values()];
    return {
      runs: this.#runs,
      events: this.#events,
      sum: this.#sum,
      failed,
      refused,
      reached: this.#reached,
      last: this.#last,
    };
  }

  run(one: Case, lane: Lane | undefined): void {
    const { sources, on } = this.#options;
    const source = sources.get(one.source);
    if (source === undefined) throw new Error(`no source is called ${one.source}`);
    const coverage = lane === undefined ? undefined : new Coverage();
    const isChanged = one.mutations.length > 0;
    const watch = source.sometimes === undefined || isChanged ? undefined : new SometimesWatch();
    const watched = coverage === undefined && watch === undefined ? {} : { trace: bothOf(coverage, watch) };
    const judged = judgeCase(source, drawOf(this.#settings, one), { ...on(one.profile), ...watched });
    this.#runs += 1;
    this.#events += judged.result?.events ?? 0;
    this.#sum = addSums(this.#sum, sumOf(one, judged));
    this.#last = one;
    if (judged.refused !== '' && !isChanged) refuse(this.#refused, one.source, judged.refused);
    if (watch !== undefined && judged.result !== undefined) {
      const names = watch.reached(judged.plan, judged.result);
      this.#reached = addReached(this.#reached, [reachedBy(one.source, source.sometimes ?? [], names)]);
    }
    lane?.learn(one, judged.refused === '' ? coverage : undefined);
    if (judged.failure !== undefined) this.#fail(one, judged.failure, judged.plan);
  }

  #fail(one: Case, failure: Failure, plan: Plan): void {
    const known = this.#failed.get(failure.group);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    this.#options.onFailure({ case: one, failure, plan });
    this.#failed.set(failure.group, { first: { case: one, failure }, count: 1 });
  }
}

function bothOf(coverage: Coverage | undefined, watch: SometimesWatch | undefined): (event: TraceEvent) => void {
  return (event) => {
    coverage?.happened(event);
    watch?.see(event);
  };
}

/** Of one case: equal where it is the same case, with the same plan, and everything happened in it alike. */
function sumOf({ number }: Case, { plan, fingerprint, failure, refused }: JudgedCase): CaseSum {
  const hash = new Fingerprint();
  hash.add(number);
  for (const text of [plan.seed, plan.profile, fingerprint, failure?.group ?? '', refused]) hash.addText(text);
  const digest = hash.digest();
  return [Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8), 16)];
}

function refuse(refused: Map<string, Refused>, source: string, reason: string): void {
  const key = `${source} ${reason}`;
  refused.set(key, { source, reason, count: 1 + (refused.get(key)?.count ?? 0) });
}
