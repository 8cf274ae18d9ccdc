/** What `program fuzz` and `program exhaust` find, cut down and kept: as files, in the corpus under a row of its own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefectName } from 'simtls';
import {
  diffProgram,
  expectationsFor,
  type Finding,
  libsslSource,
  modelSource,
  parseProgram,
  runProgram,
  writeLine,
} from '../program/index.js';
import type { ProgramValue } from '../shrink/index.js';
import type { LineOptions } from '../stacks/index.js';
import { defectOptions } from './defects.js';
import { CommandFailure, exitCodes } from './exit.js';
import { writeJson } from './files.js';
import type { Io } from './io.js';
import { makeFolder } from './make-folder.js';
import { shrinkMsDefault, shrinkProgram } from './shrink.js';

interface KeepOptions extends LineOptions {
  readonly folder: string;
  readonly defects: readonly DefectName[];
  /** Nothing but JSON on standard output. */
  readonly json?: boolean;
}

/** The corpus, as it lies in the repository. */
const corpusFolder = join('scenarios', 'corpus', 'programs');
const corpusFormat = 'simtls-corpus/1';

/**
 * Where findings go: the folder that was named, else the corpus where the current folder is the repository, else that folder.
 * One that was named is made where it is not there: to be called before the programs are run, which may take hours.
 * @throws CommandFailure where it cannot be made
 */
export function keptIn(out: string | undefined): string {
  if (out === undefined) return existsSync(join(corpusFolder, 'index.json')) ? corpusFolder : '.';
  try {
    makeFolder(out);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `--out ${out}: expected a folder, or a name that one can be made under, and it cannot be made (${why}); name another`,
      { cause },
    );
  }
  return out;
}

/** Cuts a finding down and writes it. @returns the path of its file */
export async function keepFinding(finding: Finding, options: KeepOptions, io: Io): Promise<string> {
  const { profile, name } = finding;
  const { value, told } = await shrunk(finding, options, io);
  const row = `found-${profile}-${name.replaceAll(/[^\w]+/gu, '-')}`;
  const path = join(options.folder, `${row}.json`);
  writeJson(path, { ...value, name: `The stacks part: ${name} on ${profile}`, row, ...expected(value, options) });
  enter(options.folder, row, `${row}.json`);
  if (options.json !== true) {
    io.out(`shrunk: ${told}\nwrote ${path}\nreplay: simtls program diff ${path}${defectOptions(options.defects)}\n`);
  }
  return path;
}

async function shrunk(
  { program, profile }: Finding,
  options: KeepOptions,
  io: Io,
): Promise<{ readonly value: ProgramValue; readonly told: string }> {
  const value = program as ProgramValue; // what was run is an object
  try {
    return await shrinkProgram(value, { ...options, profile, time: shrinkMsDefault, difference: true }, io);
  } catch (cause) {
    // Seen in a batch and never again: the whole of it is all there is.
    if (!(cause instanceof CommandFailure)) throw cause;
    return { value: { ...value, profile }, told: cause.message };
  }
}

/** What real OpenSSL does where the stacks part, for the program to expect. */
function expected(value: ProgramValue, options: KeepOptions): object {
  const source = libsslSource(options, () => undefined);
  try {
    const program = parseProgram(value);
    const { profile } = program;
    const again = source.open(profile);
    const found = diffProgram(program, { model: modelSource(options.defects).open(profile), libssl: again });
    again.end();
    if (found === null) return {};
    const stack = source.open(profile);
    const lines = [...runProgram(program, stack)].map(writeLine);
    stack.end();
    const { step, field } = found;
    const call = program.steps[step]?.call ?? '';
    return { expect: expectationsFor({ step, field, call }, lines[step] ?? 'null', profile) };
  } finally {
    source.close();
  }
}

/** Gives the program its row in the index, where the folder is a corpus. */
function enter(folder: string, row: string, file: string): void {
  const path = join(folder, 'index.json');
  if (!existsSync(path)) return;
  const index: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isCorpusIndex(index) || index.rows.some((one) => one.row === row)) return;
  writeJson(path, { ...index, rows: [...index.rows, { row, files: [file] }] });
}

function isCorpusIndex(
  value: unknown,
): value is { readonly format: string; readonly rows: readonly { row: string }[] } {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === corpusFormat;
}
