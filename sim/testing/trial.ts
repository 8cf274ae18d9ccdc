/** One run of a plan, with the code that it calls or without any. */
import { type Plan, PlanError } from '../plan/index.js';
import { type Failure, failureOf, judgePlan } from '../verdict/index.js';
import { type Codes, runWithCode, WorldError } from '../world/index.js';

export interface Trial {
  /** Undefined where nothing failed. */
  readonly failure: Failure | undefined;
  /** Why the plan cannot be run; empty where it was. */
  readonly refused: string;
  readonly withCode: boolean;
}

export async function tryPlan(plan: Plan, codes: Codes | undefined): Promise<Trial> {
  const withCode = codes !== undefined && plan.steps.some(({ call }) => call === 'code');
  if (!withCode) {
    const { failure, refused } = judgePlan(plan);
    return { failure, refused, withCode };
  }
  try {
    const result = await runWithCode(plan, { codes });
    const first = result.violations.find((violation) => !violation.expected);
    return { failure: first && failureOf(first, plan, result), refused: '', withCode };
  } catch (cause) {
    // As without code: what cannot be run does not fail. What was cut from a plan may leave such a one.
    if (cause instanceof PlanError || cause instanceof WorldError) {
      return { failure: undefined, refused: cause.message, withCode };
    }
    throw cause;
  }
}
