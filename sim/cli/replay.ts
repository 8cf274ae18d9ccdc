/** `simtls replay FILE`: a finding's run once more, and what became of its violation. */
import { type Command, Option } from 'commander';
import { blameOf, type Finding, type Parting, type Replayed, replayFinding } from '../campaign/index.js';
import { namesOfRun, Walk } from '../explain/index.js';
import type { LineOptions } from '../stacks/index.js';
import { type JudgeOptions, judgePlan } from '../verdict/index.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { readFinding } from './files.js';
import type { Io } from './io.js';
import { Lines } from './lines.js';
import { nearest } from './nearest.js';
import {
  askedOutput,
  checkOutputs,
  keylogOf,
  type OutputOptions,
  Outputs,
  outputOptions,
  takesOutput,
} from './outputs.js';
import { version } from './version.js';

interface ReplayOptions extends LineOptions, OutputOptions {
  readonly step?: boolean;
  readonly until?: string;
  readonly stack?: 'model' | 'libssl';
  readonly json?: boolean;
}

/** Adds `replay`. */
export function addReplay(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const command = program
    .command('replay')
    .description('run a finding again: 1 its violation shows again, 0 it is gone, 3 the run diverges, and where')
    .argument('<file>', 'a finding; - is standard input')
    .option('--step', 'tell each step, and what it did to which object')
    .option('--until <id>', 'the same up to the end of this step, and how everything stood then')
    .addOption(
      new Option(
        '--stack <stack>',
        "libssl: on real OpenSSL, to tell whether it is the model's fault, the program's or libssl's",
      ).choices(['model', 'libssl']),
    )
    .option('--libssl <path>', 'a shared libssl to use instead of the lines that doctor --install installs')
    .option('--any-patch', 'take another patch level than the expected one, and say so')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  simtls replay found.json --step --until client-9')
    .action((path: string, options: ReplayOptions) =>
      end(replay(path, { ...options, ...keylogOf(command) }, takesOutput(options) ? { ...io, out: io.err } : io)),
    );
  for (const option of outputOptions) command.addOption(option);
}

function replay(path: string, options: ReplayOptions, io: Io): ExitCode {
  const finding = readFinding(path, io);
  const { stack = options.libssl === undefined ? finding.on.stack : 'libssl', until } = options;
  const known = finding.plan.steps.map(({ id }) => id);
  if (until !== undefined && !known.includes(until)) {
    const near = nearest(until, known);
    const hint = near === undefined ? '' : `: did you mean ${near}?`;
    throw new CommandFailure(exitCodes.usedWrongly, `no step of ${path} is called ${until}${hint}`);
  }
  const lines = new Lines(options, io);
  try {
    const on: JudgeOptions =
      stack === 'libssl' ? { libssl: lines.of(finding.plan.profile) } : { crypto: finding.on.crypto };
    if (askedOutput(options) !== undefined) show(finding, on, options, io);
    if (options.step === true || until !== undefined) walk(finding, on, until, io);
    if (stack === 'libssl' && finding.on.stack === 'model') return blame(finding, on, options.json === true, io);
    return tell(finding, replayFinding(finding, on, version()), options.json === true, io);
  } finally {
    lines.close();
  }
}

/** Writes the files that show the run. */
function show({ plan }: Finding, on: JudgeOptions, options: ReplayOptions, io: Io): void {
  checkOutputs(options, 1);
  const outputs = new Outputs(options, io);
  try {
    const { sink } = outputs;
    const { fingerprint, result } = judgePlan(plan, sink === undefined ? on : { ...on, trace: sink });
    if (result !== undefined)
      outputs.finish(plan, { fingerprint }, on.libssl === undefined ? {} : { libssl: on.libssl });
  } finally {
    outputs.discard();
  }
}

function walk({ plan }: Finding, on: JudgeOptions, until: string | undefined, io: Io): void {
  const names = namesOfRun();
  const walked = new Walk(plan, names, until);
  judgePlan(plan, { ...on, onName: names.onName, trace: (event) => walked.happened(event) });
  for (const line of walked.lines) io.out(`${line}\n`);
  if (until !== undefined) io.out(`\n${walked.state().join('\n')}\n`);
  io.out('\n');
}

function tell(finding: Finding, replayed: Replayed, json: boolean, io: Io): ExitCode {
  const { verdict, failure, parting, refused } = replayed;
  if (refused !== '') throw new CommandFailure(exitCodes.missing, `the plan cannot be run here: ${refused}`);
  const code = { again: exitCodes.violated, gone: exitCodes.held, diverges: exitCodes.promiseBroken }[verdict];
  if (json) {
    const { group, violation } = finding;
    io.out(
      `${JSON.stringify({ verdict, group, expected: violation.text, came: failure?.text ?? null, parting: parting ?? null })}\n`,
    );
    return code;
  }
  const { invariant, step, text, owner } = finding.violation;
  if (verdict === 'again') io.out(`again: ${invariant} (${owner})${step === '' ? '' : ` at ${step}`}\n  ${text}\n`);
  if (verdict === 'gone') io.out(`gone: ${invariant} (${owner}) does not show any more, and nothing else is broken\n`);
  if (verdict === 'diverges') io.out(`diverges: ${divergence(finding, replayed)}\n`);
  if (parting !== undefined) io.out(partingText(parting, finding));
  return code;
}

function divergence({ group }: Finding, { failure }: Replayed): string {
  if (failure === undefined || failure.group === group) return 'the violation shows again, but in another run';
  return `it was ${group}, and now it is ${failure.group}\n  ${failure.text}`;
}

function partingText({ event, expected, came }: Parting, { versions }: Finding): string {
  const by = versions.simtls === version() ? '' : `, which simtls ${versions.simtls} made`;
  return `the run first differs from the finding's${by} at event ${event}\n  expected ${expected}\n  came     ${came}\n`;
}

/** A finding of the model on real OpenSSL: the events are others, the violation is compared. */
function blame(finding: Finding, { libssl }: JudgeOptions, json: boolean, io: Io): ExitCode {
  if (libssl === undefined) throw new Error('a look at real OpenSSL without one');
  const found = blameOf(finding, libssl);
  const { whose, shown, told, failure, refused } = found;
  if (refused !== '') throw new CommandFailure(exitCodes.missing, refused);
  if (json) io.out(`${JSON.stringify({ whose, shown, told, came: failure?.text ?? null })}\n`);
  else {
    io.out(`${told}\n`);
    const { openssl } = finding.versions;
    if (failure === undefined) io.out(`  OpenSSL ${openssl}: everything held\n`);
    else io.out(`  OpenSSL ${openssl}: ${failure.invariant} (${failure.owner}) at ${failure.step}: ${failure.text}\n`);
  }
  return shown ? exitCodes.violated : exitCodes.held;
}
