/** How large a case is, for people. */
import type { Plan } from '../plan/index.js';
import type { ProgramValue } from './program-failure.js';

/** What a plan or program consists of, by name, in the order of telling. `bytes` is its JSON, written without spaces. */
export type Size = Readonly<Record<string, number>>;

export function sizeOfPlan(plan: Plan): Size {
  const { hosts, steps, faults, links, checks } = plan;
  const tasks = new Set(steps.map((step) => `${step.on} ${step.task ?? ''}`)).size;
  return {
    hosts: hosts.length,
    tasks,
    steps: steps.length,
    faults: faults.length,
    links: links.length,
    checks: checks.length,
    bytes: JSON.stringify(plan).length,
  };
}

export function sizeOfProgram(value: ProgramValue): Size {
  const { steps } = value;
  return { steps: Array.isArray(steps) ? steps.length : 0, bytes: JSON.stringify(value).length };
}
