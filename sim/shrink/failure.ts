/** What makes two runs of plans fail alike. */
import type { Owner } from '../invariants/index.js';
import { type Plan, PlanError } from '../plan/index.js';
import { runPlan, type Violation, WorldError } from '../world/index.js';

/** The first violation of a run that its plan does not expect. */
export interface Failure {
  readonly invariant: string;
  readonly owner: Owner;
  /** The call at work, empty where none was. */
  readonly call: string;
  readonly step: string;
  readonly text: string;
}

/** How one run of a plan ended. */
export interface Judged {
  readonly failure: Failure | undefined;
  /** Of the run; empty where it could not be run to its end. */
  readonly fingerprint: string;
}

/** Invariants of which only the text says what was broken. */
const toldByText: readonly string[] = [
  'expectation',
  'exception',
  'nothing-leaked-at-exit',
  'no-reference-outlives-holder',
];

/**
 * Runs a plan. A plan that cannot be run (a step that is none, a handshake that the model does not have) does not fail.
 * @throws WorldError `CODE_MISSING` for one that runs code under test
 */
export function judgePlan(plan: Plan): Judged {
  try {
    const { violations, fingerprint } = runPlan(plan);
    const first = violations.find((violation) => !violation.expected);
    return { failure: first && failureOf(first, plan), fingerprint };
  } catch (cause) {
    if (cause instanceof WorldError && cause.code === 'CODE_MISSING') throw cause; // a plan cannot hold what would have to fail
    if (cause instanceof PlanError || cause instanceof WorldError) return { failure: undefined, fingerprint: '' };
    // A fault of our own is a failure like another: it is what somebody wants to have small.
    const failure: Failure = { invariant: 'exception', owner: 'simtls', call: '', step: '', text: String(cause) };
    return { failure, fingerprint: '' };
  }
}

/**
 * Whether it is the same failure: the same invariant, owner and call. Of a check that does not hold, and of a leak, all words must be
 * the same (the value found, the object and its holders); otherwise "expected 1, found 0" would shrink to a step that was never
 * made, and the leak of a session to that of its context. Numbers of objects without a name, and of accepted connections, may change.
 */
export function sameFailure(a: Failure, b: Failure | undefined): boolean {
  if (b === undefined || a.invariant !== b.invariant || a.owner !== b.owner || a.call !== b.call) return false;
  return !toldByText.includes(a.invariant) || unnumbered(a.text) === unnumbered(b.text);
}

function unnumbered(text: string): string {
  return text.replaceAll(/([#/])\d+/gu, '$1');
}

function failureOf({ invariant, owner, step, text }: Violation, plan: Plan): Failure {
  const made = step.replace(/\/.*$/u, ''); // the nth connection of an accept loop is the step `ID/n`
  const call = plan.steps.find((one) => one.id === made)?.call ?? '';
  return { invariant, owner, call, step, text };
}
