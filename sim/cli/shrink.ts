/** `simtls shrink FILE`: the smallest plan, finding or program that fails as the file's does. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DefectName } from 'simtls';
import { type Finding, findingOf } from '../campaign/index.js';
import { type Plan, withDefects } from '../plan/index.js';
import { libsslSource, type StackSource } from '../program/index.js';
import {
  type FailingProgram,
  failingProgram,
  failsAlike,
  type ProgramFailure,
  type ProgramValue,
  planSearch,
  programSearch,
  type Search,
  type ShrunkProgram,
  type Size,
  sizeOfPlan,
  sizeOfProgram,
  type Trials,
} from '../shrink/index.js';
import { type Profile, StackMissing } from '../stacks/index.js';
import { type Failure, type JudgeOptions, judgePlan, sameFailure } from '../verdict/index.js';
import { collect, defectHelp, defectOptions, defectsNamed } from './defects.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { readCase, writeJson } from './files.js';
import type { Io } from './io.js';
import { Lines } from './lines.js';
import { allProfiles } from './run-options.js';
import { version } from './version.js';

/** Real milliseconds that a search takes at most, where nothing is said. */
export const shrinkMsDefault = 10_000;
/** Real milliseconds between two looks at whether the user wants to stop, and between two words of progress. */
const breatheEveryMs = 50;
const tellEveryMs = 1_000;

interface ShrinkOptions {
  readonly out?: string;
  readonly time: number;
  readonly defect?: readonly string[];
  readonly profile?: Profile;
  readonly libssl?: string | undefined;
  readonly anyPatch?: boolean | undefined;
}

/** How an API program is shrunk. */
export interface ShrinkProgramOptions extends Omit<ShrinkOptions, 'out' | 'defect'> {
  readonly defects: readonly DefectName[];
  /** Only that the stacks differ counts as its failure. */
  readonly difference?: boolean;
}

/** Adds `shrink`. */
export function addShrink(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command('shrink')
    .description('cut a failing plan, finding or API program down to what its failure needs')
    .argument('<file>', 'a plan, a finding or an API program')
    .option('--out <file>', 'where the result goes (FILE.shrunk.json where nothing is said)')
    .addOption(timeOption())
    .option('--defect <name>', defectHelp, collect)
    .addOption(
      new Option('--profile <line>', 'the OpenSSL line of an API program, in place of the one that it names').choices(
        allProfiles,
      ),
    )
    .option('--libssl <path>', 'a shared libssl to compare an API program with')
    .option('--any-patch', 'take another patch level than the expected one, and say so')
    .addHelpText('after', '\nExample:\n  simtls shrink finding.json --time 30s')
    .action(async (path: string, options: ShrinkOptions) => end(await shrinkFile(path, options, io)));
}

/** `--time 10s`. */
export function timeOption(): Option {
  return new Option('--time <duration>', 'real time that shrinking takes at most: 500ms, 10s, 2m')
    .argParser(milliseconds)
    .default(shrinkMsDefault, '10s');
}

/** `mine.json` to `mine.shrunk.json`. */
export function shrunkPath(path: string): string {
  return `${path === '-' ? 'plan' : path.replace(/\.json$/u, '')}.shrunk.json`;
}

/** What became of a plan. */
interface ShrunkPlan {
  readonly plan: Plan;
  readonly failure: Failure;
  /** How large it was and is, and what it took, in words. */
  readonly told: string;
}

/**
 * Makes sure that a plan fails, the same way every time, and makes it small.
 * @throws CommandFailure for a plan that does not fail, or fails differently
 */
async function shrinkPlan(
  plan: Plan,
  { time, on }: { readonly time: number; readonly on: JudgeOptions },
  io: Io,
): Promise<ShrunkPlan> {
  const [first, again] = [judgePlan(plan, on), judgePlan(plan, on)];
  const { failure } = first;
  if (first.refused !== '') throw notFailing(`the plan cannot be run: ${first.refused}`);
  if (failure === undefined) throw notFailing('the plan runs and everything holds');
  if (!sameFailure(failure, again.failure) || first.fingerprint !== again.fingerprint) throw failingDifferently();
  const { search, trials } = planSearch(plan, failure, on);
  const how = await drive(search, trials, { time, size: sizeOfPlan }, io);
  const told = compared(sizeOfPlan(plan), sizeOfPlan(search.best), how);
  return { plan: search.best, failure, told };
}

async function shrinkFile(path: string, options: ShrinkOptions, io: Io): Promise<ExitCode> {
  const found = readCase(path, io);
  const out = options.out ?? shrunkPath(path);
  const defects = defectsNamed(options.defect);
  if (found.kind === 'finding') {
    await shrinkFinding(found.finding, { ...options, out, defects }, io);
    return exitCodes.held;
  }
  if (found.kind === 'plan') {
    const whole = withDefects(found.plan, defects);
    const { plan, failure, told } = await shrinkPlan(whole, { time: options.time, on: {} }, io);
    writeJson(out, plan);
    io.out(`${failure.invariant} (${failure.owner}) in ${failure.call}\n${told}\n`);
    io.out(`wrote ${out}\nreplay: simtls run --plan ${out}\n`);
    return exitCodes.held;
  }
  const { value, failure, told } = await shrinkProgram(found.value, { ...options, defects }, io);
  writeJson(out, value);
  io.out(`${failure.kind} in ${failure.call}: ${failure.what}\n${told}\n`);
  io.out(`wrote ${out}\nreplay: ${replayOf(failure, out, options)}\n`);
  return exitCodes.held;
}

interface ShrinkFindingOptions extends Omit<ShrinkOptions, 'out' | 'defect'> {
  readonly out: string;
  readonly defects: readonly DefectName[];
}

/** A finding stays one: of the smaller plan, on what it was made on. */
async function shrinkFinding(finding: Finding, options: ShrinkFindingOptions, io: Io): Promise<void> {
  const { out, time, defects } = options;
  const lines = new Lines(options, io);
  try {
    const { stack, crypto } = finding.on;
    const on = stack === 'libssl' ? { libssl: lines.of(finding.plan.profile) } : { crypto };
    const { plan, told } = await shrinkPlan(withDefects(finding.plan, defects), { time, on }, io);
    const { failure } = judgePlan(plan, on);
    if (failure === undefined) throw failingDifferently();
    const small = findingOf(plan, failure, { found: finding.found, shrunk: told, version: version(), on });
    const replay = `simtls replay ${out}`;
    writeJson(out, { ...small, replay });
    io.out(`${failure.group}\n${told}\nwrote ${out}\nreplay: ${replay}\n`);
  } finally {
    lines.close();
  }
}

/** The command that shows the failure again. The profile stands in the file. */
function replayOf(failure: ProgramFailure, out: string, options: ShrinkOptions): string {
  const defects = defectOptions(defectsNamed(options.defect));
  if (failure.kind === 'expectation') return `simtls explain ${out}${defects}`;
  if (failure.kind !== 'difference') return `simtls program run ${out}${defects}`;
  const { libssl, anyPatch } = options;
  const library = libssl === undefined ? '' : ` --libssl ${libssl}`;
  return `simtls program diff ${out}${defects}${library}${anyPatch === true ? ' --any-patch' : ''}`;
}

/** What became of the program's expectations, in words. */
function expectationsTold({ had, gone, broken }: ShrunkProgram['expectations']): string {
  if (had === 0) return '';
  const told = [
    ...(gone === 0 ? [] : [`${gone} spoke of steps that went`]),
    ...(broken === 0 ? [] : [`${broken} hold no longer`]),
  ];
  const kept = `of ${had} expectations ${had - gone - broken} are kept, under the new numbers of their steps`;
  return `\n${[kept, ...told].join('; ')}`;
}

/**
 * Makes sure that an API program fails, the same way every time, and makes it small.
 * @throws CommandFailure for one that does not fail, or fails differently
 */
export async function shrinkProgram(
  value: ProgramValue,
  options: ShrinkProgramOptions,
  io: Io,
): Promise<{ readonly value: ProgramValue; readonly failure: ProgramFailure; readonly told: string }> {
  const { profile } = options;
  const libssl = libsslSource(options, (notice) => io.err(`simtls: ${notice}\n`));
  try {
    const { failure, judging } = firstFailure(value, options, libssl);
    if (!failsAlike(failure, value, judging)) throw failingDifferently();
    const { search, trials, result } = programSearch(value, failure, judging);
    const how = await drive(search, trials, { time: options.time, size: sizeOfProgram }, io);
    const { value: small, expectations } = result();
    const best = profile === undefined ? small : { ...small, profile };
    const told = compared(sizeOfProgram(value), sizeOfProgram(best), how) + expectationsTold(expectations);
    return { value: best, failure, told };
  } finally {
    libssl.close();
  }
}

/** What it is about. @throws CommandFailure for one that does not fail */
function firstFailure(value: ProgramValue, options: ShrinkProgramOptions, libssl: StackSource): FailingProgram {
  const { difference: differenceAlone, profile, defects } = options;
  try {
    const failing = failingProgram(value, { profile, defects, libssl, differenceAlone: differenceAlone === true });
    if (failing !== undefined) return failing;
  } catch (cause) {
    if (cause instanceof StackMissing)
      throw new CommandFailure(exitCodes.missing, `the model runs it to its end, and ${cause.message}`, { cause });
    throw cause;
  }
  throw notFailing('the program runs to its end, and both stacks agree on it');
}

interface DriveOptions<T> {
  readonly time: number;
  readonly size: (value: T) => Size;
}

/** Goes through the trials until they end, the time is over, or the user asks to stop. @returns what it took, in words */
async function drive<T>(search: Search<T>, trials: Trials, { time, size }: DriveOptions<T>, io: Io): Promise<string> {
  const begun = io.realMs();
  let [breathed, spoken] = [begun, begun];
  let stopped = '';
  for (const _ of trials) {
    const now = io.realMs();
    if (now - begun > time) stopped = ', stopped at the time limit: it may get smaller still (--time)';
    if (now - breathed > breatheEveryMs) {
      await io.breathe();
      breathed = now;
      if (io.interrupted()) stopped = ', stopped by hand';
    }
    if (stopped !== '') break;
    if (now - spoken > tellEveryMs) {
      spoken = now;
      io.err(`${search.trials} trials, ${words(size(search.best))}\n`);
    }
  }
  return `${search.trials} trials, ${((io.realMs() - begun) / 1000).toFixed(1)} s${stopped}`;
}

function compared(before: Size, after: Size, how: string): string {
  const rows = Object.keys(before).map((key) => `${key} ${before[key] ?? 0} → ${after[key] ?? 0}`);
  return `${rows.join(', ')} (${how})`;
}

function words(size: Size): string {
  return Object.entries(size)
    .map(([key, value]) => `${value} ${key}`)
    .join(', ');
}

function notFailing(what: string): CommandFailure {
  return new CommandFailure(exitCodes.usedWrongly, `there is nothing to shrink: ${what}`);
}

function failingDifferently(): CommandFailure {
  return new CommandFailure(exitCodes.promiseBroken, 'two runs of it ended differently');
}

/** `500ms`, `10s`, `2m`. */
export function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m)$/u.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('a whole number and its unit: 500ms, 10s, 2m');
  return Number(amount) * (unit === 'ms' ? 1 : unit === 's' ? 1_000 : 60_000);
}
