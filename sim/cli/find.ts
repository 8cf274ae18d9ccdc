/** `simtls find`: a campaign that ends with its first finding, and the story of that. */
import { type Command, Option } from 'commander';
import { begun, type CampaignStore, type Finding } from '../campaign/index.js';
import type { Plan } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { judgePlan } from '../verdict/index.js';
import { asRepaired } from './application-defects.js';
import { writeWhole } from './atomic-file.js';
import { choose } from './choose.js';
import { collect, defectHelp } from './defects.js';
import { type ExitCode, exitCodes } from './exit.js';
import { campaign } from './fuzz.js';
import type { Io } from './io.js';
import { seedsFrom } from './run-jobs.js';
import { allProfiles, defaults, wholeNumber } from './run-options.js';
import { version } from './version.js';

interface FindOptions {
  readonly seed: string;
  readonly count: number;
  readonly profile: Profile;
  readonly defect?: readonly string[];
  readonly out?: string;
}

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
    .option('--out <file>', 'where the finding goes (found-NAME.json where nothing is said)')
    .addHelpText('after', '\nExample:\n  simtls find --defect evict-callback-after-free')
    .action(async (names: string[], options: FindOptions) => end(await find(names, options, io)));
}

async function find(names: readonly string[], options: FindOptions, io: Io): Promise<ExitCode> {
  const { count, profile } = options;
  const { modules, defects, applications } = await choose(names, options.defect);
  const sources = modules.map(({ called }) => called);
  const seedAt = seedsFrom(options.seed, count);
  const seeds = { from: Number(seedAt(0)), to: Number(seedAt(count - 1)) };
  const shard = { index: 1, of: 1 };
  const settings = {
    sources,
    profiles: [profile],
    seeds,
    defects,
    stack: 'model',
    crypto: 'fast',
    faults: null,
    guide: false,
    shard,
  } as const;
  const store = new OneFinding();
  const progress = begun(settings, version());
  await campaign({ names, store, progress, options: { findings: 1 } }, io);
  const finding = store.first;
  if (finding === undefined) {
    if (io.interrupted()) return exitCodes.interrupted;
    io.out(`nothing failed: ${count} seeds of ${sources.length} scenarios on ${profile}\n`);
    return exitCodes.held;
  }
  const { source, seed } = finding.found;
  const path = options.out ?? `found-${options.defect?.[0] ?? finding.plan.name ?? 'plan'}.json`;
  const replay = `simtls replay ${path}`;
  writeWhole(path, { ...finding, replay });
  io.out(`${source} fails with seed ${seed}: ${finding.group}\nshrunk: ${finding.shrunk}\nwrote ${path}\n\n`);
  io.out(`${finding.story.join('\n')}\n\nreplay: ${replay}\n`);
  if (defects.length > 0) io.out(withoutDefects(finding.plan));
  io.out(asRepaired(applications, finding.plan) ?? '');
  return exitCodes.violated;
}

/** Keeps what is found in memory: the first of all in the end. */
class OneFinding implements CampaignStore {
  readonly #found = new Map<string, Finding>();

  get first(): Finding | undefined {
    return [...this.#found.values()][0];
  }

  save(finding: Finding): void {
    this.#found.set(finding.group, finding);
  }

  saveProgress(): void {
    // It ends with the command.
  }

  finding(group: string): Finding | undefined {
    return this.#found.get(group);
  }

  keepOnly(groups: ReadonlySet<string>): void {
    for (const group of this.#found.keys()) if (!groups.has(group)) this.#found.delete(group);
  }
}

/** Whether it was the defect. */
function withoutDefects({ defects: _, ...healthy }: Plan): string {
  const { failure } = judgePlan(healthy);
  return failure === undefined
    ? 'with the defect off, the same plan breaks nothing\n'
    : `with the defect off, the same plan breaks ${failure.invariant}\n`;
}
