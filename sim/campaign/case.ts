/** One case of a campaign: the plan that a source has for a seed, and what it comes to. */
import type { DefectName } from 'simtls';
import { type Plan, withDefects } from '../plan/index.js';
import { type Judged, type JudgeOptions, judgePlan, thrown } from '../verdict/index.js';
import { DrawnFault, WorldError } from '../world/index.js';
import { mutated } from './guide/mutate.js';
import type { PlanDraw, PlanSource } from './source.js';

export interface CaseDraw extends PlanDraw {
  /** Switched on in every process. */
  readonly defects?: readonly DefectName[];
  /** How the plan is changed: none where nothing is said. */
  readonly mutations?: readonly number[];
}

export interface JudgedCase extends Judged {
  readonly plan: Plan;
}

/**
 * Draws the plan and judges it.
 * @throws ScenarioError where the source cannot be recorded; as `judgePlan` does
 */
export function judgeCase(source: PlanSource, one: CaseDraw, on: JudgeOptions = {}): JudgedCase {
  try {
    return judgeDrawn(source, one, on);
  } catch (cause) {
    if (!(cause instanceof DrawnFault)) throw cause;
    // Found while the plan was drawn: the campaign has a finding the more, and goes on.
    const { plan, cause: fault } = cause;
    return { plan, failure: thrown(fault), violations: [], fingerprint: '', result: undefined, refused: '' };
  }
}

function judgeDrawn(
  source: PlanSource,
  { defects = [], mutations = [], ...draw }: CaseDraw,
  on: JudgeOptions,
): JudgedCase {
  const plan = mutations.reduce(mutated, withDefects(source.plan(draw), defects));
  try {
    const judged = judgePlan(plan, on);
    // Who changes a program breaks its rules: that is nobody's finding. What simtls and libssl promise holds for every program.
    const failure = mutations.length > 0 && judged.failure?.owner === 'program' ? undefined : judged.failure;
    return { plan, ...judged, failure };
  } catch (cause) {
    if (!(cause instanceof WorldError) || cause.code !== 'CODE_MISSING') throw cause;
    // What runs code under test is no case of a campaign: its plan is not enough to run it again.
    return { plan, failure: undefined, violations: [], fingerprint: '', result: undefined, refused: cause.message };
  }
}
