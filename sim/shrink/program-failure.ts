/** What makes two API programs fail alike: a misuse, a crash, or the first place where the two stacks part. */
import type { DefectName } from 'simtls';
import {
  diffProgram,
  isMisuse,
  isObservation,
  type Line,
  ProgramError,
  parseProgram,
  runProgram,
  type StackSource,
} from '../program/index.js';
import { openModel, type Profile, type Stack, StackMissing, StackUnable } from '../stacks/index.js';

/** An API program as JSON gives it, with all its keys. */
export type ProgramValue = Readonly<Record<string, unknown>>;

export interface ProgramFailure {
  /** `exception`: a fault of our own. */
  readonly kind: 'misuse' | 'crash' | 'difference' | 'exception';
  readonly call: string;
  /** The kind of misuse, the signal, the field that differs (without the numbers of sessions that have no name), the message. */
  readonly what: string;
  readonly step: number;
}

export interface ProgramOptions {
  /** In place of the program's. */
  readonly profile?: Profile | undefined;
  readonly defects?: readonly DefectName[];
  /** Real OpenSSL; where it is given the two stacks are compared. */
  readonly libssl?: StackSource | undefined;
}

/** How the program fails, undefined where it does not, or cannot be run. */
export function judgeProgram(value: ProgramValue, options: ProgramOptions): ProgramFailure | undefined {
  try {
    const program = parseProgram(value, { profile: options.profile });
    const { defects = [] } = options;
    const model = openModel({ profile: program.profile, defects });
    if (options.libssl === undefined) return endOf(runProgram(program, model));
    return using(options.libssl.open(program.profile), (libssl) => {
      const found = diffProgram(program, { model, libssl });
      if (found === null) return undefined;
      const call = program.steps[found.step]?.call ?? '';
      return { kind: 'difference', call, what: found.field.replaceAll(/#\d+/gu, '#'), step: found.step };
    });
  } catch (cause) {
    if (cause instanceof ProgramError || cause instanceof StackUnable) return undefined;
    if (cause instanceof StackMissing) throw cause;
    return { kind: 'exception', call: '', what: String(cause), step: 0 };
  }
}

/** Whether it is the same failure, at whichever step. */
export function sameProgramFailure(a: ProgramFailure, b: ProgramFailure | undefined): boolean {
  return b !== undefined && a.kind === b.kind && a.call === b.call && a.what === b.what;
}

function endOf(lines: Iterable<Line>): ProgramFailure | undefined {
  for (const line of lines) {
    if (isObservation(line)) continue;
    const { call, step } = line;
    return isMisuse(line)
      ? { kind: 'misuse', call, what: line.misuse, step }
      : { kind: 'crash', call, what: line.crash, step };
  }
  return undefined;
}

function using<T>(stack: Stack, use: (stack: Stack) => T): T {
  try {
    return use(stack);
  } finally {
    stack.end();
  }
}
