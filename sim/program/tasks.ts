/** Pieces of work of which each compares many programs: what `program fuzz` and `program exhaust` are made of. */
import type { Profile, ProgramBatch } from '../stacks/index.js';
import type { Difference } from './compare.js';
import { prelude } from './exhaust/choices.js';
import { explore } from './exhaust/explore.js';
import { generateProgram } from './generate.js';
import { parseProgram, programFormat } from './parse.js';
import type { Compared, SideBySide } from './side-by-side.js';

/** A program's file, parsed from JSON or not, and what to call it. */
export interface NamedProgram {
  readonly name: string;
  readonly program: unknown;
}

export type Task =
  | { readonly kind: 'files'; readonly profile: Profile; readonly files: readonly NamedProgram[] }
  /** Generated programs, of the seeds `from` … `from` + `count` − 1. */
  | { readonly kind: 'seeds'; readonly profile: Profile; readonly from: number; readonly count: number }
  /** Every program of up to `depth` choices that begins with the choice `first`. */
  | { readonly kind: 'explore'; readonly profile: Profile; readonly first: number; readonly depth: number };

/** A program on which the two stacks part, or that one of them cannot run. */
export interface Finding {
  readonly profile: Profile;
  readonly name: string;
  readonly program: unknown;
  /** Null where one of the two lacks something for it. */
  readonly difference: Difference | null;
  /** What is lacking; empty where there is a difference. */
  readonly unable: string;
  /** Real OpenSSL answered as the model does when it was asked again: its own random bytes decide that answer. */
  readonly varies: boolean;
}

/** What a batch of a task came to. */
export interface TaskReport {
  readonly profile: Profile;
  /** The last of them, for people. */
  readonly place: string;
  readonly programs: number;
  readonly findings: readonly Finding[];
}

/** Programs of one round trip. */
const batchPrograms = 50;

/**
 * Does a piece of work, reporting as it goes.
 * @throws StackMissing where the line of OpenSSL is not there; ProgramError for a file that is no program
 */
export function* runTask(task: Task, both: SideBySide): Generator<TaskReport, void, void> {
  if (task.kind === 'explore') {
    yield* exploreTask(task, both);
    return;
  }
  const { profile } = task;
  for (const some of batches(task.kind === 'files' ? task.files : generated(task))) {
    const steps = some.map(({ program }) => stepsOf(program, profile));
    const place = some.at(-1)?.name ?? '';
    yield reportOf({ profile, place }, some, both.compare({ profile, ...listed(steps), observed: 'all' }));
  }
}

function* generated({ profile, from, count }: Extract<Task, { kind: 'seeds' }>): Generator<NamedProgram> {
  for (let seed = from; seed < from + count; seed++) {
    // a context in five stays capped where TLS 1.3 is allowed: half of all handshakes come to it
    yield { name: `seed ${seed}`, program: generateProgram({ seed, profile, tls13: seed % 4 !== 0 }) };
  }
}

function* exploreTask(task: Extract<Task, { kind: 'explore' }>, both: SideBySide): Generator<TaskReport, void, void> {
  const batches = explore(task);
  for (let next = batches.next([]); next.done !== true; ) {
    const batch = next.value;
    const compared = both.compare(batch);
    const parted = new Set(compared.parted.map(({ index }) => index));
    // Most programs are never named.
    const named = batch.programs.map((_, index) => (parted.has(index) ? explored(batch, index) : nothing));
    const place = nameOf(batch, batch.programs.length - 1);
    yield reportOf({ profile: task.profile, place }, named, compared);
    next = batches.next(compared.ended);
  }
}

const nothing: NamedProgram = { name: '', program: null };

function explored(batch: ProgramBatch, index: number): NamedProgram {
  const { profile, table, programs } = batch;
  const steps = (programs[index] ?? []).map((at) => table[at]);
  const name = nameOf(batch, index);
  return { name, program: { format: programFormat, name, profile, steps } };
}

function nameOf({ programs }: ProgramBatch, index: number): string {
  const taken = (programs[index] ?? []).slice(prelude.length).map((at) => at - prelude.length);
  return `choices ${taken.join(' ')}`;
}

function reportOf(
  { profile, place }: { readonly profile: Profile; readonly place: string },
  some: readonly NamedProgram[],
  { parted }: Compared,
): TaskReport {
  const findings = parted.map(({ index, ...found }): Finding => {
    const { name, program } = some[index] ?? nothing;
    return { profile, name, program, ...found };
  });
  return { profile, place, programs: some.length, findings };
}

/** The steps of a file that is a program. */
function stepsOf(program: unknown, profile: Profile): readonly unknown[] {
  const file: unknown = typeof program === 'string' ? JSON.parse(program) : program;
  parseProgram(file, { profile });
  return (file as { readonly steps: readonly unknown[] }).steps; // it was parsed just now
}

function* batches<T>(all: Iterable<T>): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length < batchPrograms) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** All steps in one table, and where those of each program stand in it. */
function listed(programs: readonly (readonly unknown[])[]): Pick<ProgramBatch, 'table' | 'programs'> {
  let start = 0;
  const places = programs.map((steps) => {
    const first = start;
    start += steps.length;
    return steps.map((_step, at) => first + at);
  });
  return { table: programs.flat(), programs: places };
}
