/** What makes two API programs fail alike: a misuse, a crash, or the first place where the two stacks part. */
import type { DefectName } from 'simtls';
import {
  answersVary,
  type Difference,
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
  /** Of a difference: what either stack says, where that is words. Counts may become smaller. */
  readonly said?: readonly [model: string, libssl: string];
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
    if (options.libssl === undefined) {
      const lines = [...runProgram(program, openModel({ profile: program.profile, defects }))];
      return endOf(lines) ?? expectedOtherwise(value, lines, program);
    }
    const found = partedOn(program, options.libssl, defects);
    return found === null ? undefined : differenceIn(program, found);
  } catch (cause) {
    if (cause instanceof ProgramError || cause instanceof StackUnable) return undefined;
    if (cause instanceof StackMissing) throw cause;
    return { kind: 'exception', call: '', what: String(cause), step: 0 };
  }
}

/** Whether it fails so. A difference must not come from libssl's random bytes, else the search goes after these. */
export function failsAlike(failure: ProgramFailure, value: ProgramValue, options: ProgramOptions): boolean {
  if (!sameProgramFailure(failure, judgeProgram(value, options))) return false;
  const { libssl, defects = [] } = options;
  if (failure.kind !== 'difference' || libssl === undefined) return true;
  const program = parseProgram(value, { profile: options.profile });
  const ask = (): Difference | null => partedOn(program, libssl, defects);
  const first = ask();
  return first !== null && sameProgramFailure(failure, differenceIn(program, first)) && !answersVary(first, ask);
}

function partedOn(program: Program, libssl: StackSource, defects: readonly DefectName[]): Difference | null {
  const model = openModel({ profile: program.profile, defects });
  return using(libssl.open(program.profile), (real) => diffProgram(program, { model, libssl: real }));
}

function differenceIn(program: Program, { step, field, model, libssl }: Difference): ProgramFailure {
  const call = program.steps[step]?.call ?? '';
  const said = [wordsOf(model), wordsOf(libssl)] as const;
  return { kind: 'difference', call, what: withoutNumbers(field), step, said };
}

/** Errors, answers, crashes; of anything else, which may tell of more or fewer objects, nothing. */
function wordsOf(value: unknown): string {
  const words: unknown[] = Array.isArray(value) ? value : [value];
  if (!words.every((word) => typeof word === 'string')) return '';
  return withoutNumbers(words.join(', ')).replaceAll(/\b(?:[\da-f]{2}){4,}\b/gu, 'bytes');
}

function withoutNumbers(field: string): string {
  return field.replaceAll(/#\d+/gu, '#').replaceAll(/\b(nested|steps)\.\d+/gu, '$1.#');
}

/** Whether it is the same failure, at whichever step. */
export function sameProgramFailure(a: ProgramFailure, b: ProgramFailure | undefined): boolean {
  if (b === undefined || a.kind !== b.kind || a.call !== b.call || a.what !== b.what) return false;
  return a.said?.[0] === b.said?.[0] && a.said?.[1] === b.said?.[1];
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

/** The lines of real OpenSSL where it is given, else of the model, as they are written, and the profile that they are of. */
export function linesOf(
  value: ProgramValue,
  { profile, defects = [], libssl }: ProgramOptions,
): { readonly lines: readonly string[]; readonly profile: Profile } {
  const program = parseProgram(value, { profile });
  const stack = libssl?.open(program.profile) ?? openModel({ profile: program.profile, defects });
  const lines = using(stack, (open) => [...runProgram(program, open)].map(writeLine));
  return { lines, profile: program.profile };
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
