/** A plan's run as a report has it: run once to be looked at, and once more under real cryptography for its bytes. */
import { bytesOf } from '../fields/index.js';
import type { Plan } from '../plan/index.js';
import type { LibsslPool } from '../stacks/index.js';
import { type RunResult, runPlan } from '../world/index.js';
import { packedBytes } from './bytes.js';
import { type AboutRun, RunCollector } from './collect.js';
import type { PackedBytes } from './data.js';

/** Runs of more events are shown without their bytes: they are made again for them. */
const eventsMax = 200_000;
/** Bytes of one direction that are looked at. */
const streamBytesMax = 1 << 18;

/** The bytes of a run and what they are; undefined, with the reason, where they cannot be had. */
export function bytesOfRun(plan: Plan, { stack, events }: Pick<RunResult, 'stack' | 'events'>): PackedBytes | string {
  if (stack === 'libssl') return 'the bytes of its messages are left out: real OpenSSL made them';
  if (events > eventsMax) return `the bytes of its messages are left out: it has more than ${eventsMax} events`;
  return packedBytes(bytesOf(plan, { bytesMax: streamBytesMax }));
}

export interface PlanRun {
  readonly title: string;
  readonly replay: string;
  readonly crypto?: 'fast' | 'real';
  readonly libssl?: LibsslPool;
}

/**
 * Runs a plan for a report.
 * @throws as `runPlan`
 */
export function collectedPlan(
  plan: Plan,
  { title, replay, crypto, libssl }: PlanRun,
): { readonly collector: RunCollector; readonly about: AboutRun; readonly bytes: PackedBytes | undefined } {
  const collector = new RunCollector();
  const { trace, onName, onObject } = collector;
  const on = libssl === undefined ? (crypto === undefined ? {} : { crypto }) : { libssl };
  const result = runPlan(plan, { ...on, trace, onName, onObject });
  const bytes = bytesOfRun(plan, result);
  const { seed, profile, stack } = result;
  const about = { title, seed, profile, stack, replay, plan, result };
  if (typeof bytes === 'string') return { collector, about: { ...about, notes: [bytes] }, bytes: undefined };
  return { collector, about, bytes };
}
