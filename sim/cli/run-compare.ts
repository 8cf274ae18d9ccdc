/** `simtls run --compare` and `--stack both`: what the stacks make of the same runs. */
import type { Plan } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { choose } from './choose.js';
import { type CompareOptions, type Comparison, compareAll, profilesOf } from './compare.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { readPlan, readPlanWith } from './files.js';
import type { Io } from './io.js';
import { Lines } from './lines.js';
import { askedOutput } from './outputs.js';
import { seedsFrom } from './run-jobs.js';
import { allProfiles, defaults, type RunOptions } from './run-options.js';
import { checkForLibssl } from './stack-options.js';

/** @throws CommandFailure for what one stack alone can be asked for */
export async function compareRuns(names: readonly string[], options: RunOptions, io: Io): Promise<ExitCode> {
  checkForLibssl(options);
  const file = askedOutput(options);
  if (file !== undefined) {
    throw new CommandFailure(exitCodes.usedWrongly, `--${file} writes what happens on one stack: compare without it`);
  }
  if (options.reporter !== undefined) {
    throw new CommandFailure(exitCodes.usedWrongly, '--reporter tells of runs on one stack: compare without it');
  }
  const lines = new Lines(options, io);
  try {
    return compareAll(await comparisonsOf(names, options, io), compareOptionsOf(names, options), { lines, io });
  } finally {
    lines.close();
  }
}

function compareOptionsOf(names: readonly string[], options: RunOptions): CompareOptions {
  return {
    what: options.compare === undefined ? 'both' : 'lines',
    recorded: options.libssl === undefined,
    named: names.length > 0 || options.plan !== undefined,
    json: options.json === true,
  };
}

async function comparisonsOf(
  names: readonly string[],
  options: RunOptions,
  io: Io,
): Promise<{ readonly total: number; readonly all: Iterable<Comparison> }> {
  if (options.plan !== undefined) {
    const plan = options.with === undefined ? readPlan(options.plan, io) : readPlanWith(options.plan, options.with, io);
    const profiles = options.compare === undefined ? [plan.profile] : profilesOf(options.compare, allProfiles);
    const made = (profile: Profile): Plan => ({ ...plan, profile });
    return { total: 1, all: [{ scenario: plan.name ?? options.plan, seed: plan.seed, profiles, plan: made }] };
  }
  const { modules, applications } = await choose(names, options.defect);
  const wanted = options.profile ?? (names.length + applications.length === 0 ? 'all' : defaults.profile);
  const chosen = wanted === 'all' ? allProfiles : [wanted];
  const profiles = options.compare === undefined ? chosen : profilesOf(options.compare, allProfiles);
  const count = options.count ?? 1;
  const seedAt = seedsFrom(options.seed ?? defaults.seed, count);
  function* all(): Generator<Comparison, void, undefined> {
    for (const { source: one } of modules) {
      for (let i = 0; i < count; i++) {
        const seed = seedAt(i);
        yield { scenario: one.name, seed, profiles, plan: (profile) => one.plan({ seed, profile }) };
      }
    }
  }
  return { total: modules.length * count, all: all() };
}
