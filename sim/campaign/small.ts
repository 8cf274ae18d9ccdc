/** Makes a failing plan small, within a budget of events: it ends at the same place on every machine. */
import type { Plan } from '../plan/index.js';
import { planSearch, sizeOfPlan } from '../shrink/index.js';
import { type Failure, type JudgeOptions, judgePlan, sameFailure } from '../verdict/index.js';

/** Events of all trials together: some seconds of work. */
export const shrinkEventsMax = 600_000;

export interface SmallPlan {
  readonly plan: Plan;
  /** As the small plan has it: the steps may be others. */
  readonly failure: Failure;
  /** How large it was and is. */
  readonly told: string;
}

/** A plan that runs in two ways is a broken promise of simtls: nothing can be cut from it. */
export class UnsteadyPlan extends Error {
  override readonly name = 'UnsteadyPlan';
}

/** @throws UnsteadyPlan where the plan does not fail as it did */
export function smallPlan(
  plan: Plan,
  failure: Failure,
  on: JudgeOptions,
  onTrial: () => void = () => undefined,
): SmallPlan {
  if (!sameFailure(failure, judgePlan(plan, on).failure)) {
    throw new UnsteadyPlan(`${plan.name ?? 'a plan'}, seed ${plan.seed}: two runs of it ended differently`);
  }
  const { search, trials, events } = planSearch(plan, failure, on);
  let isCut = false;
  for (const _ of trials) {
    onTrial();
    isCut = events() > shrinkEventsMax;
    if (isCut) break;
  }
  const small = judgePlan(search.best, on).failure;
  if (small === undefined) throw new UnsteadyPlan('the shrunk plan does not fail when it is run once more');
  const [before, after] = [sizeOfPlan(plan), sizeOfPlan(search.best)];
  const rows = Object.keys(before).map((key) => `${key} ${before[key] ?? 0} → ${after[key] ?? 0}`);
  const end = isCut ? ', stopped at its limit: simtls shrink goes on' : '';
  return { plan: search.best, failure: small, told: `${rows.join(', ')} (${search.trials} trials${end})` };
}
