/** What makes two API programs fail alike: a misuse, a crash, or the first place where the two stacks part. */
import type { DefectName } from 'simtls';
import {
  diffProgram,
  expectationsOf,
  isMisuse,
  isObservation,
  type Line,
  type Program,
  ProgramError,
  parseProgram,
  runProgram,
  type StackSource,
  unfulfilled,
  writeLine,
} from '../program/index.js';
import { openModel, type Profile, type Stack, StackMissing, StackUnable } from '../stacks/index.js';

/** An API program as JSON gives it, with all its keys. */
export type ProgramValue = Readonly<Record<string, unknown>>;

export interface ProgramFailure {
  /** `expectation`: what the program expects of a step (`expect`) is not so; `exception`: a fault of our own. */
  readonly kind: 'misuse' | 'crash' | 'difference' | 'expectation' | 'exception';
  readonly call: string;
  /** The kind of misuse, the signal, the field that differs (without the numbers of nameless sessions and of bodies), the message. */
  readonly what: string;
  readonly step: number;
  /** Which of the program's expectations it is. */
  readonly expectation?: number;
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
    if (options.libssl === undefined) {
      const lines = [...runProgram(program, model)];
      return endOf(lines) ?? expectedOtherwise(value, lines, program);
    }
    return using(options.libssl.open(program.profile), (libssl) => {
      const found = diffProgram(program, { model, libssl });
      if (found === null) return undefined;
      const call = program.steps[found.step]?.call ?? '';
      return { kind: 'difference', call, what: withoutNumbers(found.field), step: found.step };
    });
  } catch (cause) {
    if (cause instanceof ProgramError || cause instanceof StackUnable) return undefined;
    if (cause instanceof StackMissing) throw cause;
    return { kind: 'exception', call: '', what: String(cause), step: 0 };
  }
}

function withoutNumbers(field: string): string {
  return field.replaceAll(/#\d+/gu, '#').replaceAll(/\b(nested|steps)\.\d+/gu, '$1.#');
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

/** The lines of the model, as they are written, and the profile that they are of. */
export function linesOf(
  value: ProgramValue,
  { profile, defects = [] }: ProgramOptions,
): { readonly lines: readonly string[]; readonly profile: Profile } {
  const program = parseProgram(value, { profile });
  const model = openModel({ profile: program.profile, defects });
  return { lines: [...runProgram(program, model)].map(writeLine), profile: program.profile };
}

/** The first expectation that is not fulfilled. */
function expectedOtherwise(value: ProgramValue, lines: readonly Line[], program: Program): ProgramFailure | undefined {
  const written = lines.map(writeLine);
  for (const [index, expectation] of expectationsOf(value).entries()) {
    const [found] = unfulfilled([expectation], written, program.profile);
    if (found === undefined) continue;
    const { step, field } = found;
    const what = `${field}: expected ${JSON.stringify(found.expected ?? null)}, found ${JSON.stringify(found.found)}`;
    return { kind: 'expectation', call: program.steps[step]?.call ?? '', what, step, expectation: index };
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
