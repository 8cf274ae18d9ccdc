/**
 * Makes a plan small: whole hosts and tasks go first, then steps, faults, links and checks in chunks, then single keys, then one thing
 * of two that become one (`rewrite.ts`); last, numbers are lowered. All of it again until nothing gives way. Any plan that is cut is valid.
 */
import { type Fault, type Json, type Plan, PlanError, toPlan } from '../plan/index.js';
import {
  type Failure,
  type Judged,
  type JudgeOptions,
  judgedEventsMax,
  judgePlan,
  sameFailure,
} from '../verdict/index.js';
import { ddmin } from './ddmin.js';
import { keysIn, numbersIn, type Path, valueAt, withAt } from './json.js';
import { lower } from './lower.js';
import { rewritings } from './rewrite.js';
import { Search, type Trials } from './search.js';

/** The lists of a plan that are cut, in this order. */
const lists = ['steps', 'faults', 'links', 'checks'] as const;
/** Where keys are dropped and numbers lowered. */
const detailed = ['hosts', 'links', 'steps', 'faults'] as const;
/** Numbers that name something: lowering one end alone only breaks it. */
const namesByNumber: readonly (string | number)[] = ['port'];

export interface PlanSearch {
  readonly search: Search<Plan>;
  readonly trials: Trials;
  /** Events of all trials so far: how long it took, by a clock that is the same on every machine. */
  readonly events: () => number;
}

/** What a run without many of its own costs: its world has to be made too. */
const eventsLeast = 200;

function eventsOf({ failure, result }: Judged): number {
  return failure?.invariant === 'comes-to-rest' ? judgedEventsMax : Math.max(eventsLeast, result?.events ?? 0);
}

/** A search for the smallest plan that fails as `failure` says. */
export function planSearch(plan: Plan, failure: Failure, on: JudgeOptions = {}): PlanSearch {
  let events = 0;
  const search = new Search(plan, (candidate) => {
    const judged = judgePlan(candidate, on);
    events += eventsOf(judged);
    return sameFailure(failure, judged.failure);
  });
  return { search, trials: shrink(search), events: () => events };
}

function* shrink(search: Search<Plan>): Trials {
  yield;
  search.accepts({ ...search.best, drawn: [] });
  for (let before: Plan | undefined; before !== search.best; ) {
    before = search.best;
    yield* untilNothingGives(search, [dropHosts, dropTasks, dropItems, dropKeys, rewrite]);
    // Last, since it takes most trials: what can go need not be lowered.
    yield* lowerNumbers(search);
  }
}

/** Goes through them from the first one on, and begins again behind each that has made the plan smaller. */
function* untilNothingGives(search: Search<Plan>, passes: readonly ((search: Search<Plan>) => Trials)[]): Trials {
  for (let at = 0; at < passes.length; ) {
    const { best } = search;
    yield* passes[at]?.(search) ?? [];
    at = search.best === best ? at + 1 : 0;
  }
}

/** Until one of the rewritten plans fails alike: then there is more to cut. */
function* rewrite(search: Search<Plan>): Trials {
  const { best } = search;
  for (const rewritten of rewritings) {
    for (const candidate of rewritten(best)) {
      yield;
      const plan = valid(candidate);
      if (plan !== undefined && search.accepts(plan)) return;
    }
  }
}

function* dropItems(search: Search<Plan>): Trials {
  for (const list of lists) {
    yield* ddmin(search.best[list] as readonly unknown[], (rest) => search.accepts({ ...search.best, [list]: rest }));
  }
}

function* dropHosts(search: Search<Plan>): Trials {
  for (const { name } of search.best.hosts) {
    const plan = search.best;
    if (plan.hosts.length === 1) return;
    yield;
    const candidate = valid({
      ...plan,
      hosts: plan.hosts.filter((host) => host.name !== name),
      links: plan.links.filter((link) => link.from !== name && link.to !== name),
      steps: plan.steps.filter((step) => step.on !== name),
      faults: plan.faults.filter((fault) => !concerns(fault, name)),
    });
    if (candidate !== undefined) search.accepts(candidate);
  }
}

function* dropTasks(search: Search<Plan>): Trials {
  const lines = new Set(search.best.steps.map((step) => `${step.on} ${step.task ?? ''}`));
  for (const line of lines) {
    yield;
    const { best } = search;
    search.accepts({ ...best, steps: best.steps.filter((step) => `${step.on} ${step.task ?? ''}` !== line) });
  }
}

/** Drops guards, options, names: every key without which the plan is still one. */
function* dropKeys(search: Search<Plan>): Trials {
  for (const part of detailed) {
    for (const path of [...keysIn(search.best[part] as unknown as Json)]) {
      if (valueAt(search.best[part] as unknown as Json, path) === undefined) continue; // went with another
      yield;
      const candidate = changed(search.best, part, path, undefined);
      if (candidate !== undefined) search.accepts(candidate);
    }
  }
}

function* lowerNumbers(search: Search<Plan>): Trials {
  for (const part of detailed) {
    for (const { path, value } of [...numbersIn(search.best[part] as unknown as Json)]) {
      if (namesByNumber.includes(path.at(-1) ?? '')) continue;
      yield* lower(value, (lowered) => {
        const candidate = changed(search.best, part, path, lowered);
        return candidate !== undefined && search.accepts(candidate);
      });
    }
  }
}

/** The plan with one place of a part of it changed; undefined where that is no plan. */
function changed(plan: Plan, part: (typeof detailed)[number], path: Path, value: Json | undefined): Plan | undefined {
  // Each part of a plan is JSON, though its type says more.
  return valid({ ...plan, [part]: withAt(plan[part] as unknown as Json, path, value) });
}

function valid(plan: unknown): Plan | undefined {
  try {
    return toPlan(plan);
  } catch (cause) {
    if (cause instanceof PlanError) return undefined;
    throw cause;
  }
}

/** Whether a fault happens to a host, or waits for something on it. */
function concerns({ at, action }: Fault, host: string): boolean {
  return Object.values(action).includes(host) || ('on' in at && at.on === host);
}
