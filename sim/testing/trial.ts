/** One run of a plan, with the code that it calls or without any. */
import type { Plan } from '../plan/index.js';
import { type Failure, failureOf, judgePlan } from '../verdict/index.js';
import { type Codes, runWithCode } from '../world/index.js';

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
  const result = await runWithCode(plan, { codes });
  const first = result.violations.find((violation) => !violation.expected);
  return { failure: first && failureOf(first, plan, result), refused: '', withCode };
}
