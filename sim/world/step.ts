/** A plan made ready to run: each step's arguments read once, before anything happens. */
import { type Guard, type Plan, PlanError, type Step } from '../plan/index.js';
import { calls, ProgramError, type ProgramStep, parseStep } from '../program/index.js';
import type { Profile } from '../stacks/index.js';
import { isVerb, parseVerb, type Verb, verbNames } from './verbs.js';

export interface ReadyStep {
  readonly id: string;
  readonly on: string;
  readonly task: string;
  readonly call: string;
  readonly let: string | undefined;
  readonly when: Guard | undefined;
  /** Of a C function or a `sim_` call. */
  readonly program: ProgramStep | undefined;
  readonly verb: Verb | undefined;
}

/** A task's steps: those of `boot` run before all others of their host. */
export interface ReadyTask {
  readonly name: string;
  readonly steps: readonly ReadyStep[];
  /** Where its steps are made up while it runs. */
  readonly growing?: GrowingTask;
}

/** Makes up the steps of a task, one at a time. */
export interface GrowingTask {
  /** No step comes any more: known as soon as the last one is there. */
  readonly over: boolean;
  /** Adds the next step to those of the task: its turn has come. */
  grow(): void;
}

export const bootTask = 'boot';

export interface ReadyPlan {
  readonly plan: Plan;
  /** By host, in the order in which the plan first names them. */
  readonly tasks: ReadonlyMap<string, readonly ReadyTask[]>;
  /** The steps that call code under test, with its name. */
  readonly codeSteps: readonly CodeStep[];
}

export interface CodeStep {
  readonly step: string;
  readonly run: string;
}

/**
 * Reads every step of a plan.
 * @throws PlanError for a call that there is not, or arguments that it does not take, with the place
 */
export function readyPlan(plan: Plan): ReadyPlan {
  const tasks = new Map<string, Map<string, ReadyStep[]>>();
  const codeSteps: CodeStep[] = [];
  for (const host of plan.hosts) tasks.set(host.name, new Map());
  for (const [index, step] of plan.steps.entries()) {
    const ready = readyStep(step, plan.profile, `/steps/${index}`);
    const ofHost = tasks.get(ready.on);
    if (ready.verb?.verb === 'code') codeSteps.push({ step: ready.id, run: ready.verb.options.run });
    const known = ofHost?.get(ready.task);
    if (known !== undefined) known.push(ready);
    else ofHost?.set(ready.task, [ready]);
  }
  return {
    plan,
    codeSteps,
    tasks: new Map([...tasks].map(([host, lines]) => [host, [...lines].map(([name, steps]) => ({ name, steps }))])),
  };
}

/**
 * Reads one step.
 * @param pointer - to it, for messages
 * @throws PlanError as `readyPlan`
 */
export function readyStep(step: Step, profile: Profile, pointer: string): ReadyStep {
  const { id, on, call } = step;
  const verb = isVerb(call) ? parseVerb(step, call, pointer) : undefined;
  if (verb === undefined && !calls.has(call))
    throw new PlanError(
      `${pointer}/call`,
      `a call of simtls-program/1 or a verb (${verbNames.join(', ')})`,
      `"${call}"`,
    );
  // In one literal: steps made of a spread with more behind it have a hidden class each, and every look at one misses all caches.
  return {
    id,
    on,
    call,
    task: step.task ?? 'main',
    let: step.let,
    when: step.when,
    program: verb === undefined ? readProgramStep(step, profile, pointer) : undefined,
    verb,
  };
}

function readProgramStep(step: Step, profile: Profile, pointer: string): ProgramStep {
  try {
    return parseStep(step, { place: '', profile });
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause;
    const place = cause.place.replaceAll(/\[(\d+)\]/gu, '/$1').replaceAll('.', '/');
    const [, expected, found] = /^expected (.+), found (.+)$/u.exec(cause.reason) ?? [];
    throw new PlanError(`${pointer}${place}`, expected ?? 'what docs/programs.md says', found ?? cause.reason);
  }
}
