/** `simtls fuzz merge`: the shards of one campaign, made on several machines, as one. */
import type { Command } from 'commander';
import { type CampaignProgress, mergeTallies, type Tally } from '../campaign/index.js';
import { CampaignFolder } from './campaign-folder.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { report } from './fuzz-report.js';
import type { Io } from './io.js';

interface MergeOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** Adds `fuzz merge`. */
export function addMerge(fuzz: Command, io: Io, end: (code: ExitCode) => void): void {
  fuzz
    .command('merge')
    .description('the shards of a campaign as one')
    .argument('<folder...>', 'the --out of each')
    .requiredOption('--out <folder>', 'where the whole campaign goes')
    .option('--json', 'one JSON object at the end')
    .addHelpText('after', '\nExample:\n  simtls fuzz merge shard-1 shard-2 --out whole')
    .action((folders: string[], options: MergeOptions) => end(merge(folders, options, io)));
}

interface Part {
  readonly path: string;
  readonly folder: CampaignFolder;
  readonly progress: CampaignProgress;
}

function merge(paths: readonly string[], { out, json }: MergeOptions, io: Io): ExitCode {
  const parts = paths.map((path): Part => {
    const folder = new CampaignFolder(path);
    return { path, folder, progress: folder.progress() };
  });
  const [first] = parts;
  if (first === undefined) throw new CommandFailure(exitCodes.usedWrongly, 'name the folders of the shards');
  checkShards(first, parts);
  const store = new CampaignFolder(out);
  store.make();
  try {
    return whole(first, { parts, store }, { json: json === true }, io);
  } finally {
    store.giveBack();
  }
}

function whole(
  first: Part,
  { parts, store }: { readonly parts: readonly Part[]; readonly store: CampaignFolder },
  { json }: { readonly json: boolean },
  io: Io,
): ExitCode {
  const tally = parts.map(({ progress }) => progress.tally).reduce(mergeTallies);
  for (const { group, first: found } of tally.groups) {
    const finding = parts
      .map(({ folder }) => folder.finding(group))
      .find((one) => one !== undefined && one.found.case === found.number);
    if (finding === undefined) {
      throw new CommandFailure(exitCodes.usedWrongly, `no folder has the finding ${group}, which is in their progress`);
    }
    store.save(finding);
  }
  const progress = wholeOf(first, parts, tally);
  if (progress.done) store.saveProgress(progress); // else it has gaps, and nobody could go on with it
  report(progress, { seconds: 0, store, json }, io);
  return tally.groups.length > 0 ? exitCodes.violated : exitCodes.held;
}

/** @throws CommandFailure where they are not different shards of one campaign */
function checkShards(first: Part, parts: readonly Part[]): void {
  const wrong = (path: string, what: string): CommandFailure =>
    new CommandFailure(exitCodes.usedWrongly, `${path} cannot be merged with ${first.path}: ${what}`);
  const seen = new Set<number>();
  for (const { path, progress } of parts) {
    const { settings, simtls } = progress;
    if (simtls !== first.progress.simtls) throw wrong(path, `it was made by simtls ${simtls}`);
    if (settingsText(progress) !== settingsText(first.progress)) throw wrong(path, 'it is of something else');
    if (settings.shard.of !== first.progress.settings.shard.of) throw wrong(path, `it is one of ${settings.shard.of}`);
    if (seen.has(settings.shard.index)) throw wrong(path, `shard ${settings.shard.index} is there already`);
    seen.add(settings.shard.index);
  }
}

function settingsText({ settings: { shard: _, ...settings } }: CampaignProgress): string {
  return JSON.stringify(settings);
}

/** Done where every shard is there and done. */
function wholeOf({ progress }: Part, parts: readonly Part[], tally: Tally): CampaignProgress {
  const { settings } = progress;
  const done = parts.length === settings.shard.of && parts.every((part) => part.progress.done);
  const blocks = parts.reduce((sum, part) => sum + part.progress.blocks, 0);
  // Each lane is one shard's: the others know nothing of it.
  const lanes = progress.lanes.map(
    (lane, i) =>
      parts.find((part) => i % settings.shard.of === part.progress.settings.shard.index - 1)?.progress.lanes[i] ?? lane,
  );
  return { ...progress, settings: { ...settings, shard: { index: 1, of: 1 } }, blocks, done, tally, lanes };
}
