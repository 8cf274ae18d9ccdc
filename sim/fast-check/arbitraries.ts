/** Plans and API programs as arbitraries of fast-check. */
import type fc from 'fast-check';
import { isPlanSource, type PlanSource, scenarioSource } from '../campaign/index.js';
import { type Fault, type Plan, PlanError, type Step, toPlan } from '../plan/index.js';
import { generateProgram, type ProgramFile } from '../program/index.js';
import type { Scenario } from '../scenario/index.js';
import { boundSteps } from '../shrink/index.js';
import type { Profile } from '../stacks/index.js';
import { CuttingArbitrary } from './cutting.js';

/** Random API programs (docs/programs.md). What is cut from one takes the steps along that use what it made. */
export function arbitraryProgram(
  profile: Profile,
  { tls13 = true }: { tls13?: boolean } = {},
): fc.Arbitrary<ProgramFile> {
  return new CuttingArbitrary<ProgramFile>({
    ofSeed: (seed) => generateProgram({ seed, profile, tls13 }),
    items: ({ steps }) => steps,
    keep: (program, items) => ({ ...program, steps: boundSteps(items as ProgramFile['steps']) }),
  });
}

/** What scenarios, workloads and other sources make of seeds. Steps and faults are cut; what a plan expects of a step goes with it. */
export function arbitraryPlan(from: Scenario | PlanSource, profile: Profile): fc.Arbitrary<Plan> {
  const source = isPlanSource(from) ? from : scenarioSource(from);
  return new CuttingArbitrary<Plan>({
    ofSeed: (seed) => source.plan({ seed: String(seed), profile }),
    items: ({ steps, faults }) => [...faults, ...steps],
    keep: (plan, items) => {
      const kept = new Set(items);
      const isKept = (one: Step | Fault): boolean => kept.has(one);
      return valid({ ...plan, steps: plan.steps.filter(isKept), faults: plan.faults.filter(isKept) });
    },
  });
}

function valid(plan: Plan): Plan | undefined {
  try {
    toPlan(plan);
    return plan;
  } catch (cause) {
    if (cause instanceof PlanError) return undefined;
    throw cause;
  }
}
