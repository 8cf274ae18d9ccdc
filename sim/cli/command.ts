/** The command line: what it takes, and how each way of using it ends. */
import { Command, CommanderError, Option } from 'commander';
import { defects } from 'simtls';
import { faultNames, PlanError } from '../plan/index.js';
import { type Scenario, ScenarioError } from '../scenario/index.js';
import { StackMissing } from '../stacks/index.js';
import { type Workload, workloads } from '../workload/index.js';
import { WorldError } from '../world/index.js';
import { applicationDefects } from './application-defects.js';
import { collect, defectHelp } from './defects.js';
import { addDiff } from './diff.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { addExplain } from './explain.js';
import { addFind } from './find.js';
import { addFuzz } from './fuzz.js';
import type { Io } from './io.js';
import { addLabs } from './lab.js';
import { misuseHelp } from './misuse.js';
import { addNew } from './new.js';
import { keylogOf, outputOptions } from './outputs.js';
import { addPeerCommands } from './peers.js';
import { addPlan } from './plan.js';
import { addProfiles } from './profiles.js';
import { addProgramCommands } from './program.js';
import { readable } from './readable.js';
import { addReplay } from './replay.js';
import { addReport } from './report-page.js';
import { reporterOption } from './reporters.js';
import { run } from './run.js';
import { allProfiles, defaults, type RunOptions, wholeNumber } from './run-options.js';
import { builtInScenarios } from './scenarios.js';
import { addSessionFiles } from './sess.js';
import { addShrink } from './shrink.js';
import { stackOptions } from './stack-options.js';
import { version } from './version.js';
import { addView } from './view.js';

/**
 * Runs one command line.
 * @param args - without the program's own name
 * @returns the exit code
 */
export async function command(args: readonly string[], io: Io): Promise<ExitCode> {
  const outcome: { code: ExitCode } = { code: exitCodes.held };
  const program = build(io, (code) => {
    outcome.code = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return outcome.code;
  } catch (cause) {
    return failed(cause, io);
  }
}

function failed(cause: unknown, io: Io): ExitCode {
  // Commander has said what is wrong; help and version are no failures.
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? exitCodes.held : exitCodes.usedWrongly;
  const code = exitCodeOf(cause);
  if (code === undefined) {
    const told = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    io.err(`simtls: this is a fault of simtls itself\n${readable(told)}\n`);
    return exitCodes.promiseBroken;
  }
  io.err(`simtls: ${readable(cause instanceof Error ? cause.message : String(cause))}\n`);
  return code;
}

/** Of what has a name; undefined: nobody has foreseen it. */
function exitCodeOf(cause: unknown): ExitCode | undefined {
  if (cause instanceof CommandFailure) return cause.exitCode;
  if (cause instanceof ScenarioError || cause instanceof PlanError) return exitCodes.usedWrongly;
  if (cause instanceof WorldError)
    return cause.code === 'STACK_UNABLE' || cause.code === 'MODEL_ONLY' ? exitCodes.missing : exitCodes.usedWrongly;
  if (cause instanceof StackMissing || isOfTheSystem(cause)) return exitCodes.missing;
  return undefined;
}

/** A file that cannot be read or written, a disk that is full: Node names the call, and what it was about. */
function isOfTheSystem(cause: unknown): cause is Error {
  return cause instanceof Error && 'syscall' in cause && 'code' in cause;
}

function build(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command('simtls');
  program
    .description('A whole TLS world in one process, from one seed: libssl sessions, network, clocks, disks, crashes.')
    .version(version())
    .enablePositionalOptions() // fuzz and fuzz merge have options of the same name
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(readable(text)) })
    .showHelpAfterError('(simtls --help tells more)');
  addList(program, io);
  addRun(program, io, end);
  addPlan(program, io);
  addFind(program, io, end);
  addFuzz(program, io, end);
  addReplay(program, io, end);
  addDiff(program, io, end);
  addReport(program, io);
  addShrink(program, io, end);
  addExplain(program, io);
  addNew(program, io);
  addLabs(program, io, end);
  addProgramCommands(program, io, end);
  addProfiles(program, io);
  addPeerCommands(program, io, end);
  addSessionFiles(program, io);
  addView(program, io, end);
  return program;
}

function addList(program: Command, io: Io): void {
  program
    .command('list')
    .description('the scenarios and workloads that come with simtls, and what each answers')
    .option('--defects', 'instead: the bugs that --defect switches on')
    .option('--json', 'as a JSON list')
    .addHelpText('after', '\nExample:\n  simtls list --json')
    .action(async (options: { json?: boolean; defects?: boolean }) => {
      const found =
        options.defects === true
          ? [...defects, ...(await applicationDefects()).map(({ program: _, ...words }) => words)]
          : [...(await builtInScenarios()), ...workloads].map(told);
      if (options.json === true) io.out(`${JSON.stringify(found, null, 2)}\n`);
      else for (const { name, ...rest } of found) io.out(`${name}\n${indented(rest)}`);
    });
}

function told({ name, title, answers }: Scenario | Workload): Pick<Scenario, 'name' | 'title' | 'answers'> {
  return { name, title, answers };
}

/** One line a property; the title needs no name. */
function indented(properties: object): string {
  const lines = Object.entries(properties).map(([key, value]) => (key === 'title' ? value : `${key}: ${value}`));
  return lines.map((line) => `  ${line}\n`).join('');
}

function addRun(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const command = program
    .command('run')
    .description('run scenarios (all of them where none is named), or a plan, to a verdict')
    .argument('[scenario...]', 'names that simtls list gives, or files')
    .addOption(new Option('--seed <n>', `the seed (${defaults.seed} where none is given)`))
    .option('--count <k>', 'run the seeds n to n+k−1', wholeNumber)
    .addOption(
      new Option(
        '--profile <line>',
        `the OpenSSL line that the model imitates (${defaults.profile}; all where no scenario is named)`,
      ).choices([...allProfiles, 'all']),
    )
    .addOption(
      new Option(
        '--crypto <provider>',
        `fast arithmetic, or real cryptography (${defaults.crypto}; real where code under test or OpenSSL takes part)`,
      ).choices(['fast', 'real']),
    )
    .option('--trace <file>', 'write every event, one JSON object a line; compressed where the name ends in .gz')
    .option('--html <file>', 'write one run, or two side by side, as a page for the browser')
    .addOption(
      new Option('--plan <file>', 'run this plan (- is standard input)').conflicts([
        'seed',
        'count',
        'profile',
        'misuse',
      ]),
    )
    .option('--with <file>', 'add the steps, faults and checks of this file to the plan')
    .option('--defect <name>', defectHelp, collect)
    .option('--faults <a,b>', `of the faults that a seed may draw, these alone: ${faultNames.join(', ')}`)
    .option('--misuse', misuseHelp)
    .option(
      '--require-sometimes',
      `exit with ${exitCodes.unreached} where the runs never came to something that they are about`,
    )
    .option('--verify', 'run everything again twice, and compare every draw and event')
    .option('--json', 'one JSON object a run on standard output')
    .addOption(reporterOption())
    .addHelpText('after', '\nExample:\n  simtls run resumed-by-id --seed 7 --count 100 --profile all')
    .action(async (names: string[], options: RunOptions) =>
      end(await run(names, { ...options, ...keylogOf(command) }, io)),
    );
  for (const option of [...outputOptions, ...stackOptions]) command.addOption(option);
}
