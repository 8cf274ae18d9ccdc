/** The verb `code`: a step that calls code under test. */
import type { Plan } from '../plan/index.js';
import type { CodeCall } from './code-process.js';
import { WorldError } from './error.js';
import type { Process } from './process.js';
import type { Task } from './task.js';
import type { VerbOptions } from './verbs.js';

export function callCode(process: Process, task: Task, step: string, options: VerbOptions['code']): CodeCall {
  const all = process.world.code;
  const code = all?.codes[options.run];
  if (all === undefined || code === undefined) throw codeMissing(step, options.run);
  const call = process.codeOf(all).call(step, options.run, code, options.given ?? null);
  call.wake = () => task.wake();
  return call;
}

/** Whether a plan calls code under test. */
export function callsCode(plan: Plan): boolean {
  return plan.steps.some((step) => step.call === 'code');
}

export function codeMissing(step: string, run: string): WorldError {
  return new WorldError(
    'CODE_MISSING',
    `step ${step} runs the code "${run}", which a plan cannot hold: run the scenario that has it, or runWithCode(plan, { codes: { "${run}": … } })`,
  );
}
