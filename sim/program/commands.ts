/** `simtls program run`, `simtls program diff` and `simtls doctor`, without the command line around them. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { DefectName } from 'simtls';
import {
  type LineOptions,
  type LineReport,
  type PreloadReport,
  type Profile,
  reportClock,
  reportLines,
  reportMemory,
  StackMissing,
  StackUnable,
} from '../stacks/index.js';
import { settled } from './chance.js';
import type { Difference } from './compare.js';
import { diffProgram, writeDifference } from './diff.js';
import { isObservation, writeLine } from './observation.js';
import { type Program, ProgramError, parseProgram } from './parse.js';
import { runProgram } from './run.js';
import { libsslSource, modelSource, type StackSource } from './stacks.js';

/** What a command reads and writes. */
export interface CommandIo {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** `program run FILE`. */
export interface RunCommand extends LineOptions {
  readonly action: 'run';
  /** `-`: standard input, one program a line. */
  readonly file: string;
  /** Default `model`; `libssl` where a library is named. */
  readonly stack?: 'model' | 'libssl' | undefined;
  /** In place of the one that the file names. */
  readonly profile?: Profile | undefined;
  /** Of the model. */
  readonly defects?: readonly DefectName[] | undefined;
}

/** `program diff FILE`. */
export interface DiffCommand extends LineOptions {
  readonly action: 'diff';
  readonly file: string;
  readonly profile?: Profile | undefined;
  readonly defects?: readonly DefectName[] | undefined;
}

/** The exit codes of the command line. */
export const exitCodes = { held: 0, violated: 1, invalid: 2, broken: 3, missing: 4 } as const;

type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Answers one program and says with which exit code a run of it alone ends. */
type Answer = (program: Program) => ExitCode;

/**
 * Runs or compares the programs of a file.
 * @returns the exit code: 0 held; 1 a misuse, a crash or a difference; 2 no program; 3 simtls itself failed; 4 something
 * needed is missing. Of standard input 0 whatever the programs did, unless a stack is missing altogether or simtls failed.
 */
export async function runProgramCommand(command: RunCommand | DiffCommand, io: CommandIo): Promise<number> {
  const libssl = libsslSource(command, (notice) => io.stderr.write(`simtls: ${notice}\n`));
  const answer =
    command.action === 'diff'
      ? differ({ model: modelSource(command.defects), libssl }, io)
      : runner(chosen(command, libssl), io);
  try {
    if (command.file === '-') return await batch(command.profile, answer, io);
    return single(command, answer, io);
  } catch (error) {
    if (!(error instanceof StackMissing)) throw error;
    io.stderr.write(`simtls: ${error.message}\n`);
    return exitCodes.missing;
  } finally {
    libssl.close();
  }
}

/** Prints what there is of each OpenSSL line, and of what is preloaded into them. @returns 0 where all lines are there, else 4 */
export function doctorCommand(options: LineOptions & { readonly json?: boolean | undefined }, io: CommandIo): number {
  const lines = reportLines(options);
  const [clock, memory] = [reportClock(), reportMemory()];
  const preloaded = [describePreload('clock  for sim_clock', clock), describePreload('memory for allocation', memory)];
  if (options.json === true) io.stdout.write(`${JSON.stringify({ openssl: lines, clock, memory })}\n`);
  else for (const text of [...lines.map(describe), ...preloaded]) io.stdout.write(`${text}\n`);
  return lines.every((line) => line.ok) ? exitCodes.held : exitCodes.missing;
}

function describe({ profile, expected, version, where, ok, advice }: LineReport): string {
  const head = `${profile.padEnd(6)} OpenSSL ${expected.padEnd(7)} ${ok ? 'ok     ' : 'MISSING'}`;
  const found = version === null ? '' : ` ${version} (${where})`;
  return `${head}${found}${ok ? '' : `  ${advice}`}`;
}

/** Little needs these, so that their lack is no failure. */
function describePreload(what: string, { where, ok, advice }: PreloadReport): string {
  const head = `${what.padEnd(22)} ${ok ? 'ok     ' : 'MISSING'}`;
  return ok ? `${head} ${where}` : `${head}  ${advice}`;
}

function chosen({ stack, libssl: path, defects }: RunCommand, libssl: StackSource): StackSource {
  return stack === 'libssl' || (stack === undefined && path !== undefined) ? libssl : modelSource(defects);
}

function runner(source: StackSource, io: CommandIo): Answer {
  return (program) => {
    const stack = source.open(program.profile);
    try {
      let code: ExitCode = exitCodes.held;
      for (const line of runProgram(program, stack)) {
        io.stdout.write(`${writeLine(line)}\n`);
        if (!isObservation(line)) code = exitCodes.violated;
      }
      return code;
    } finally {
      stack.end();
    }
  };
}

function differ(sources: { readonly model: StackSource; readonly libssl: StackSource }, io: CommandIo): Answer {
  return (program) => {
    const { difference, byChance } = settled(() => differenceOn(sources, program));
    if (byChance !== null) {
      const { step, field } = byChance;
      io.stderr.write(
        `simtls: real OpenSSL's own random bytes decide what it answers in step ${step} (${field}): asked again, it answered otherwise\n`,
      );
    }
    io.stdout.write(`${writeDifference(difference)}\n`);
    return difference === null ? exitCodes.held : exitCodes.violated;
  };
}

function differenceOn(
  { model, libssl }: { readonly model: StackSource; readonly libssl: StackSource },
  program: Program,
): Difference | null {
  const stacks = { model: model.open(program.profile), libssl: libssl.open(program.profile) };
  try {
    return diffProgram(program, stacks);
  } finally {
    stacks.model.end();
    stacks.libssl.end();
  }
}

function single({ file, profile }: RunCommand | DiffCommand, answer: Answer, io: CommandIo): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    io.stderr.write(`simtls: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodes.invalid;
  }
  try {
    return answer(parseProgram(text, { profile }));
  } catch (error) {
    const refusal = refusalOf(error, io);
    io.stderr.write(`simtls: ${file}: ${refusal.reason}\n`);
    return refusal.code;
  }
}

/** One program a line, each answered by its lines and then by its number. */
async function batch(profile: Profile | undefined, answer: Answer, io: CommandIo): Promise<number> {
  let count = 0;
  let code: ExitCode = exitCodes.held;
  for await (const text of createInterface({ input: io.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    try {
      answer(parseProgram(text, { profile }));
    } catch (error) {
      const refusal = refusalOf(error, io);
      if (refusal.code === exitCodes.broken) code = refusal.code;
      io.stdout.write(`${JSON.stringify({ refused: refusal.reason })}\n`);
    }
    io.stdout.write(`{"end":${count}}\n`);
    count += 1;
  }
  return code;
}

/**
 * Why a program gets no answer. What is neither the program's fault nor a stack's lack is our own: the answer says so, and
 * standard error where.
 */
function refusalOf(error: unknown, io: CommandIo): { readonly reason: string; readonly code: ExitCode } {
  if (error instanceof StackMissing) throw error;
  if (error instanceof ProgramError) return { reason: error.message, code: exitCodes.invalid };
  if (error instanceof StackUnable) return { reason: error.reason, code: exitCodes.missing };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  io.stderr.write(`${stack ?? message}\n`);
  return { reason: `simtls failed: ${message}`, code: exitCodes.broken };
}
