/** A plan's run as a report has it. */
import type { Plan } from '../plan/index.js';
import type { LibsslPool } from '../stacks/index.js';
import { runPlan } from '../world/index.js';
import type { AboutRun, RunCollector } from './collect.js';
import type { PackedBytes } from './data.js';
import { Gathering } from './gathering.js';

export interface PlanRun {
  readonly title: string;
  readonly replay: string;
  readonly crypto?: 'fast' | 'real';
  readonly libssl?: LibsslPool;
  /** What is to be said of it besides. */
  readonly notes?: readonly string[];
}

/**
 * Runs a plan for a report.
 * @throws as `runPlan`
 */
export function collectedPlan(
  plan: Plan,
  { title, replay, crypto, libssl, notes = [] }: PlanRun,
): { readonly collector: RunCollector; readonly about: AboutRun; readonly bytes: PackedBytes } {
  const gathering = new Gathering({ bytes: libssl === undefined ? 'again' : 'own' });
  const on = libssl === undefined ? (crypto === undefined ? {} : { crypto }) : { libssl };
  const result = runPlan(plan, { ...on, ...gathering.options });
  const { bytes, notes: missing } = gathering.bytesOf(plan, result);
  const { seed, profile, stack } = result;
  const about = { title, seed, profile, stack, replay, plan, result, notes: [...notes, ...missing] };
  return { collector: gathering.collector, about, bytes };
}
