/** Random programs on the model and on real OpenSSL, as CI compares them. */
import type { LineOptions, Profile } from '../stacks/index.js';
import type { Difference } from './compare.js';
import { generateProgram } from './generate.js';
import { parseProgram } from './parse.js';
import { SideBySide } from './side-by-side.js';
import { libsslSource, modelSource } from './stacks.js';

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

/** Programs of one round trip. */
const batchPrograms = 50;

/**
 * Compares the programs and reports each on which the stacks part as soon as it is met.
 * @throws StackMissing where a line of OpenSSL is not there
 */
export function runDifferential(
  options: DifferentialOptions,
  onFinding: (finding: Finding) => void,
): DifferentialReport {
  const libssl = libsslSource(options, () => undefined);
  const both = new SideBySide({ model: modelSource(), libssl });
  let [programs, differences, unable, varying] = [0, 0, 0, 0];
  try {
    for (const profile of options.profiles) {
      for (const batch of batches(wanted(options, profile))) {
        programs += batch.length;
        const table = batch.flatMap(({ steps }) => steps);
        for (const { index, ...parted } of both.compare({
          profile,
          table,
          programs: indices(batch),
          observed: 'all',
        })) {
          if (parted.unable !== '') unable += 1;
          else if (parted.varies) varying += 1;
          else differences += 1;
          const { name = '', program } = batch[index] ?? {};
          onFinding({ profile, name, program, ...parted });
        }
      }
    }
  } finally {
    both.close();
    libssl.close();
  }
  return { programs, differences, unable, varying };
}

interface Wanted extends NamedProgram {
  readonly steps: readonly unknown[];
}

function* wanted({ count, seed, files }: DifferentialOptions, profile: Profile): Generator<Wanted> {
  for (const { name, program } of files) {
    parseProgram(program, { profile });
    yield { name, program, steps: stepsOf(program) };
  }
  for (let index = 0; index < count; index++) {
    // a context in five stays capped where TLS 1.3 is allowed: half of all handshakes come to it
    const program = generateProgram({ seed: seed + index, profile, tls13: index % 4 !== 3 });
    yield { name: `seed ${seed + index}`, program, steps: program.steps };
  }
}

/** Of a program that was parsed: it has a list of steps. */
function stepsOf(program: unknown): readonly unknown[] {
  return (program as { readonly steps: readonly unknown[] }).steps;
}

function* batches<T>(all: Iterable<T>): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length < batchPrograms) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Where the steps of each program stand in the table of all. */
function indices(batch: readonly Wanted[]): readonly (readonly number[])[] {
  let start = 0;
  return batch.map(({ steps }) => {
    const first = start;
    start += steps.length;
    return steps.map((_step, at) => first + at);
  });
}
