/** Every program of up to so many of the choices behind the prelude, those that share their first choice in one go. */
import type { Profile, ProgramBatch } from '../../stacks/index.js';
import { choices, prelude } from './choices.js';

/** Programs of one round trip, about. */
const batchPrograms = 400;

/** What became of a batch: for each program whether nothing may follow it, a misuse or a crash having ended it. */
export type Ended = readonly boolean[];

export interface ExploreOptions {
  readonly profile: Profile;
  /** The first choice. */
  readonly first: number;
  /** Choices in a row at most. */
  readonly depth: number;
}

/**
 * Yields each batch, shorter programs first, and takes what became of it. Only the last step of each program is to be looked at:
 * those before it are the last of shorter ones.
 */
export function* explore({ profile, first, depth }: ExploreOptions): Generator<ProgramBatch, void, Ended> {
  const table = [...prelude, ...choices];
  const before = prelude.map((_step, index) => index);
  const whole = (taken: readonly number[]): readonly number[] => [
    ...before,
    ...taken.map((choice) => prelude.length + choice),
  ];
  let open: (readonly number[])[] = [];
  for (let level: readonly (readonly number[])[] = [[first]]; level.length > 0; level = open) {
    open = [];
    for (let start = 0; start < level.length; start += batchPrograms) {
      const some = level.slice(start, start + batchPrograms);
      const ended = yield { profile, table, programs: some.map(whole), observed: 'last' };
      const length = some[0]?.length ?? depth;
      if (length >= depth) continue;
      for (const [index, taken] of some.entries()) {
        if (ended[index] !== true) for (const choice of choices.keys()) open.push([...taken, choice]);
      }
    }
  }
}

/** How many programs there are at most: fewer where some end early. */
export function programsAtMost(depth: number): number {
  let [count, sum] = [1, 0];
  for (let length = 1; length <= depth; length++) {
    count *= choices.length;
    sum += count;
  }
  return sum;
}
