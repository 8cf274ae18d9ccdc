/** Runs a plan to a verdict, whatever becomes of it: that is how campaigns, the shrinker and the user's own tests look at plans. */
import { type Plan, PlanError } from '../plan/index.js';
import { type LibsslPool, StackMissing } from '../stacks/index.js';
import { type RunOptions, type RunResult, runPlan, type Violation, WorldError } from '../world/index.js';
import { type Failure, failureOf, thrown } from './failure.js';

/** What a plan runs on: the model under fast arithmetic unless told. */
export interface JudgeOptions extends Pick<RunOptions, 'trace' | 'onName'> {
  readonly crypto?: 'fast' | 'real' | undefined;
  /** Agents of real OpenSSL, of the plan's profile. */
  readonly libssl?: LibsslPool | undefined;
}

/** How one run of a plan ended. */
export interface Judged {
  /** The first violation that the plan does not expect. */
  readonly failure: Failure | undefined;
  /** All of them, those that were expected too, each with its owner. */
  readonly violations: readonly Violation[];
  /** Of the run; empty where it could not be run to its end. */
  readonly fingerprint: string;
  /** Undefined where it could not be run to its end. */
  readonly result: RunResult | undefined;
  /** Why the plan cannot be run at all; empty where it was. */
  readonly refused: string;
}

/** Events of one run: fewer than `simtls run` gives a world, since one that never rests would hold up all the others. */
export const judgedEventsMax = 500_000;

/**
 * Runs a plan. A plan that cannot be run (a step that is none, a handshake that the model does not have) does not fail: it is refused.
 * @throws WorldError `CODE_MISSING` for one that runs code under test; StackMissing where no agent of OpenSSL starts
 */
export function judgePlan(plan: Plan, { crypto, libssl, trace, onName }: JudgeOptions = {}): Judged {
  const on = {
    eventsMax: judgedEventsMax,
    ...(crypto === undefined ? {} : { crypto }),
    ...(libssl === undefined ? {} : { libssl }),
    ...(trace === undefined ? {} : { trace }),
    ...(onName === undefined ? {} : { onName }),
  };
  try {
    const result = runPlan(plan, on);
    const { violations, fingerprint } = result;
    const first = violations.find((violation) => !violation.expected);
    return { failure: first && failureOf(first, plan, result), violations, fingerprint, result, refused: '' };
  } catch (cause) {
    if (cause instanceof WorldError && cause.code === 'CODE_MISSING') throw cause; // a plan cannot hold what would have to fail
    if (cause instanceof StackMissing) throw cause;
    if (cause instanceof PlanError || cause instanceof WorldError) return notRun(undefined, cause.message);
    // A fault of our own is a failure like another: it is what somebody wants to have small.
    return notRun(thrown(cause), '');
  }
}

function notRun(failure: Failure | undefined, refused: string): Judged {
  return { failure, violations: [], fingerprint: '', result: undefined, refused };
}
