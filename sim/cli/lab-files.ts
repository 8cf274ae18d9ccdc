/** The labs that come with simtls, as files: what is copied to a trainee, and what is kept back. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Lab, toLab } from '../lab/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import { makeFolder } from './make-folder.js';
import { nearest } from './nearest.js';

const root = fileURLToPath(new URL('../../../scenarios/labs/', import.meta.url));
/** Says in a trainee's folder which lab it is. */
const marker = 'lab.json';
const question = 'README.md';

/** All labs, in the order of the course. */
export function allLabs(): readonly Lab[] {
  const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const labs = names.map(({ name }) => toLab(name, JSON.parse(readFileSync(join(root, name, marker), 'utf8'))));
  return labs.sort((a, b) => a.place - b.place);
}

/** @throws CommandFailure for a name that is none */
export function labNamed(name: string): Lab {
  const labs = allLabs();
  const found = labs.find((lab) => lab.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    labs.map((lab) => lab.name),
  );
  const hint = near === undefined ? '' : `: did you mean ${near}?`;
  throw new CommandFailure(exitCodes.usedWrongly, `no lab is called ${name}${hint} (simtls lab list names all)`);
}

/** Where a file of a lab is. */
export function labFile(lab: Lab, file: string): string {
  return join(root, lab.name, file);
}

/**
 * Copies what a trainee begins with.
 * @throws CommandFailure where the folder has some of it already
 */
export function startLab(lab: Lab, folder: string): readonly string[] {
  const files = [question, ...lab.files];
  const there = [...files, marker].find((file) => existsSync(join(folder, file)));
  if (there !== undefined) {
    throw new CommandFailure(exitCodes.usedWrongly, `${join(folder, there)} is there already: nothing is written`);
  }
  try {
    makeFolder(folder);
    for (const file of files) cpSync(labFile(lab, file), join(folder, file));
    writeFileSync(join(folder, marker), `${JSON.stringify({ lab: lab.name })}\n`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new CommandFailure(exitCodes.usedWrongly, `cannot write into ${folder}: ${why}`, { cause });
  }
  return files;
}

/**
 * The lab that was started in a folder.
 * @throws CommandFailure where none was
 */
export function labIn(folder: string): Lab {
  const path = join(folder, marker);
  if (!existsSync(path)) {
    throw new CommandFailure(exitCodes.usedWrongly, `no lab was started in ${folder}: simtls lab start NAME`);
  }
  const { lab } = readObject(path);
  if (typeof lab !== 'string') throw new CommandFailure(exitCodes.usedWrongly, `${path} names no lab: start it again`);
  return labNamed(lab);
}

/** Which questions a trainee's `answer.json` does not answer rightly. @throws CommandFailure where there is no such file */
export function unanswered(lab: Lab, answers: Readonly<Record<string, string>>, folder: string): readonly string[] {
  const given = readObject(join(folder, 'answer.json'));
  return Object.keys(answers).filter((asked) => answerHash(lab.name, asked, given[asked]) !== answers[asked]);
}

/** Of an answer, whatever its case and the spaces around it. */
export function answerHash(lab: string, asked: string, answer: unknown): string {
  const text = String(answer ?? '')
    .trim()
    .toLowerCase();
  return createHash('sha256').update(`${lab}/${asked}/${text}`).digest('hex');
}

function readObject(path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>; // each key is looked at before it is used
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new CommandFailure(exitCodes.usedWrongly, `cannot read ${path}: ${why}`, { cause });
  }
  throw new CommandFailure(exitCodes.usedWrongly, `${path}: expected a JSON object`);
}
