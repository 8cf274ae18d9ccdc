/**
 * Makes an API program small: steps go in chunks, with those that use what they made; then numbers are lowered. What the program
 * expects of its steps (`expect`) goes with them, under their new numbers.
 */
import type { Json } from '../plan/index.js';
import { type Expectation, expectationsOf, unfulfilled } from '../program/index.js';
import { ddmin } from './ddmin.js';
import { keysIn, numbersIn, type Path, valueAt, withAt } from './json.js';
import { lower } from './lower.js';
import { failsAlike, linesOf, type ProgramFailure, type ProgramOptions, type ProgramValue } from './program-failure.js';
import { Search, type Trials } from './search.js';

interface RawStep {
  readonly let?: string;
  readonly args?: readonly Json[];
  /** Of `sim_on`. */
  readonly steps?: readonly RawStep[];
  readonly returns?: Json;
}

/** A step of the candidate, and which one of the original it is. */
interface Kept {
  readonly step: RawStep;
  readonly origin: number;
}

/** What became of what a program expects. */
export interface ShrunkProgram {
  readonly value: ProgramValue;
  /** Expectations that it had, that spoke of steps which went, and that no longer hold in what is left. */
  readonly expectations: { readonly had: number; readonly gone: number; readonly broken: number };
}

export interface ProgramSearch {
  readonly search: Search<ProgramValue>;
  readonly trials: Trials;
  /** The best so far, with what it expects. */
  readonly result: () => ShrunkProgram;
}

/** A search for the smallest program that fails as `failure` says. */
export function programSearch(value: ProgramValue, failure: ProgramFailure, options: ProgramOptions): ProgramSearch {
  const { expect: _, ...program } = value;
  const expected = expectationsOf(value);
  // Only one that is not fulfilled is what the search is about; the others wait for its end.
  const failing = failure.kind === 'expectation' ? expected[failure.expectation ?? 0] : undefined;
  const state = { origins: stepsOf(program).map((_step, index) => index) };
  const numbered = (candidate: ProgramValue, origins: readonly number[]): ProgramValue => {
    const step = failing === undefined ? -1 : origins.indexOf(failing.step);
    return step < 0 ? candidate : { ...candidate, expect: [{ ...failing, step }] };
  };
  const search = new Search<ProgramValue>(numbered(program, state.origins), (candidate) =>
    failsAlike(failure, candidate, options),
  );
  const tidy = failure.what === 'unbound' ? (kept: readonly Kept[]) => kept : withoutDangling;
  function* trials(): Trials {
    for (let before: ProgramValue | undefined; before !== search.best; ) {
      before = search.best;
      const items = stepsOf(search.best).map((step, i): Kept => ({ step, origin: state.origins[i] ?? 0 }));
      yield* ddmin(items, (rest) => {
        const kept = tidy(rest);
        const origins = kept.map((one) => one.origin);
        const { expect: _expect, ...best } = search.best;
        const accepted = search.accepts(numbered({ ...best, steps: kept.map((one) => one.step) }, origins));
        if (accepted) state.origins = origins;
        return accepted;
      });
      yield* shrinkBodies(search);
      yield* lowerNumbers(search);
    }
  }
  const result = (): ShrunkProgram => {
    const { expect: _expect, ...best } = search.best;
    return withExpectations(best, { expected, failing, origins: state.origins, options });
  };
  return { search, trials: trials(), result };
}

interface Expecting {
  readonly expected: readonly Expectation[];
  readonly failing: Expectation | undefined;
  readonly origins: readonly number[];
  readonly options: ProgramOptions;
}

function withExpectations(best: ProgramValue, { expected, failing, origins, options }: Expecting): ShrunkProgram {
  const moved = expected.flatMap((one) => {
    const step = origins.indexOf(one.step);
    return step < 0 ? [] : [{ old: one, now: { ...one, step } }];
  });
  const { lines, profile } = linesOf(best, options);
  const kept = moved.filter(({ old, now }) => old === failing || unfulfilled([now], lines, profile).length === 0);
  const expect = kept.map(({ now }) => now);
  return {
    value: expect.length === 0 ? best : { ...best, expect },
    expectations: { had: expected.length, gone: expected.length - moved.length, broken: moved.length - kept.length },
  };
}

/** Takes steps out of the bodies of callbacks, the outer ones first. */
function* shrinkBodies(search: Search<ProgramValue>): Trials {
  // A program is JSON, whatever its type says.
  const steps = (): Json => stepsOf(search.best) as unknown as Json;
  const bodies = (): readonly Path[] => [...keysIn(steps())].filter((path) => path.at(-1) === 'steps');
  for (const path of bodies()) {
    const body = valueAt(steps(), path);
    if (!Array.isArray(body)) continue; // it went with an outer one
    yield* ddmin(body as readonly Json[], (rest) =>
      search.accepts({ ...search.best, steps: withAt(steps(), path, rest) }),
    );
  }
}

function* lowerNumbers(search: Search<ProgramValue>): Trials {
  // A program is JSON, whatever its type says.
  const steps = (): Json => stepsOf(search.best) as unknown as Json;
  for (const { path, value } of [...numbersIn(steps())]) {
    yield* lower(value, (lowered) => search.accepts({ ...search.best, steps: withAt(steps(), path, lowered) }));
  }
}

/** The steps without those that name what no earlier one of them binds. */
export function boundSteps<T extends object>(steps: readonly T[]): readonly T[] {
  const kept = withoutDangling(steps.map((step, origin) => ({ step, origin })));
  return kept.map(({ step }) => step as T); // a step of these, or one with less in its body
}

/** Without the steps that name what no earlier step binds. Sessions without a name (`#1`) come to be by themselves. */
function withoutDangling(kept: readonly Kept[]): readonly Kept[] {
  const bound = new Set<string>();
  return kept.flatMap(({ step, origin }) => {
    const left = withoutUnbound(step, bound);
    return left === undefined ? [] : [{ step: left, origin }];
  });
}

/** The step without what is dangling in its body; undefined where the step itself is. Binds what it binds. */
function withoutUnbound(step: RawStep, bound: Set<string>): RawStep | undefined {
  if (namesIn([...(step.args ?? []), step.returns ?? null]).some((name) => !bound.has(name))) return undefined;
  const steps = step.steps?.flatMap((inner) => withoutUnbound(inner, bound) ?? []);
  if (step.let !== undefined) bound.add(step.let);
  return steps === undefined || steps.length === step.steps?.length ? step : { ...step, steps };
}

/** What `$name` stands for in it, `$x.2` being `x`; not what a callback is given. */
function namesIn(json: Json): readonly string[] {
  if (typeof json === 'string') return /^\$[A-Za-z_]/u.test(json) ? [json.slice(1).replace(/\.\d+$/u, '')] : [];
  if (typeof json !== 'object' || json === null) return [];
  return Object.values(json).flatMap((inner: Json) => namesIn(inner));
}

/** Only programs that were parsed come here: their steps are a list of objects. */
function stepsOf(value: ProgramValue): readonly RawStep[] {
  return value['steps'] as readonly RawStep[];
}
