/** `simtls run`: scenarios under many seeds, or one plan, to verdicts. */
import type { Plan } from '../plan/index.js';
import { SometimesWatch } from '../sometimes/index.js';
import type { TraceSink } from '../trace/index.js';
import {
  callsCode,
  type RunOptions as PlanRunOptions,
  type RunResult,
  runPlan,
  runWithCode,
  WorldError,
} from '../world/index.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { HtmlFile, runsOfPageMax } from './html-file.js';
import type { Io } from './io.js';
import { Lines } from './lines.js';
import { askedAgain, checkOutputs, Outputs, takesOutput, withoutIdleKeylog } from './outputs.js';
import { pointOfRun, pointOfUnreached } from './points.js';
import { Progress } from './progress.js';
import { jsonLine, report } from './report.js';
import { type Reporter, reporterNamed } from './reporters.js';
import { compareRuns } from './run-compare.js';
import { type Job, type Jobs, jobOfPlan, jobsOfScenarios } from './run-jobs.js';
import { defaults, type RunOptions } from './run-options.js';
import { checkForLibssl, comparesStacks, onLibssl } from './stack-options.js';
import { type Outcome, Tally } from './tally.js';
import { TraceFile } from './trace-file.js';
import { parting, partingWithCode } from './verify.js';

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
  const reporter = options.reporter && reporterNamed(options.reporter, io);
  const refused = new Map<string, string>();
  for (const job of jobs) {
    const begunMs = io.realMs();
    const result = await attempt(job, lines, refused, () => runJob(job, { ...options, lines }, files));
    progress.step(job.scenario);
    if (result === undefined) continue;
    tally.add(result);
    reporter?.point(pointOfRun(result, (io.realMs() - begunMs) / 1000, job.file));
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
  if (reporter !== undefined) endReport(reporter, tally, refused, options);
  else if (options.json !== true) report(tally, options, io);
  if (io.interrupted()) return exitCodes.interrupted;
  if (refused.size > 0 && (names.length > 0 || options.plan !== undefined)) return exitCodes.missing;
  if (tally.failed > 0) return exitCodes.violated;
  return options.requireSometimes === true && tally.unreached ? exitCodes.unreached : exitCodes.held;
}

/** What is to be told besides what each run came to. */
function endReport(
  reporter: Reporter,
  tally: Tally,
  refused: ReadonlyMap<string, string>,
  { requireSometimes }: RunOptions,
): void {
  for (const [suite, skipped] of refused) reporter.point({ suite, name: '', seconds: 0, skipped });
  for (const [name, group] of requireSometimes === true ? tally.groups : []) {
    const point = pointOfUnreached(name, group);
    if (point !== undefined) reporter.point(point);
  }
  reporter.end();
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
  const libssl = options.lines?.of(job.profile);
  const isOfCode = libssl === undefined && callsCode(plan);
  const looks = files.html?.begin({ bytes: isOfCode || libssl !== undefined ? 'own' : 'again' }).options;
  const trace = [written, outputs.sink, watch?.see, looks?.trace].reduce(bothSinks);
  const hears = { ...looks, ...(trace === undefined ? {} : { trace }) };
  if (isOfCode) return runJobWithCode(job, plan, options, { ...files, hears });
  const crypto = options.crypto ?? defaults.crypto;
  const on = libssl === undefined ? { crypto } : { libssl };
  const result = runPlan(plan, { ...on, ...hears });
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
  outputs.finish(plan, result, libssl === undefined ? {} : { libssl });
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
  {
    hears,
    outputs,
    html,
  }: Files & { readonly hears: Pick<PlanRunOptions, 'trace' | 'onName' | 'onObject' | 'tap' | 'keyLog'> },
): Promise<Outcome> {
  const again = askedAgain(options);
  if (again !== undefined) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `--${again} makes a run again for its packets, and ${job.scenario} runs code under test, which would send others`,
    );
  }
  const settings = { codes: job.codes, ...(options.crypto === undefined ? {} : { crypto: options.crypto }) };
  const result = await runWithCode(plan, { ...settings, ...hears });
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
