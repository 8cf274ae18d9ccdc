/** A program's steps on a stack, one after the other. Loads nothing but the machine, so that it runs beside any OpenSSL. */
import type { Stack } from '../stacks/index.js';
import { Machine } from './machine.js';
import type { Line } from './observation.js';
import type { ProgramStep } from './parse.js';

/** `'last'`: one line, of the last step that is made; no object is looked at before it but where a rule of misuse asks. */
export type Observed = 'all' | 'last';

/**
 * Makes the steps until their end, the first misuse or a crash.
 * @param stack - a fresh one; it is not ended
 * @param onStep - told the number of each step before it is made
 */
export function playSteps(
  steps: readonly ProgramStep[],
  { stack, observed, onStep }: { stack: Stack; observed: Observed; onStep?: (step: number) => void },
): Line[] {
  const machine = new Machine(stack);
  const lines: Line[] = [];
  for (const [index, step] of steps.entries()) {
    onStep?.(index);
    const shown = observed === 'all' || index === steps.length - 1;
    const { line, ends } = machine.execute(step, { strict: true, observe: shown ? 'all' : 'nothing' });
    if (shown || ends) lines.push(line);
    if (ends) break;
  }
  return lines;
}
