/** What an API program is about that shall become small, and how to look for it again. */
import type { StackSource } from '../program/index.js';
import { StackMissing } from '../stacks/index.js';
import { judgeProgram, type ProgramFailure, type ProgramOptions, type ProgramValue } from './program-failure.js';

export interface FailingProgram {
  readonly failure: ProgramFailure;
  readonly judging: ProgramOptions;
}

export interface FailingOptions extends ProgramOptions {
  readonly libssl: StackSource;
  /** Nothing but a difference between the stacks counts. */
  readonly differenceAlone: boolean;
}

/**
 * A misuse or a crash of the model, or an expectation that it does not fulfil; else the first difference between the stacks. Where
 * real OpenSSL parts from the model in the very step of the crash or of the expectation, it is the difference: `program fuzz`
 * writes what OpenSSL does there as what the program expects. A defect that is switched on is what the model shall fail by.
 * @throws StackMissing where the model alone runs it to its end, and there is no OpenSSL to ask
 */
export function failingProgram(
  value: ProgramValue,
  { differenceAlone, libssl, ...options }: FailingOptions,
): FailingProgram | undefined {
  const failure = differenceAlone ? undefined : judgeProgram(value, options);
  const alone = failure && { failure, judging: options };
  if (alone !== undefined && !mayBeDifference(alone)) return alone;
  const judging = { ...options, libssl };
  try {
    const difference = judgeProgram(value, judging);
    if (difference === undefined || (alone !== undefined && difference.step !== alone.failure.step)) return alone;
    return { failure: difference, judging };
  } catch (cause) {
    if (cause instanceof StackMissing && alone !== undefined) return alone;
    throw cause;
  }
}

function mayBeDifference({ failure, judging: { defects = [] } }: FailingProgram): boolean {
  return defects.length === 0 && (failure.kind === 'expectation' || failure.kind === 'crash');
}
