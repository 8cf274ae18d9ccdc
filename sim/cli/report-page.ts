/** `simtls report`: a trace, a finding, a plan or a campaign as one page for the browser. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withDefects } from '../plan/index.js';
import type { LineOptions, Profile } from '../stacks/index.js';
import { CampaignFolder } from './campaign-folder.js';
import { campaignPage } from './campaign-page.js';
import { collect, defectHelp, defectOptions, defectsNamed } from './defects.js';
import { CommandFailure, exitCodes } from './exit.js';
import { readCase } from './files.js';
import { HtmlFile, runsOfPageMax } from './html-file.js';
import type { Io } from './io.js';
import { Lines } from './lines.js';
import { openFile } from './open-file.js';
import { addFinding, addPlan } from './report-runs.js';
import { allProfiles } from './run-options.js';
import { readTrace } from './trace-reader.js';

interface ReportOptions extends LineOptions {
  readonly out?: string;
  readonly open?: boolean;
  readonly run?: number;
  readonly beside?: Profile | 'libssl';
  readonly defect?: readonly string[];
}

/** Adds `report`. */
export function addReport(program: Command, io: Io): void {
  program
    .command('report')
    .description(
      'a trace, a plan, a finding or the folder of a campaign as one page for the browser; two are shown side by side',
    )
    .argument(
      '<file...>',
      'what --trace wrote, a plan, a finding, or the folder of a campaign; one, or two runs to be compared',
    )
    .option('--out <file>', 'where the page goes (beside the first file, unless told, under its name with .html)')
    .option('--open', 'open it in the browser')
    .option('--run <n>', 'of a trace with several runs, this one, from 1', positive)
    .addOption(
      new Option(
        '--beside <line>',
        'of a plan or finding: the same on this OpenSSL line, or on real OpenSSL, beside it',
      ).choices([...allProfiles, 'libssl']),
    )
    .option('--defect <name>', defectHelp, collect)
    .option('--libssl <path>', 'a shared libssl to use instead of the lines that doctor --install installs')
    .option('--any-patch', 'take another patch level than the expected one, and say so')
    .addHelpText(
      'after',
      '\nExamples:\n  simtls report found.json --open\n  simtls report good.json bad.json --out both.html',
    )
    .action((files: string[], options: ReportOptions) => report(files, options, io));
}

async function report(files: readonly string[], options: ReportOptions, io: Io): Promise<void> {
  const [first = '', ...more] = files;
  if (files.length > runsOfPageMax) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `a page shows ${runsOfPageMax} runs side by side, and these are ${files.length}`,
    );
  }
  const out = options.out ?? pageOf(first);
  const page = new HtmlFile(out);
  const lines = new Lines(options, io);
  try {
    if (isFolder(first)) {
      if (more.length > 0)
        throw new CommandFailure(exitCodes.usedWrongly, 'a campaign has a page of its own: name its folder alone');
      const { title, campaign } = campaignPage(new CampaignFolder(first), page);
      await page.close(title, campaign);
    } else {
      for (const file of files) await addFile(file, page, options, { lines, io });
      await page.close();
    }
  } finally {
    lines.close();
  }
  io.out(`wrote ${out}\n`);
  if (options.open === true) openFile(resolve(out));
}

/** Beside the file, under its name. */
function pageOf(path: string): string {
  if (path === '-') return 'report.html';
  return `${path.replace(/[/\\]+$/u, '').replace(/(?:\.ndjson)?(?:\.gz)?$|\.json$/u, '')}.html`;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

async function addFile(
  path: string,
  page: HtmlFile,
  options: ReportOptions,
  { lines, io }: { readonly lines: Lines; readonly io: Io },
): Promise<void> {
  const { beside, run } = options;
  if (isTrace(path)) {
    if (beside !== undefined)
      throw new CommandFailure(
        exitCodes.usedWrongly,
        '--beside runs a plan again, and a trace has none: name a second trace',
      );
    const traced = await readTrace(path, { wanted: run, runsMax: runsOfPageMax - page.runs });
    const notes = [
      'made from a trace, which does not say what is inside of objects, in what order a cache is (since 3.0 by expiry; shown is the newest first), and which violations were expected',
    ];
    for (const { scenario, seed, profile, collector } of traced) {
      page.put(collector, { title: scenario, seed, profile, stack: 'model', replay: '', notes });
    }
    return;
  }
  const found = readCase(path, io);
  if (found.kind === 'program') {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `${path} is an API program, which makes no run of a world: simtls explain tells its story`,
    );
  }
  const defects = defectsNamed(options.defect);
  if (found.kind === 'finding') addFinding(found.finding, `simtls replay ${path}`, page);
  else {
    const plan = withDefects(found.plan, defects);
    addPlan(
      plan,
      { title: plan.name ?? basename(path), replay: `simtls run --plan ${path}${defectOptions(defects)}` },
      page,
    );
  }
  if (beside === undefined) return;
  if (page.runs >= runsOfPageMax)
    throw new CommandFailure(exitCodes.usedWrongly, '--beside adds a second run, and there are two already');
  const plan = withDefects(found.kind === 'finding' ? found.finding.plan : found.plan, defects);
  const title = plan.name ?? basename(path);
  if (beside === 'libssl')
    addPlan(plan, { title, replay: `simtls run --plan ${path} --stack libssl`, libssl: lines.of(plan.profile) }, page);
  else addPlan({ ...plan, profile: beside }, { title, replay: `simtls report ${path} --beside ${beside}` }, page);
}

/** A plan or a finding is one JSON object over several lines, or has a format; the first line of a trace names a run. */
function isTrace(path: string): boolean {
  if (path.endsWith('.gz')) return true;
  if (path === '-' || !existsSync(path)) return false;
  const start = Buffer.alloc(64);
  const file = openSync(path, 'r');
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  return /^\s*\{\s*"run"\s*:/u.test(start.toString('utf8'));
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('a whole number from 1');
}
