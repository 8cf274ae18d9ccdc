/** `simtls program fuzz` and `simtls program exhaust`: many programs on the model and on real OpenSSL, what parts them cut down and kept. */
import { type Command, Option } from 'commander';
import type { DefectName } from 'simtls';
import { choices, type Finding, programsAtMost, runTasks, type Task, writeDifference } from '../program/index.js';
import { type Profile, StackMissing } from '../stacks/index.js';
import { collect, defectHelp, defectsNamed } from './defects.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { keepFinding, keptIn } from './found.js';
import type { Io } from './io.js';
import { duration, Progress } from './progress.js';
import { allProfiles, wholeNumber } from './run-options.js';
import { milliseconds } from './shrink.js';
import { table } from './table.js';

export interface CompareOptions {
  readonly profile?: Profile;
  readonly jobs?: number;
  readonly time?: number;
  readonly out?: string;
  readonly first?: boolean;
  readonly json?: boolean;
  readonly defect?: readonly string[];
  readonly libssl?: string;
  readonly anyPatch?: boolean;
}

interface FuzzOptions extends CompareOptions {
  readonly count: number;
  readonly seed: number;
}

interface ExhaustOptions extends CompareOptions {
  readonly depth: number;
}

/** Seeds that are handed to a thread at once. */
const seedsOfTask = 200;
/** Findings that are shrunk and kept; further ones are counted. */
const keptMax = 10;
/** Choices in a row: the next number would take months. */
const depthMax = 5;

/** Adds `fuzz` and `exhaust` to `program`. */
export function addCompareCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const fuzz = program
    .command('fuzz')
    .description('random valid programs on both stacks; a difference is shrunk and saved')
    .addOption(new Option('--count <n>', 'programs for each profile').argParser(wholeNumber).default(1000))
    .addOption(new Option('--seed <n>', 'the first seed').argParser(wholeNumber).default(1));
  shared(fuzz)
    .addHelpText('after', '\nExample:\n  simtls program fuzz --count 3000 --seed 7 --profile 3.5')
    .action(async (options: FuzzOptions) => {
      const total = options.count * profilesOf(options).length;
      end(await compareAll({ tasks: fuzzTasks(options), total, options }, io));
    });
  const exhaust = program
    .command('exhaust')
    .description(`every program of up to so many of ${choices.length} steps behind a fixed prelude, on both stacks`)
    .addOption(new Option('--depth <d>', 'steps behind the prelude').argParser(depthNumber).default(2));
  shared(exhaust)
    .addHelpText('after', '\nExample:\n  simtls program exhaust --depth 3 --profile 3.5')
    .action(async (options: ExhaustOptions) => {
      const total = programsAtMost(options.depth) * profilesOf(options).length;
      end(await compareAll({ tasks: exhaustTasks(options), total, options }, io));
    });
}

function shared(command: Command): Command {
  return command
    .addOption(new Option('--profile <line>', 'one OpenSSL line; all three where nothing is said').choices(allProfiles))
    .addOption(
      new Option('--jobs <n>', 'threads, each with an OpenSSL process; as many as processors').argParser(wholeNumber),
    )
    .addOption(new Option('--time <duration>', 'end after 60s, 10m, …, whatever is left').argParser(milliseconds))
    .option('--first', 'end at the first difference')
    .option('--out <folder>', 'where findings go: the corpus in the repository, else the folder where you are')
    .option('--defect <name>', defectHelp, collect)
    .option('--libssl <path>', 'a shared libssl to use instead of the lines that doctor --install installs')
    .option('--any-patch', 'take another patch level than the expected one, and say so')
    .option('--json', 'as JSON');
}

function profilesOf({ profile }: CompareOptions): readonly Profile[] {
  return profile === undefined ? allProfiles : [profile];
}

function* fuzzTasks(options: FuzzOptions): Generator<Task> {
  // Each profile gets its turn, so that a fuzz that ends early has met all of them.
  for (let done = 0; done < options.count; done += seedsOfTask) {
    const count = Math.min(seedsOfTask, options.count - done);
    for (const profile of profilesOf(options)) {
      yield { kind: 'seeds', profile, from: options.seed + done, count };
    }
  }
}

function* exhaustTasks(options: ExhaustOptions): Generator<Task> {
  // the lines in turn, so that a run that is cut short has asked each
  for (const first of choices.keys()) {
    for (const profile of profilesOf(options)) yield { kind: 'explore', profile, first, depth: options.depth };
  }
}

/** What the programs of a profile came to. */
interface Row {
  readonly profile: Profile;
  programs: number;
  differences: number;
  varying: number;
  unable: number;
}

interface Comparing {
  readonly tasks: Iterable<Task>;
  /** Programs, at most. */
  readonly total: number;
  readonly options: CompareOptions;
}

/** Compares all, tells what came of it, and keeps what parted the stacks. */
async function compareAll({ tasks, total, options }: Comparing, io: Io): Promise<ExitCode> {
  const defects = defectsNamed(options.defect);
  const folder = keptIn(options.out);
  const rows = new Map(profilesOf(options).map((profile): [Profile, Row] => [profile, emptyRow(profile)]));
  const findings: Finding[] = [];
  const begun = io.realMs();
  const progress = new Progress(io, total, 'programs');
  const isOver = (): boolean => options.time !== undefined && io.realMs() - begun > options.time;
  let isCut = false;
  let fault: unknown;
  const found = (): boolean => options.first === true && [...rows.values()].some((row) => row.differences > 0);
  try {
    await runTasks(tasks, {
      ...options,
      defects,
      jobs: options.jobs ?? io.processors,
      onReport: (report) => {
        const row = rows.get(report.profile);
        if (row === undefined) throw new Error('a report of a profile that was not asked for');
        count(row, report.programs, report.findings);
        findings.push(...worthTelling(report.findings, findings));
        progress.step(`${report.profile} ${report.place}, ${row.differences} differences`, report.programs);
      },
      onNotice: (notice) => io.err(`simtls: ${notice}\n`),
      stopped: () => {
        isCut ||= io.interrupted() || isOver() || found();
        return isCut;
      },
    });
  } catch (cause) {
    if (cause instanceof StackMissing) throw new CommandFailure(exitCodes.missing, cause.message, { cause });
    // what hours have found is told and kept first
    fault = cause;
    isCut = true;
  } finally {
    progress.end();
  }
  const all = [...rows.values()];
  const seconds = (io.realMs() - begun) / 1000;
  if (options.json !== true) tell(all, { seconds, findings, planned: isCut ? total : undefined }, io);
  const kept = await keepAll(findings, { ...options, defects, folder }, io);
  if (options.json === true)
    io.out(`${JSON.stringify({ rows: all, seconds, isCut, findings: findings.map(told), kept })}\n`);
  if (fault !== undefined) throw fault;
  if (all.some((row) => row.differences > 0)) return exitCodes.violated;
  if (io.interrupted()) return exitCodes.interrupted;
  return all.some((row) => row.unable > 0) ? exitCodes.missing : exitCodes.held;
}

function emptyRow(profile: Profile): Row {
  return { profile, programs: 0, differences: 0, varying: 0, unable: 0 };
}

function count(row: Row, programs: number, findings: readonly Finding[]): void {
  row.programs += programs;
  for (const { unable, varies } of findings) {
    if (unable !== '') row.unable += 1;
    else if (varies) row.varying += 1;
    else row.differences += 1;
  }
}

/** Of those that are alike, by call and field or by what is lacking, one, and never too many. */
function worthTelling(fresh: readonly Finding[], known: readonly Finding[]): readonly Finding[] {
  const seen = new Set(known.map(kindOf));
  const worth: Finding[] = [];
  for (const finding of fresh) {
    const kind = kindOf(finding);
    if (finding.varies || seen.has(kind) || seen.size >= keptMax) continue;
    seen.add(kind);
    worth.push(finding);
  }
  return worth;
}

function kindOf({ profile, program, difference, unable }: Finding): string {
  if (difference === null) return unable;
  const field = difference.field.replace(/^handles\.[^.]+/u, 'handles');
  return `${profile} ${callOf(program, difference.step)} ${field}`;
}

function callOf(program: unknown, step: number): string {
  const { steps } = program as { readonly steps: readonly { readonly call: string }[] }; // a program that was run
  return steps[step]?.call ?? '';
}

function told({ profile, name, program, difference, unable }: Finding): object {
  if (difference === null) return { profile, name, unable };
  // BigInts of return values, which JSON lacks, are written as their digits.
  const parted: unknown = JSON.parse(writeDifference(difference));
  return { profile, name, call: callOf(program, difference.step), ...(parted as object) };
}

function tell(
  rows: readonly Row[],
  {
    seconds,
    findings,
    planned,
  }: {
    readonly seconds: number;
    readonly findings: readonly Finding[];
    /** Where it was cut short: how many programs it would have been at most. */
    readonly planned: number | undefined;
  },
  io: Io,
): void {
  const header = ['profile', 'programs', 'differences', "by libssl's random bytes", 'not run'];
  const lines = rows.map((row) => [row.profile, row.programs, row.differences, row.varying, row.unable].map(String));
  for (const line of table(header, lines, [1, 2, 3, 4])) io.out(`${line}\n`);
  const programs = rows.reduce((sum, row) => sum + row.programs, 0);
  io.out(`${programs} programs in ${duration(1000 * seconds)}, ${Math.round(programs / Math.max(0.001, seconds))}/s\n`);
  if (planned !== undefined) io.out(`stopped before its end: ${planned} programs at most were to come\n`);
  for (const { profile, name, program, difference, unable } of findings) {
    if (difference === null) io.out(`\n${profile} ${name} was not run: ${unable}\n`);
    else io.out(`\n${profile} ${name}, ${callOf(program, difference.step)}: ${writeDifference(difference)}\n`);
  }
}

async function keepAll(
  findings: readonly Finding[],
  options: CompareOptions & { readonly defects: readonly DefectName[]; readonly folder: string },
  io: Io,
): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const finding of findings) {
    if (finding.difference === null) continue;
    const path = await keepFinding(finding, options, io);
    kept.push(path);
  }
  return kept;
}

function depthNumber(text: string): number {
  const depth = wholeNumber(text);
  if (depth <= depthMax) return depth;
  throw new CommandFailure(exitCodes.usedWrongly, `--depth: ${depthMax} at most, which takes days`);
}
