/** `--misuse`: workloads do what the manual rules out, too. */
import { workloads } from '../workload/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import type { SourceModule } from './scenarios.js';

export const misuseHelp =
  'workloads do what the manual rules out, too, and say so in the plan: what that breaks of a program’s promises is expected';

/**
 * What a draw is told.
 * @throws CommandFailure where it is asked for and nothing that is named draws its steps
 */
export function misuseOf(asked: boolean | undefined, modules: readonly SourceModule[]): { readonly misuse?: true } {
  if (asked !== true) return {};
  if (modules.some(({ source }) => 'kind' in source && source.kind === 'simtls-workload')) return { misuse: true };
  const names = workloads.map(({ name }) => name).join(', ');
  throw new CommandFailure(
    exitCodes.usedWrongly,
    `--misuse is for workloads, which draw what they do: name one of ${names}`,
  );
}
