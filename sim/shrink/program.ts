/** Makes an API program small: steps go in chunks, with those that use what they made; then numbers are lowered. */
import type { Json } from '../plan/index.js';
import { ddmin } from './ddmin.js';
import { numbersIn, withAt } from './json.js';
import { lower } from './lower.js';
import {
  judgeProgram,
  type ProgramFailure,
  type ProgramOptions,
  type ProgramValue,
  sameProgramFailure,
} from './program-failure.js';
import { Search, type Trials } from './search.js';

interface RawStep {
  readonly let?: string;
  readonly args?: readonly Json[];
}

/** A search for the smallest program that fails as `failure` says. What the program expects of its steps (`expect`) goes. */
export function programSearch(
  value: ProgramValue,
  failure: ProgramFailure,
  options: ProgramOptions,
): { readonly search: Search<ProgramValue>; readonly trials: Trials } {
  const { expect: _, ...program } = value; // it speaks of steps by their numbers
  const search = new Search<ProgramValue>(program, (candidate) =>
    sameProgramFailure(failure, judgeProgram(candidate, options)),
  );
  return { search, trials: shrink(search, failure.what === 'unbound' ? (steps) => steps : withoutDangling) };
}

function* shrink(search: Search<ProgramValue>, tidy: (steps: readonly RawStep[]) => readonly RawStep[]): Trials {
  for (let before: ProgramValue | undefined; before !== search.best; ) {
    before = search.best;
    yield* ddmin(stepsOf(search.best), (rest) => search.accepts({ ...search.best, steps: tidy(rest) }));
    yield* lowerNumbers(search);
  }
}

function* lowerNumbers(search: Search<ProgramValue>): Trials {
  // A program is JSON, whatever its type says.
  const steps = (): Json => stepsOf(search.best) as unknown as Json;
  for (const { path, value } of [...numbersIn(steps())]) {
    yield* lower(value, (lowered) => search.accepts({ ...search.best, steps: withAt(steps(), path, lowered) }));
  }
}

/** Without the steps that name what no earlier step binds. Sessions without a name (`#1`) come to be by themselves. */
function withoutDangling(steps: readonly RawStep[]): readonly RawStep[] {
  const bound = new Set<string>();
  return steps.filter((step) => {
    const names = (step.args ?? []).filter((arg) => typeof arg === 'string' && /^\$[A-Za-z_]/u.test(arg));
    if (names.some((name) => !bound.has(String(name).slice(1)))) return false;
    if (step.let !== undefined) bound.add(step.let);
    return true;
  });
}

/** Only programs that were parsed come here: their steps are a list of objects. */
function stepsOf(value: ProgramValue): readonly RawStep[] {
  return value['steps'] as readonly RawStep[];
}
