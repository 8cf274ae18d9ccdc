/** `simtls run`: scenarios under many seeds, or one plan, to verdicts. */
import { InvalidArgumentError } from 'commander';
import type { DefectName } from 'simtls';
import type { PlanSource } from '../campaign/index.js';
import { type Plan, withDefects } from '../plan/index.js';
import type { RunCollector } from '../report/index.js';
import { type SometimesName, SometimesWatch } from '../sometimes/index.js';
import type { Profile } from '../stacks/index.js';
import type { TraceSink } from '../trace/index.js';
import {
  type Codes,
  callsCode,
  type RunOptions as PlanRunOptions,
  type RunResult,
  runPlan,
  runWithCode,
  WorldError,
} from '../world/index.js';
import { choose } from './choose.js';
import { type CompareOptions, type Comparison, compareAll, profilesOf } from './compare.js';
import { defectOptions, defectsNamed } from './defects.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { readPlan, readPlanWith } from './files.js';
import { faultsNamed } from './fuzz-options.js';
import { HtmlFile, runsOfPageMax } from './html-file.js';
import type { Io } from './io.js';
import { Lines } from './lines.js';
import {
  askedAgain,
  askedOutput,
  checkOutputs,
  type OutputOptions,
  Outputs,
  takesOutput,
  withoutIdleKeylog,
} from './outputs.js';
import { Progress } from './progress.js';
import { jsonLine, report } from './report.js';
import { checkForLibssl, comparesStacks, onLibssl, type StackOptions, stackWords } from './stack-options.js';
import { type Outcome, Tally } from './tally.js';
import { TraceFile } from './trace-file.js';
import { parting, partingWithCode } from './verify.js';

export const allProfiles: readonly Profile[] = ['1.1.1', '3.0', '3.5'];
/** What is taken where the command line says nothing. */
export const defaults = {
  seed: '1',
  /** Of named scenarios; where none is named, all three. */
  profile: '3.0' as Profile,
  count: 1,
  /** Seeds of each scenario and profile where no scenario is named. */
  countOfAll: 100,
  crypto: 'fast' as const,
};

export interface RunOptions extends StackOptions, OutputOptions {
  readonly seed?: string;
  readonly count?: number;
  readonly profile?: Profile | 'all';
  readonly crypto?: 'fast' | 'real';
  readonly trace?: string;
  readonly html?: string;
  readonly plan?: string;
  /** Steps, faults and checks that the plan gets besides its own. */
  readonly with?: string;
  readonly defect?: readonly string[];
  readonly verify?: boolean;
  /** Of the faults that a seed may draw, these alone; for scenarios: that it draws any. */
  readonly faults?: string;
  /** That every run which a workload or scenario declares to reach something is told of where none did. */
  readonly requireSometimes?: boolean;
  readonly json?: boolean;
}

/** One run to be made. `make` records or reads its plan anew. */
interface Job {
  readonly scenario: string;
  readonly seed: string;
  readonly profile: Profile;
  readonly make: (onDraw?: Draw) => Plan;
  /** The code under test that the plan's steps call. */
  readonly codes: Codes;
  /** What some of the runs of its kind must reach; undefined: nothing is counted. */
  readonly sometimes: readonly SometimesName[] | undefined;
  readonly replay: string;
}
type Draw = (label: string, choices: number, value: number) => void;

/** The largest number that an option takes for how many. */
const countMax = 10_000_000;
/** Real milliseconds between two looks at whether the user wants to stop. */
const breatheEveryMs = 50;

/**
 * Runs and reports.
 * @throws CommandFailure for wrong use, or a promise of ours that is broken
 */
export async function run(names: readonly string[], asked: RunOptions, io: Io): Promise<ExitCode> {
  if (asked.with !== undefined && asked.plan === undefined) {
    throw new CommandFailure(exitCodes.usedWrongly, '--with adds to a plan: name that with --plan');
  }
  if (comparesStacks(asked)) return compareRuns(names, asked, io);
  const { jobs, total } =
    asked.plan === undefined ? await jobsOfScenarios(names, asked) : jobOfPlan(asked.plan, names, asked, io);
  const options = withoutIdleKeylog(asked, total);
  checkOutputs(options, total);
  if (options.html !== undefined && total > runsOfPageMax) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `--html shows one run, or two side by side, and these are ${total}: name one scenario, with one profile and at most two seeds`,
    );
  }
  if (onLibssl(options)) checkForLibssl(options);
  const files: Files = {
    outputs: new Outputs(options, io),
    trace: options.trace === undefined ? undefined : new TraceFile(options.trace, io),
    html: options.html === undefined ? undefined : new HtmlFile(options.html),
  };
  try {
    const told = takesOutput(options) ? { ...io, out: io.err } : io;
    return await runAll({ names, jobs, total, options, files }, told);
  } finally {
    files.outputs.discard();
    files.trace?.discard();
  }
}

/** What runs are written to. */
interface Files {
  readonly outputs: Outputs;
  readonly trace: TraceFile | undefined;
  readonly html: HtmlFile | undefined;
}

interface RunAll extends Jobs {
  readonly names: readonly string[];
  readonly options: RunOptions;
  readonly files: Files;
}

async function runAll({ names, jobs, total, options, files }: RunAll, io: Io): Promise<ExitCode> {
  const lines = onLibssl(options) ? new Lines(options, io) : undefined;
  const progress = new Progress(io, total);
  const tally = new Tally();
  let breathed = io.realMs();
  const refused = new Map<string, string>();
  for (const job of jobs) {
    const result = await attempt(job, lines, refused, () => runJob(job, { ...options, lines }, files));
    progress.step(job.scenario);
    if (result === undefined) continue;
    tally.add(result);
    if (options.json === true) {
      io.out(`${jsonLine(result)}\n`);
      if (result.result.verdict === 'fail') io.err(`replay: ${result.replay}\n`);
    }
    if (io.realMs() - breathed > breatheEveryMs) {
      await io.breathe();
      breathed = io.realMs();
      if (io.interrupted()) break;
    }
  }
  progress.end();
  files.trace?.close();
  if (files.html !== undefined && files.html.runs > 0) await files.html.close();
  lines?.close();
  for (const [scenario, reason] of refused) io.err(`simtls: ${scenario} was not run: ${reason}\n`);
  if (options.json !== true) report(tally, options, io);
  if (io.interrupted()) return exitCodes.interrupted;
  if (refused.size > 0 && (names.length > 0 || options.plan !== undefined)) return exitCodes.missing;
  if (tally.failed > 0) return exitCodes.violated;
  return options.requireSometimes === true && tally.unreached ? exitCodes.unreached : exitCodes.held;
}

async function compareRuns(names: readonly string[], options: RunOptions, io: Io): Promise<ExitCode> {
  checkForLibssl(options);
  const file = options.trace === undefined ? askedOutput(options) : 'trace';
  if (file !== undefined) {
    throw new CommandFailure(exitCodes.usedWrongly, `--${file} writes what happens on one stack: compare without it`);
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

interface JobRunOptions extends RunOptions {
  readonly lines: Lines | undefined;
}

/** What a run came to; undefined where real OpenSSL cannot make it, which is noted. */
async function attempt(
  job: Job,
  lines: Lines | undefined,
  refused: Map<string, string>,
  run: () => Promise<Outcome>,
): Promise<Outcome | undefined> {
  try {
    return await run();
  } catch (cause) {
    if (lines === undefined || !(cause instanceof WorldError) || cause.code !== 'MODEL_ONLY') throw cause;
    refused.set(job.scenario, cause.message);
    return undefined;
  }
}

async function runJob(job: Job, options: JobRunOptions, files: Files): Promise<Outcome> {
  const plan = job.make();
  const { outputs } = files;
  const written = files.trace?.sink({ scenario: job.scenario, seed: job.seed, profile: job.profile });
  const watch = job.sometimes === undefined ? undefined : new SometimesWatch();
  const looks = files.html?.begin();
  const trace = [written, outputs.sink, watch?.see, looks?.trace].reduce(bothSinks);
  const libssl = options.lines?.of(job.profile);
  if (libssl === undefined && callsCode(plan)) return runJobWithCode(job, plan, options, { ...files, sink: trace });
  const crypto = options.crypto ?? defaults.crypto;
  const on = libssl === undefined ? { crypto } : { libssl };
  const result = runPlan(plan, { ...on, ...looksOf(looks), ...(trace === undefined ? {} : { trace }) });
  files.html?.add(job, plan, result);
  if (options.verify === true) {
    const parted = parting(job.make, { on, fingerprint: result.fingerprint });
    if (parted !== undefined) {
      throw new CommandFailure(
        exitCodes.promiseBroken,
        `${job.scenario} with seed ${job.seed} on ${job.profile} ran again and differed: ${parted}\nreplay: ${job.replay} --verify`,
      );
    }
  }
  outputs.finish(plan, result);
  const reached = watch && { declared: job.sometimes ?? [], names: watch.reached(plan, result) };
  return {
    result: nameOf(result, job),
    drawn: plan.drawn,
    swarm: plan.swarm ?? {},
    ...(reached === undefined ? {} : { reached }),
    replay: job.replay,
  };
}

async function runJobWithCode(
  job: Job,
  plan: Plan,
  options: RunOptions,
  { sink, outputs, html }: Files & { readonly sink: TraceSink | undefined },
): Promise<Outcome> {
  const again = askedAgain(options);
  if (again !== undefined) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `--${again} makes a run again for its packets, and ${job.scenario} runs code under test, which would send others`,
    );
  }
  const settings = { codes: job.codes, ...(options.crypto === undefined ? {} : { crypto: options.crypto }) };
  const looks = looksOf(html?.gathering);
  const result = await runWithCode(plan, { ...settings, ...looks, ...(sink === undefined ? {} : { trace: sink }) });
  html?.add(job, plan, result);
  if (options.verify === true) {
    const parted = await partingWithCode(job.make, { ...settings, fingerprint: result.fingerprint });
    if (parted !== undefined) {
      throw new CommandFailure(
        exitCodes.violated,
        `${job.scenario} with seed ${job.seed} on ${job.profile} ran again and differed: ${parted}\nIts code under test draws on something that is not of the world: Node's clock, timers, randomness or thread pool.\nreplay: ${job.replay} --verify`,
      );
    }
  }
  outputs.finish(plan, result);
  return { result: nameOf(result, job), drawn: plan.drawn, swarm: plan.swarm ?? {}, replay: job.replay };
}

/** What a report hears besides the events. */
function looksOf(collector: RunCollector | undefined): Pick<PlanRunOptions, 'onName' | 'onObject'> {
  return collector === undefined ? {} : { onName: collector.onName, onObject: collector.onObject };
}

function bothSinks(a: TraceSink | undefined, b: TraceSink | undefined): TraceSink | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return (event) => {
    a(event);
    b(event);
  };
}

function nameOf(result: RunResult, job: Job): RunResult {
  return result.scenario === '' ? { ...result, scenario: job.scenario } : result;
}

/** Runs to be made, each made up when its turn comes. */
interface Jobs {
  readonly jobs: Iterable<Job>;
  readonly total: number;
}

async function jobsOfScenarios(names: readonly string[], options: RunOptions): Promise<Jobs> {
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
  /** As the replaying command has them. */
  readonly stackOptions: string;
}

function jobOf(from: PlanSource, { seed, profile, path, crypto, defects, faults, stackOptions }: JobOptions): Job {
  const swarm = faults === undefined ? {} : { swarm: { faults: faultsNamed(faults) } };
  const real = `${crypto === 'real' ? ' --crypto real' : ''}${stackOptions}`;
  return {
    scenario: from.name,
    seed,
    profile,
    make: (onDraw) =>
      withDefects(from.plan({ seed, profile, ...swarm, ...(onDraw === undefined ? {} : { onDraw }) }), defects),
    codes: from.codes ?? {},
    sometimes: from.sometimes,
    replay: `simtls run ${path ?? from.name} --seed ${seed} --profile ${profile}${real}${defectOptions(defects)}${faults === undefined ? '' : ` --faults ${faults}`}`,
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

function jobOfPlan(path: string, names: readonly string[], options: RunOptions, io: Io): Jobs {
  if (names.length > 0)
    throw new CommandFailure(exitCodes.usedWrongly, '--plan runs that plan alone: name no scenario');
  const defects = defectsNamed(options.defect);
  const more = options.with;
  const plan = withDefects(more === undefined ? readPlan(path, io) : readPlanWith(path, more, io), defects);
  const job: Job = {
    scenario: plan.name ?? '',
    seed: plan.seed,
    profile: plan.profile,
    make: () => plan,
    codes: {},
    sometimes: undefined,
    replay: `simtls run --plan ${path}${more === undefined ? '' : ` --with ${more}`}${defectOptions(defects)}${stackWords(options)}`,
  };
  return { jobs: [job], total: 1 };
}

/**
 * How many, as an option takes it.
 * @throws InvalidArgumentError
 */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= countMax) return value;
  throw new InvalidArgumentError(`a whole number of 1 to ${countMax}`);
}
