/** "For 500 seeds, this holds": for whatever runs tests, since all it does is throw. */
import { readFileSync } from 'node:fs';
import { isPlanSource, type PlanSource, parseFinding, scenarioSource } from '../campaign/index.js';
import { type Plan, parsePlan } from '../plan/index.js';
import { isScenario, type Scenario } from '../scenario/index.js';
import type { Failure } from '../verdict/index.js';
import { HoldsError, TestingError } from './error.js';
import { keepPlain, keepWithCode } from './keep.js';
import { type HoldsOptions, wantedOf } from './settings.js';
import { tryPlan } from './trial.js';

/** What was run. */
export interface Held {
  readonly runs: number;
  /** Plans among them that the model could not run, with the reason of each: never all of them. */
  readonly refused: readonly string[];
}

/**
 * Runs a scenario, a workload or whatever yields plans under seed after seed, until one fails; that one is made small and kept.
 * @throws HoldsError, whose message begins with the seed, the shrunk plan and the line that replays it; TestingError for misuse
 */
export async function holds(from: Scenario | PlanSource, options: HoldsOptions): Promise<Held> {
  const source = sourceOf(from);
  const refused: string[] = [];
  let runs = 0;
  for (const { plan, seed, profile } of casesOf(source, options)) {
    runs += 1;
    const trial = await tryPlan(plan, source.codes);
    if (trial.refused !== '') refused.push(`seed ${seed}, profile ${profile}: ${trial.refused}`);
    if (trial.failure === undefined) continue;
    throw await notHeld(plan, { failure: trial.failure, withCode: trial.withCode }, source, options.folder ?? '.');
  }
  if (refused.length < runs) return { runs, refused };
  throw new TestingError(`${source.name}: nothing was run. ${refused[0] ?? ''}`);
}

function sourceOf(from: Scenario | PlanSource): PlanSource {
  if (isScenario(from)) return scenarioSource(from);
  if (isPlanSource(from)) return from;
  throw new TestingError(`holds takes what scenario() returns, or a source of plans, not ${String(from)}`);
}

function* casesOf(
  source: PlanSource,
  options: HoldsOptions,
): Generator<Pick<Plan, 'seed' | 'profile'> & { plan: Plan }> {
  const { seeds, profiles, swarm } = wantedOf(options);
  if (options.plan !== undefined) {
    const plan = planIn(options.plan);
    yield { plan, seed: plan.seed, profile: plan.profile };
  }
  for (const seed of seeds) {
    for (const profile of profiles) {
      yield { plan: source.plan({ seed, profile, ...(swarm === undefined ? {} : { swarm }) }), seed, profile };
    }
  }
}

/** A plan, or the finding that holds one. */
function planIn(path: string): Plan {
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('"simtls-finding/') ? parseFinding(text).plan : parsePlan(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TestingError(`holds: plan is a file with a plan or a finding, and ${path} is none: ${why}`, { cause });
  }
}

async function notHeld(
  plan: Plan,
  { failure, withCode }: { readonly failure: Failure; readonly withCode: boolean },
  source: PlanSource,
  folder: string,
): Promise<HoldsError> {
  const { name, codes } = source;
  const keep = withCode && codes !== undefined ? keepWithCode(codes) : keepPlain;
  const kept = await keep(plan, failure, { name, folder });
  return new HoldsError({ name, seed: plan.seed, profile: plan.profile, ...kept });
}
