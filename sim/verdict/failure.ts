/** What makes two runs of plans fail alike, and the name of the group that a failure belongs to. */
import type { Owner } from '../invariants/index.js';
import type { Plan } from '../plan/index.js';
import type { RunResult, Violation } from '../world/index.js';

/** The first violation of a run that its plan does not expect. */
export interface Failure {
  readonly invariant: string;
  readonly owner: Owner;
  /** The call at work, empty where none was. */
  readonly call: string;
  readonly step: string;
  readonly text: string;
  /** `invariant/owner/where`: the same for every plan that fails of the same cause, whatever its seed, names and times. */
  readonly group: string;
}

/** Invariants of which only the text says what was broken. */
const toldByText: readonly string[] = [
  'expectation',
  'exception',
  'nothing-leaked-at-exit',
  'no-reference-outlives-holder',
];
/** Characters of the place in a group's name. */
const whereMax = 200;

export function failureOf(violation: Violation, plan: Plan, result: RunResult): Failure {
  const { invariant, owner, step, text } = violation;
  const call = callOf(step, plan);
  const place = [call, decisionAt(step, plan, result), toldByText.includes(invariant) ? cause(text, plan) : ''];
  return { invariant, owner, call, step, text, group: groupOf(invariant, owner, place) };
}

/** Of a fault of our own. */
export function thrown(error: unknown): Failure {
  const text = String(error);
  const [invariant, owner] = ['exception', 'simtls'] as const;
  return { invariant, owner, call: '', step: '', text, group: groupOf(invariant, owner, [withoutNumbers(text)]) };
}

/**
 * Whether it is the same failure: the same group. Of a check that does not hold, and of a leak, all words must be the same besides
 * (the value found, the object and its holders); otherwise "expected 1, found 0" would shrink to a step that was never made, and
 * the leak of a session to that of its context. Numbers of objects without a name, and of accepted connections, may change.
 */
export function sameFailure(a: Failure, b: Failure | undefined): boolean {
  if (b === undefined || a.group !== b.group) return false;
  return !toldByText.includes(a.invariant) || unnumbered(a.text) === unnumbered(b.text);
}

function unnumbered(text: string): string {
  return text.replaceAll(/([#/])\d+/gu, '$1');
}

function groupOf(invariant: string, owner: Owner, place: readonly string[]): string {
  const where = place.filter((part) => part !== '').join(' ');
  return `${invariant}/${owner}/${where.slice(0, whereMax)}`;
}

/** The call of a step; the nth connection of an accept loop is the step `ID/n`. */
function callOf(step: string, plan: Plan): string {
  const made = step.replace(/\/.*$/u, '');
  return plan.steps.find((one) => one.id === made)?.call ?? '';
}

/** What was decided about a session on the connection that a step is about: the last one that its object had opened. */
function decisionAt(id: string, plan: Plan, { connections }: RunResult): string {
  const step = plan.steps.find((one) => one.id === id);
  const about = step?.args?.[0];
  if (step === undefined || typeof about !== 'string') return '';
  const opened = plan.steps.filter((one) => one.on === step.on && one.args?.[0] === about).map((one) => one.id);
  return connections.findLast((one) => opened.includes(one.step))?.decision ?? '';
}

/** A sentence as it reads in every run of the same cause: calls in the place of steps, no numbers. */
function cause(text: string, plan: Plan): string {
  const calls = new Map(plan.steps.map((step) => [step.id, step.call]));
  const told = text.replaceAll(/[\w.-]+(?:\/\d+)?/gu, (word) => calls.get(word.replace(/\/\d+$/u, '')) ?? word);
  return withoutNumbers(told);
}

/** Without the numbers of objects, and of those in the names that a recorder gives; how many there are of what is an N. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/#\d+|(?<=[A-Za-z])\d+/gu, '').replaceAll(/\d+/gu, 'N');
}
