/** The runs that `simtls run` is asked for. */
import type { DefectName } from 'simtls';
import type { PlanSource } from '../campaign/index.js';
import { type Plan, withDefects } from '../plan/index.js';
import type { SometimesName } from '../sometimes/index.js';
import type { Profile } from '../stacks/index.js';
import type { Codes } from '../world/index.js';
import { choose } from './choose.js';
import { defectOptions, defectsNamed } from './defects.js';
import { CommandFailure, exitCodes } from './exit.js';
import { readPlan, readPlanWith } from './files.js';
import { faultsNamed } from './fuzz-options.js';
import type { Io } from './io.js';
import { misuseOf } from './misuse.js';
import { allProfiles, defaults, type RunOptions } from './run-options.js';
import { isFile } from './scenarios.js';
import { stackWords } from './stack-options.js';

/** One run to be made. `make` records or reads its plan anew. */
export interface Job {
  readonly scenario: string;
  /** What it is about, in a sentence; empty where nobody says. */
  readonly title: string;
  readonly seed: string;
  readonly profile: Profile;
  readonly make: (onDraw?: Draw) => Plan;
  /** The code under test that the plan's steps call. */
  readonly codes: Codes;
  /** What some of the runs of its kind must reach; undefined: nothing is counted. */
  readonly sometimes: readonly SometimesName[] | undefined;
  /** The file that it came from, where the command line named one. */
  readonly file: string | undefined;
  readonly replay: string;
}
type Draw = (label: string, choices: number, value: number) => void;

/** Runs to be made, each made up when its turn comes. */
export interface Jobs {
  readonly jobs: Iterable<Job>;
  readonly total: number;
}

/** The runs of scenarios under their seeds, on their lines. */
export async function jobsOfScenarios(names: readonly string[], options: RunOptions): Promise<Jobs> {
  const { modules, defects, applications } = await choose(names, options.defect);
  const all = names.length + applications.length === 0;
  const wanted = options.profile ?? (all ? 'all' : defaults.profile);
  const profiles = wanted === 'all' ? allProfiles : [wanted];
  const count = options.count ?? (all ? defaults.countOfAll : defaults.count);
  const seedAt = seedsFrom(options.seed ?? defaults.seed, count);
  const settings = {
    crypto: options.crypto,
    defects,
    faults: options.faults,
    misuse: misuseOf(options.misuse, modules),
    stackOptions: stackWords(options),
  };
  const paths = new Map(names.map((name, i) => [modules[i]?.source.name ?? name, name]));
  function* jobs(): Generator<Job, void, undefined> {
    for (const { source: scenario } of modules) {
      const path = paths.get(scenario.name);
      for (const profile of profiles) {
        for (let i = 0; i < count; i++) yield jobOf(scenario, { seed: seedAt(i), profile, path, ...settings });
      }
    }
  }
  return { jobs: jobs(), total: modules.length * profiles.length * count };
}

interface JobOptions {
  readonly seed: string;
  readonly profile: Profile;
  /** The file that the scenario came from, where the command line named one. */
  readonly path: string | undefined;
  readonly crypto: 'fast' | 'real' | undefined;
  readonly defects: readonly DefectName[];
  readonly faults: string | undefined;
  readonly misuse: { readonly misuse?: true };
  /** As the replaying command has them. */
  readonly stackOptions: string;
}

function jobOf(
  from: PlanSource,
  { seed, profile, path, crypto, defects, faults, misuse, stackOptions }: JobOptions,
): Job {
  const swarm = faults === undefined ? {} : { swarm: { faults: faultsNamed(faults) } };
  const more = { ...swarm, ...misuse };
  const real = `${crypto === 'real' ? ' --crypto real' : ''}${stackOptions}`;
  return {
    scenario: from.name,
    title: from.title ?? '',
    seed,
    profile,
    make: (onDraw) =>
      withDefects(from.plan({ seed, profile, ...more, ...(onDraw === undefined ? {} : { onDraw }) }), defects),
    codes: from.codes ?? {},
    sometimes: from.sometimes,
    file: path !== undefined && isFile(path) ? path : undefined,
    replay: `simtls run ${path ?? from.name} --seed ${seed} --profile ${profile}${real}${defectOptions(defects)}${faults === undefined ? '' : ` --faults ${faults}`}${misuse.misuse === true ? ' --misuse' : ''}`,
  };
}

/**
 * The ith of the seeds N to N+K−1; one that is no number can only stand alone.
 * @throws CommandFailure
 */
export function seedsFrom(first: string, count: number): (i: number) => string {
  if (count === 1) return () => first;
  const start = Number(first);
  if (!Number.isSafeInteger(start) || start < 0 || !Number.isSafeInteger(start + count)) {
    throw new CommandFailure(exitCodes.usedWrongly, `--count counts up from a number, and "${first}" is none`);
  }
  return (i) => String(start + i);
}

/** The one run of a plan. */
export function jobOfPlan(path: string, names: readonly string[], options: RunOptions, io: Io): Jobs {
  if (names.length > 0)
    throw new CommandFailure(exitCodes.usedWrongly, '--plan runs that plan alone: name no scenario');
  const defects = defectsNamed(options.defect);
  const more = options.with;
  const plan = withDefects(more === undefined ? readPlan(path, io) : readPlanWith(path, more, io), defects);
  const job: Job = {
    scenario: plan.name ?? '',
    title: '',
    seed: plan.seed,
    profile: plan.profile,
    make: () => plan,
    codes: {},
    sometimes: undefined,
    file: path === '-' ? undefined : path,
    replay: `simtls run --plan ${path}${more === undefined ? '' : ` --with ${more}`}${defectOptions(defects)}${stackWords(options)}`,
  };
  return { jobs: [job], total: 1 };
}
