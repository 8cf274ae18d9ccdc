/** Random programs on the model and on real OpenSSL, as CI compares them. */
import { type LineOptions, type Profile, StackUnable } from '../stacks/index.js';
import type { Difference } from './compare.js';
import { diffProgram } from './diff.js';
import { generateProgram, type ProgramFile } from './generate.js';
import { parseProgram } from './parse.js';
import { libsslSource, modelSource, type StackSource } from './stacks.js';

/** Which programs, on which lines. */
export interface DifferentialOptions extends LineOptions {
  /** Programs for each profile. */
  readonly count: number;
  /** The first seed; the others follow it. */
  readonly seed: number;
  readonly profiles: readonly Profile[];
  /** Further programs, each compared for each profile. */
  readonly files: readonly NamedProgram[];
}

/** A program's file, parsed from JSON or not, and what to call it. */
export interface NamedProgram {
  readonly name: string;
  readonly program: unknown;
}

/** A program on which the two stacks part, or that one of them cannot run. */
export interface Finding {
  readonly profile: Profile;
  readonly name: string;
  readonly program: unknown;
  /** Null where the model lacks something for it. */
  readonly difference: Difference | null;
  /** What the model lacks; empty where there is a difference. */
  readonly unable: string;
  /** Real OpenSSL answered as the model does when it was asked again: its own random bytes decide that answer. */
  readonly varies: boolean;
}

export interface DifferentialReport {
  /** How many were run, over all profiles. */
  readonly programs: number;
  readonly differences: number;
  readonly unable: number;
  /** Programs to which real OpenSSL gives more than one answer, the model's among them. */
  readonly varying: number;
}

/**
 * How often a program with a difference is asked again. Some answers of libssl come from its random bytes: a connection
 * that was cleared reads an encrypted record as plain text, and one first byte in 256 makes another error of it. The
 * model's answers are always the same, so a second run without a difference proves that libssl gave two answers.
 */
const askedAgain = 3;

/**
 * Compares the programs and reports each on which the stacks part as soon as it is met.
 * @throws StackMissing where a line of OpenSSL is not there
 */
export function runDifferential(
  options: DifferentialOptions,
  onFinding: (finding: Finding) => void,
): DifferentialReport {
  const libssl = libsslSource(options, () => undefined);
  let [programs, differences, unable, varying] = [0, 0, 0, 0];
  try {
    for (const profile of options.profiles) {
      for (const { name, program } of wanted(options, profile)) {
        programs += 1;
        const found = compare(program, profile, libssl);
        if (found === null) continue;
        if (found.unable !== '') unable += 1;
        else if (found.varies) varying += 1;
        else differences += 1;
        onFinding({ profile, name, program, ...found });
      }
    }
  } finally {
    libssl.close();
  }
  return { programs, differences, unable, varying };
}

function* wanted({ count, seed, files }: DifferentialOptions, profile: Profile): Generator<NamedProgram> {
  yield* files;
  for (let index = 0; index < count; index++) {
    // a context in five stays capped where TLS 1.3 is allowed: half of all handshakes come to it
    const program: ProgramFile = generateProgram({ seed: seed + index, profile, tls13: index % 4 !== 3 });
    yield { name: `seed ${seed + index}`, program };
  }
}

function compare(
  program: unknown,
  profile: Profile,
  libssl: StackSource,
): Pick<Finding, 'difference' | 'unable' | 'varies'> | null {
  try {
    const difference = differenceOf(program, profile, libssl);
    if (difference === null) return null;
    return { difference, unable: '', varies: answersVary(difference, () => differenceOf(program, profile, libssl)) };
  } catch (error) {
    if (!(error instanceof StackUnable)) throw error;
    return { difference: null, unable: error.reason, varies: false };
  }
}

/**
 * Whether libssl's random bytes make a difference: it is gone when it is looked for again, or as many bytes were read as the
 * model has, which are others each time (an encrypted record, taken for plain text).
 * @param ask runs both stacks anew
 */
export function answersVary(first: Difference, ask: () => Difference | null): boolean {
  for (let again = 0; again < askedAgain; again++) {
    const next = ask();
    if (next === null || readAnew(first, next)) return true;
  }
  return false;
}

function readAnew(first: Difference, next: Difference): boolean {
  if (first.field !== 'ret' || next.field !== 'ret' || first.step !== next.step) return false;
  const [model, one, other] = [first.model, first.libssl, next.libssl].map(bytesRead);
  if (model === undefined || one === undefined || other === undefined) return false;
  return model.length === one.length && one.length === other.length && one !== other;
}

/** The hex of an SSL_read that read something. */
function bytesRead(answer: unknown): string | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [count, hex]: unknown[] = answer;
  return typeof count === 'number' && count > 0 && typeof hex === 'string' ? hex : undefined;
}

function differenceOf(program: unknown, profile: Profile, libssl: StackSource): Difference | null {
  const stacks = { model: modelSource().open(profile), libssl: libssl.open(profile) };
  try {
    return diffProgram(parseProgram(program, { profile }), stacks);
  } finally {
    stacks.model.end();
    stacks.libssl.end();
  }
}
