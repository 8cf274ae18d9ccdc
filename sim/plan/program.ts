/** An API program as a plan: one host, one process, one task, no network. */
import { parseProgram } from '../program/index.js';
import type { Profile } from '../stacks/index.js';
import { toPlan } from './parse.js';
import { type Plan, planFormat } from './plan.js';

/** The host that the steps of a program run on. */
export const programHost = 'program';

/**
 * The plan whose steps are a program's: the same calls on the same interpreter. Step n of the program is the step `s` + n.
 * @param source - the program's text, or what it stands for
 * @throws ProgramError for what is no program
 */
export function programToPlan(
  source: unknown,
  options: { readonly profile?: Profile; readonly seed?: string } = {},
): Plan {
  const { profile } = parseProgram(source, options);
  const file: unknown = typeof source === 'string' ? JSON.parse(source) : source;
  // parseProgram has taken it: it is an object with a list of steps, each of them an object.
  const { steps } = file as { readonly steps: readonly Readonly<Record<string, unknown>>[] };
  return toPlan({
    format: planFormat,
    seed: options.seed ?? 'program',
    profile,
    hosts: [{ name: programHost }],
    steps: steps.map((step, n) => ({
      id: `s${n}`,
      on: programHost,
      call: step['call'],
      ...(step['let'] === undefined ? {} : { let: step['let'] }),
      ...(step['args'] === undefined ? {} : { args: step['args'] }),
      ...(step['call'] !== 'sim_on' || step['steps'] === undefined ? {} : { steps: step['steps'] }),
      ...(step['call'] !== 'sim_on' || step['returns'] === undefined ? {} : { returns: step['returns'] }),
    })),
  });
}
