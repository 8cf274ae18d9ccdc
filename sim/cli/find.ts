/** `simtls find`: runs scenarios under seeds until one fails, and carries that case all the way to an explanation. */
import { type Command, Option } from 'commander';
import type { DefectName } from 'simtls';
import { judgeCase, type PlanSource, scenarioSource } from '../campaign/index.js';
import type { Plan } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { judgePlan } from '../verdict/index.js';
import { asRepaired, choose } from './application-defects.js';
import { collect, defectHelp } from './defects.js';
import { type ExitCode, exitCodes } from './exit.js';
import { tellStory } from './explain.js';
import { writeJson } from './files.js';
import type { Io } from './io.js';
import { Progress } from './progress.js';
import { allProfiles, defaults, seedsFrom, wholeNumber } from './run.js';
import { shrinkPlan, shrunkPath, timeOption } from './shrink.js';

interface FindOptions {
  readonly seed: string;
  readonly count: number;
  readonly profile: Profile;
  readonly defect?: readonly string[];
  readonly out?: string;
  readonly time: number;
}

const breatheEveryMs = 50;

/** Adds `find`. */
export function addFind(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command('find')
    .description('run scenarios under seed after seed until one fails, then shrink that run and explain it')
    .argument('[scenario...]', 'names that simtls list gives, or files; all that come with simtls where none is named')
    .addOption(new Option('--seed <n>', 'the first seed').default(defaults.seed))
    .addOption(new Option('--count <k>', 'seeds at most').argParser(wholeNumber).default(defaults.countOfAll))
    .addOption(
      new Option('--profile <line>', 'the OpenSSL line that the model imitates')
        .choices(allProfiles)
        .default(defaults.profile),
    )
    .option('--defect <name>', defectHelp, collect)
    .option('--out <file>', 'where the finding goes, a plan (found-NAME.json where nothing is said)')
    .addOption(timeOption())
    .addHelpText('after', '\nExample:\n  simtls find --defect evict-callback-after-free')
    .action(async (names: string[], options: FindOptions) => end(await find(names, options, io)));
}

async function find(names: readonly string[], options: FindOptions, io: Io): Promise<ExitCode> {
  const { scenarios, defects, applications } = await choose(names, options.defect);
  const sources = scenarios.map(scenarioSource);
  const found = await firstFailing(sources, { ...options, defects }, io);
  if (found === 'interrupted') return exitCodes.interrupted;
  if (found === undefined) {
    io.out(`nothing failed: ${options.count} seeds of ${sources.length} scenarios on ${options.profile}\n`);
    return exitCodes.held;
  }
  const { plan, runs } = found;
  const path = options.out ?? `found-${options.defect?.[0] ?? plan.name ?? 'plan'}.json`;
  writeJson(path, plan);
  io.out(`${plan.name ?? 'a plan'} fails with seed ${plan.seed}, in run ${runs}\nwrote ${path}\n`);
  const shrunk = await shrinkPlan(plan, options, io);
  const out = shrunkPath(path);
  writeJson(out, shrunk.plan);
  io.out(`shrunk: ${shrunk.told}\nwrote ${out}\n\n`);
  tellStory(shrunk.plan, { replay: `simtls run --plan ${out}`, json: false }, io);
  if (defects.length > 0) io.out(withoutDefects(shrunk.plan));
  io.out(asRepaired(applications, plan) ?? '');
  return exitCodes.violated;
}

/** Scenario after scenario under the first seed, then under the next. */
async function firstFailing(
  sources: readonly PlanSource[],
  options: FindOptions & { readonly defects: readonly DefectName[] },
  io: Io,
): Promise<{ readonly plan: Plan; readonly runs: number } | 'interrupted' | undefined> {
  const { count, profile, defects } = options;
  const seedAt = seedsFrom(options.seed, count);
  const progress = new Progress(io, count * sources.length);
  let [runs, breathed] = [0, io.realMs()];
  for (let i = 0; i < count; i += 1) {
    for (const source of sources) {
      const { plan, failure } = judgeCase(source, { seed: seedAt(i), profile, defects });
      runs += 1;
      progress.step(source.name);
      if (failure !== undefined) {
        progress.end();
        return { plan, runs };
      }
      if (io.realMs() - breathed <= breatheEveryMs) continue;
      await io.breathe();
      breathed = io.realMs();
      if (io.interrupted()) return 'interrupted';
    }
  }
  progress.end();
  return undefined;
}

/** Whether it was the defect. */
function withoutDefects({ defects: _, ...healthy }: Plan): string {
  const { failure } = judgePlan(healthy);
  return failure === undefined
    ? 'with the defect off, the same plan breaks nothing\n'
    : `with the defect off, the same plan breaks ${failure.invariant}\n`;
}
