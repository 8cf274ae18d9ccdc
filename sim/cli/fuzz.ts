/** `simtls fuzz`: scenarios under seed after seed on all processors; what fails is made small and kept as a finding. */
import { type Command, Option } from 'commander';
import {
  begun,
  type CampaignProgress,
  type CampaignSettings,
  type CampaignStore,
  lanesMax,
  neverReached,
  runCampaign,
} from '../campaign/index.js';
import { faultNames } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { CampaignFolder, LooseFindings, type Store } from './campaign-folder.js';
import { type Chosen, choose } from './choose.js';
import { collect, defectHelp } from './defects.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { faultsNamed, seedRange, shardOf } from './fuzz-options.js';
import { report } from './fuzz-report.js';
import { CampaignStatus } from './fuzz-status.js';
import type { Io } from './io.js';
import { addMerge } from './merge.js';
import { misuseHelp, misuseOf } from './misuse.js';
import { type ReporterName, reporterOption } from './reporters.js';
import { allProfiles, wholeNumber } from './run-options.js';
import { findModules, isFile } from './scenarios.js';
import { milliseconds } from './shrink.js';
import { version } from './version.js';

interface FuzzOptions {
  readonly seeds?: Seeds;
  readonly time?: number;
  readonly jobs?: number;
  readonly shard?: Shard;
  readonly findings: number;
  readonly defect?: readonly string[];
  readonly stack?: 'model' | 'libssl';
  readonly profile?: Profile | 'all';
  readonly crypto?: 'fast' | 'real';
  readonly faults?: string;
  readonly misuse?: boolean;
  readonly guide?: 'on' | 'off';
  readonly libssl?: string;
  readonly anyPatch?: boolean;
  readonly out?: string;
  readonly resume?: string;
  /** Ends with a code of its own where something that the runs are about was never reached. */
  readonly requireSometimes?: boolean;
  readonly json?: boolean;
  readonly reporter?: ReporterName;
}
type Seeds = CampaignSettings['seeds'];
type Shard = CampaignSettings['shard'];

/** Real milliseconds that a campaign takes where neither a time nor an end of the seeds is named. */
const timeDefault = 60_000;
/** Groups of findings that a campaign ends with: so many are no longer read one by one. */
const findingsDefault = 100;

/** Adds `fuzz`. */
export function addFuzz(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const fuzz = program
    .command('fuzz')
    .enablePositionalOptions() // merge has an --out of its own
    .description(
      'a campaign: scenarios under seed after seed, on all processors; each failure becomes a finding, a file',
    )
    .argument('[scenario...]', 'names that simtls list gives, or files; all that come with simtls where none is named')
    .addOption(new Option('--seeds <a..b>', 'these seeds; a.. goes on and on (1..)').argParser(seedRange))
    .addOption(
      new Option('--time <duration>', 'real time, 500ms, 60s, 10m (60s where the seeds have no end)').argParser(
        milliseconds,
      ),
    )
    .addOption(new Option('--jobs <n>', 'threads; as many as processors where nothing is said').argParser(wholeNumber))
    .addOption(new Option('--shard <i/n>', 'the ith of n parts, for n machines (default: 1/1)').argParser(shardOf))
    .addOption(
      new Option('--findings <k>', 'end with so many findings of different causes')
        .argParser(wholeNumber)
        .default(findingsDefault),
    )
    .option('--defect <name>', defectHelp, collect)
    .addOption(new Option('--stack <stack>', 'what the processes run on (default: model)').choices(['model', 'libssl']))
    .addOption(new Option('--profile <line>', 'the OpenSSL line (default: all)').choices([...allProfiles, 'all']))
    .addOption(new Option('--crypto <provider>', 'of the model (default: fast)').choices(['fast', 'real']))
    .option('--faults <a,b>', `of the faults that a seed may draw, these alone: ${faultNames.join(', ')}`)
    .option('--misuse', misuseHelp)
    .addOption(
      new Option(
        '--guide <how>',
        'steer turns and plans toward what was not reached yet (default: on; of --stack libssl off)',
      ).choices(['on', 'off']),
    )
    .option('--libssl <path>', 'a shared libssl to use instead of the lines that doctor --install installs')
    .option('--any-patch', 'take another patch level than the expected one, and say so')
    .option('--out <folder>', 'where progress and findings go; without it findings go to the folder where you are')
    .option('--resume <folder>', 'go on with the campaign that is in it')
    .option(
      '--require-sometimes',
      'end with 5 where no run reached something that a scenario or workload declares its runs to be about',
    )
    .option('--json', 'one JSON object at the end')
    .addOption(reporterOption())
    .addHelpText('after', '\nExample:\n  simtls fuzz --defect evict-callback-after-free --findings 1 --out campaign')
    .action(async (names: string[], options: FuzzOptions) => end(await fuzzCommand(names, options, io)));
  addMerge(fuzz, io, end);
}

async function fuzzCommand(names: readonly string[], options: FuzzOptions, io: Io): Promise<ExitCode> {
  const { store, progress } =
    options.resume === undefined ? await fresh(names, options) : again(options.resume, options);
  try {
    return await made({ names, store, progress, options }, io);
  } finally {
    store.giveBack();
  }
}

async function made(
  { names, store, progress, options }: Campaigning & { readonly store: Store; readonly options: FuzzOptions },
  io: Io,
): Promise<ExitCode> {
  const time = options.time ?? (progress.settings.seeds.to === null ? timeDefault : undefined);
  const begunMs = io.realMs();
  const end = await campaign(
    { names, store, progress, options: { ...options, ...(time === undefined ? {} : { time }) } },
    io,
  );
  const seconds = Math.round(io.realMs() - begunMs) / 1000;
  report(end, { seconds, store, json: options.json === true, reporter: options.reporter }, io);
  if (io.interrupted()) {
    const folder = options.resume ?? options.out;
    if (folder !== undefined && !end.done) io.err(`interrupted: simtls fuzz --resume ${folder} goes on with it\n`);
    return exitCodes.interrupted;
  }
  if (end.tally.groups.length > 0) return exitCodes.violated;
  const isUnreached = end.tally.reached.some((one) => neverReached(one).length > 0);
  return options.requireSometimes === true && isUnreached ? exitCodes.unreached : exitCodes.held;
}

async function fresh(
  names: readonly string[],
  options: FuzzOptions,
): Promise<{ readonly store: Store; readonly progress: CampaignProgress }> {
  const settings = await settingsOf(names, options);
  const progress = begun(settings, version());
  if (options.out === undefined) return { store: new LooseFindings(), progress };
  const store = new CampaignFolder(options.out);
  store.make();
  store.saveProgress(progress);
  return { store, progress };
}

/** What a campaign is of stands in its folder: nothing of it can be changed half way. */
const ofCampaign = [
  'seeds',
  'shard',
  'profile',
  'defect',
  'stack',
  'crypto',
  'faults',
  'misuse',
  'guide',
  'out',
] as const;

function again(folder: string, options: FuzzOptions): { readonly store: Store; readonly progress: CampaignProgress } {
  const given = ofCampaign.find((name) => options[name] !== undefined);
  if (given !== undefined) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `--resume goes on with what the campaign is of: leave out --${given}`,
    );
  }
  const store = new CampaignFolder(folder);
  const progress = store.takeUp();
  if (progress.simtls !== version()) {
    store.giveBack();
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `${folder} is a campaign of simtls ${progress.simtls}, and this is ${version()}: its runs may come to something else`,
    );
  }
  return { store, progress };
}

export interface Campaigning {
  /** As the command line has them; none: those of the campaign. */
  readonly names: readonly string[];
  readonly store: CampaignStore;
  readonly progress: CampaignProgress;
  readonly options: Pick<FuzzOptions, 'time' | 'jobs' | 'findings' | 'libssl' | 'anyPatch'>;
}

/**
 * Makes a campaign.
 * @throws CommandFailure where none of its cases can be run at all
 */
export async function campaign({ names, store, progress, options }: Campaigning, io: Io): Promise<CampaignProgress> {
  const modules = await modulesOf(names, progress.settings);
  const begunMs = io.realMs();
  const { time } = options;
  const status = new CampaignStatus(io, time, store);
  const end = await runCampaign({
    threads: options.jobs ?? io.processors,
    libssl: options.libssl,
    anyPatch: options.anyPatch,
    progress,
    modules,
    store,
    findingsMax: options.findings,
    over: () => time !== undefined && io.realMs() - begunMs > time,
    interrupted: io.interrupted,
    onProgress: (seen) => status.show(seen),
    onNotice: (notice) => io.err(`simtls: ${notice}\n`),
  });
  status.end();
  const [refused] = end.tally.refused;
  if (refused !== undefined && refused.count === end.tally.runs) {
    throw new CommandFailure(exitCodes.usedWrongly, `nothing was run: ${refused.reason}`);
  }
  return end;
}

async function settingsOf(names: readonly string[], options: FuzzOptions): Promise<CampaignSettings> {
  const { seeds = { from: 1, to: null }, stack = 'model', profile = 'all', faults } = options;
  const { shard = { index: 1, of: 1 } } = options;
  const { modules, defects } = await chosen(names, options);
  if (stack === 'libssl' && defects.length > 0) {
    throw new CommandFailure(
      exitCodes.missing,
      '--defect switches on bugs of the model: leave it out, or run on --stack model',
    );
  }
  if (stack === 'libssl' && options.crypto === 'fast') {
    throw new CommandFailure(
      exitCodes.missing,
      '--crypto fast is arithmetic that real OpenSSL does not know: leave it out',
    );
  }
  // What changed plans break in real OpenSSL is mostly known to it: only who asks for it gets that.
  const guide = (options.guide ?? (stack === 'libssl' ? 'off' : 'on')) === 'on';
  if (guide && shard.of > lanesMax) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `a guided campaign has ${lanesMax} shards at most: --guide off has any number`,
    );
  }
  return {
    sources: modules.map(({ called }) => called),
    profiles: profile === 'all' ? allProfiles : [profile],
    seeds,
    defects,
    stack,
    crypto: options.crypto ?? (stack === 'libssl' ? 'real' : 'fast'),
    faults: faults === undefined ? null : faultsNamed(faults),
    ...misuseOf(options.misuse, modules),
    guide,
    shard,
  };
}

/** Where nothing is named, the scenarios and the workloads. */
async function chosen(
  names: readonly string[],
  { defect = [] }: FuzzOptions,
): Promise<Pick<Chosen, 'modules' | 'defects'>> {
  const named = await choose(names, defect);
  const isAll = names.length + named.applications.length === 0;
  return isAll ? { ...named, modules: await findModules([]) } : named;
}

/** The modules of a campaign's scenarios. Those that are files have to be named: what stands in its folder is not loaded. */
async function modulesOf(
  names: readonly string[],
  { sources }: CampaignSettings,
): Promise<readonly (readonly [string, string])[]> {
  const own = await findModules([...names, ...sources.filter((source) => !isFile(source))]);
  const known = new Map(own.map(({ called, url }) => [called, url.href] as const));
  return sources.map((source) => {
    const url = known.get(source);
    if (url !== undefined) return [source, url];
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `the campaign is of ${source}, which does not come with simtls: name it, as when it began`,
    );
  });
}
