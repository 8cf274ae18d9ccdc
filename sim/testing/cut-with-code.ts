/** Cuts steps and faults out of a plan that calls code. Each trial turns Node's event loop, so there are few of them. */
import type { Plan } from '../plan/index.js';
import { sizeOfPlan } from '../shrink/index.js';
import { type Failure, sameFailure } from '../verdict/index.js';
import type { Codes } from '../world/index.js';
import { tryPlan } from './trial.js';

/** Runs of all trials together: a few seconds. */
const trialsMax = 60;

export interface CutPlan {
  readonly plan: Plan;
  readonly failure: Failure;
  readonly told: string;
}

/** Later items go first: earlier ones make what they use. */
export async function cutWithCode(plan: Plan, failure: Failure, codes: Codes): Promise<CutPlan> {
  let best = { plan, failure };
  let trials = 0;
  for (const list of ['faults', 'steps'] as const) {
    for (let at = plan[list].length - 1; at >= 0 && trials < trialsMax; at -= 1) {
      const candidate = { ...best.plan, [list]: best.plan[list].filter((_, i) => i !== at) };
      trials += 1;
      const trial = await tryPlan(candidate, codes);
      if (sameFailure(failure, trial.failure)) best = { plan: candidate, failure: trial.failure ?? failure };
    }
  }
  const [before, after] = [sizeOfPlan(plan), sizeOfPlan(best.plan)];
  const rows = Object.keys(before).map((key) => `${key} ${before[key] ?? 0} → ${after[key] ?? 0}`);
  return { ...best, told: `${rows.join(', ')} (${trials} trials)` };
}
