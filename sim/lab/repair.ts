/** Whether a program was mended: under many seeds nothing is broken any more, and it still does what it is there for. */

import type { PlanSource } from '../campaign/index.js';
import type { Plan, Step } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { type RunResult, runPlan } from '../world/index.js';
import type { RepairCheck } from './lab.js';

export type Repair =
  | { readonly solved: true; readonly runs: number }
  /** `why` names neither what is broken nor where. */
  | { readonly solved: false; readonly why: string; readonly seed?: string; readonly profile?: Profile };

const profiles: readonly Profile[] = ['1.1.1', '3.0', '3.5'];
/** Steps of the program that a repair may move, and add to, and not leave out. */
const duties: readonly string[] = ['connect', 'expect_host', 'exit'];
/** Steps that say who the program is and what it wants: these stay as they are. */
const given: readonly string[] = ['request', 'check_peer', 'holds_at_most', 'credential', 'sim_use_certificate'];

/**
 * Runs a repair.
 * @param untouched - as the trainee was given it
 */
export function checkRepair(untouched: PlanSource, mended: PlanSource, check: RepairCheck): Repair {
  const sum = { connections: 0, resumed: 0, requests: 0, answered: 0, broken: 0, runs: 0 };
  let first: { readonly seed: string; readonly profile: Profile } | undefined;
  for (let n = 1; n <= check.seeds; n += 1) {
    for (const profile of profiles) {
      const seed = String(n);
      const plan = mended.plan({ seed, profile });
      const changed = partsFrom(untouched.plan({ seed, profile }), plan, check.host);
      if (changed !== undefined) return { solved: false, why: changed, seed, profile };
      const result = runPlan(plan);
      sum.runs += 1;
      if (result.verdict === 'fail') {
        sum.broken += 1;
        first ??= { seed, profile };
      }
      for (const { outcome } of result.connections) {
        sum.connections += 1;
        if (outcome === 'resumed') sum.resumed += 1;
      }
      const requests = requestsOf(plan, result, check.host);
      sum.requests += requests.length;
      sum.answered += requests.filter((outcome) => outcome === 'ok').length;
    }
  }
  if (first !== undefined) return { solved: false, why: `${sum.broken} of ${sum.runs} runs break a rule`, ...first };
  if (sum.resumed * 100 < check.resumedPercent * sum.connections) {
    return {
      solved: false,
      why: `${sum.resumed} of ${sum.connections} connections were resumed: it gives up what sessions are kept for`,
    };
  }
  if (sum.answered * 100 < check.answeredPercent * sum.requests) {
    return { solved: false, why: `${sum.answered} of ${sum.requests} requests had an answer: it gives up too many` };
  }
  return { solved: true, runs: sum.runs };
}

function requestsOf(plan: Plan, result: RunResult, host: string): readonly string[] {
  const steps = plan.steps.filter(({ on, call }) => on === host && call === 'request');
  return steps.map(({ id }) => result.steps.get(id)?.outcome ?? 'never made');
}

/** What a repair has changed that it must not, in words. */
function partsFrom(before: Plan, after: Plan, host: string): string | undefined {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (after.checks.length > before.checks.length) return 'it states what comes of it: take w.expect out again';
  if (!same(before.drawn, after.drawn)) return 'it draws other things than before: leave w.draw as it is';
  const world = ({ hosts, links, faults }: Plan): unknown => [hosts, links, faults];
  if (!same(world(before), world(after))) return 'the hosts, the links or the faults are others than before';
  const others = ({ steps }: Plan): unknown => steps.filter(({ on }) => on !== host).map(({ id: _, ...step }) => step);
  if (!same(others(before), others(after))) return `only the program on ${host} is to be mended`;
  const calls = ({ steps }: Plan, call: string): readonly Step[] =>
    steps.filter((step) => step.on === host && step.call === call);
  for (const call of given) {
    const options = (plan: Plan): unknown =>
      calls(plan, call).map(({ args = [] }) => args.filter((one) => typeof one !== 'string'));
    if (!same(options(before), options(after))) return `the steps "${call}" are others than before`;
  }
  const missing = duties.find((call) => calls(after, call).length < calls(before, call).length);
  return missing === undefined ? undefined : `there are fewer steps "${missing}" than before`;
}
