/** Makes the cases of one block, and says what they came to. */
import type { Plan } from '../plan/index.js';
import { Fingerprint } from '../trace/index.js';
import type { Failure, JudgeOptions } from '../verdict/index.js';
import { type JudgedCase, judgeCase } from './case.js';
import { type CampaignSettings, type Case, casesOf, drawOf } from './settings.js';
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
  /** Where it ended, for people. */
  readonly last: Case | undefined;
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

export function runBlock(settings: CampaignSettings, block: number, options: BlockOptions): BlockReport {
  const { sources, on, onFailure } = options;
  const failed = new Map<string, { first: FailedCase; count: number }>();
  const refused = new Map<string, Refused>();
  let [runs, events, sum]: [number, number, CaseSum] = [0, 0, [0, 0]];
  let last: Case | undefined;
  for (const one of casesOf(settings, block)) {
    last = one;
    const source = sources.get(one.source);
    if (source === undefined) throw new Error(`no source is called ${one.source}`);
    const judged = judgeCase(source, drawOf(settings, one), on(one.profile));
    const { failure } = judged;
    runs += 1;
    events += judged.result?.events ?? 0;
    sum = addSums(sum, sumOf(one, judged));
    if (judged.refused !== '') refuse(refused, one.source, judged.refused);
    if (failure === undefined) continue;
    const known = failed.get(failure.group);
    if (known === undefined) {
      onFailure({ case: one, failure, plan: judged.plan });
      failed.set(failure.group, { first: { case: one, failure }, count: 1 });
    } else known.count += 1;
  }
  return { block, runs, events, sum, failed: [...failed.values()], refused: [...refused.values()], last };
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
