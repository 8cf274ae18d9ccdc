import { existsSync } from 'node:fs';
import test from 'ava';
import {
  Comparison,
  type Line,
  parseProgram,
  runProgram,
  type Unfulfilled,
  unfulfilled,
  writeLine,
} from '../../sim/program/index.js';
import { openModel, type Profile, profiles, reportClock, type Stack } from '../../sim/stacks/index.js';
import { type CorpusProgram, corpusIndex, corpusPrograms } from './_corpus.js';
import { openRunning, runningProfile } from './_programs.js';

const programs = corpusPrograms();
const pool = openRunning();
test.after.always(() => pool.close());

/** What a program expects in vain of a fresh stack, which is ended. */
function vain({ text, expect }: CorpusProgram, profile: Profile, stack: Stack): readonly Unfulfilled[] {
  try {
    return unfulfilled(expect, [...runProgram(parseProgram(text, { profile }), stack)].map(writeLine), profile);
  } finally {
    stack.end();
  }
}

test('every program of the corpus parses, for every profile', (t) => {
  for (const program of programs) {
    for (const profile of profiles) t.notThrows(() => parseProgram(program.text, { profile }), program.file);
  }
});

test('the index names every program, or a test that asks both stacks, and says of each row with neither what the format lacks', (t) => {
  const { rows } = corpusIndex();
  const files = programs.map((program) => program.file).sort();
  t.deepEqual(rows.flatMap((row) => row.files ?? []).sort(), files);
  for (const { row, files: of = [], tests = [], reason = '' } of rows) {
    t.true(of.length + tests.length > 0 !== reason.length > 0, row);
    for (const path of tests) t.true(existsSync(new URL(`../../../${path}`, import.meta.url)), `${row}: ${path}`);
  }
  t.is(new Set(rows.map((row) => row.row)).size, rows.length);
  const fileOfRow = new Map(rows.flatMap(({ row, files: of = [] }) => of.map((file) => [file, row] as const)));
  for (const program of programs) t.is(fileOfRow.get(program.file), program.row);
});

test('every program expects something, at steps that it has', (t) => {
  for (const { file, expect, steps } of programs) {
    t.true(expect.length > 0, file);
    t.true(
      expect.every(({ step }) => step >= 0 && step < steps.length),
      file,
    );
  }
});

test('an expectation that is not met is reported with what was found', (t) => {
  const lines = [
    '{"step":0,"call":"SSL_CTX_free","ret":null,"errors":[],"events":[{"remove":"a","ctx":"c"}],"handles":{}}',
  ];
  const expectations = [
    { step: 0, field: 'events.remove', value: ['a'] },
    { step: 0, field: 'events.remove', byProfile: { '3.0': ['b'] } },
    { step: 0, field: 'handles.c', value: null },
    { step: 1, field: 'ret', value: 1 },
  ];
  t.deepEqual(unfulfilled(expectations, lines, '3.0'), [
    { step: 0, field: 'events.remove', expected: ['b'], found: ['a'] },
    { step: 1, field: 'ret', expected: 1, found: null },
  ]);
});

/** Those that real OpenSSL can run here: where its clock cannot be moved, no other time comes. */
const runnable = reportClock().ok ? programs : programs.filter(({ text }) => !text.includes('"sim_clock"'));

for (const profile of profiles) {
  test(`every program of the corpus has its outcome on the model of ${profile}`, (t) => {
    for (const program of programs) t.deepEqual(vain(program, profile, openModel({ profile })), [], program.file);
  });
}

test('every program of the corpus has its outcome on the OpenSSL of this node, and shows the same on the model', (t) => {
  if (runnable.length < programs.length) t.log(`without those that move the clock: ${reportClock().advice}`);
  for (const { file, text, expect } of runnable) {
    const program = parseProgram(text, { profile: runningProfile });
    const libssl = pool.open();
    const theirs = [...runProgram(program, libssl)];
    libssl.end();
    t.deepEqual(unfulfilled(expect, theirs.map(writeLine), runningProfile), [], file);
    const ours = [...runProgram(program, openModel({ profile: runningProfile }))];
    t.is(ours.length, theirs.length, file);
    const comparison = new Comparison();
    for (const [n, line] of theirs.entries())
      t.is(comparison.next(ours[n] as Line, line), undefined, `${file}, step ${n}`);
  }
});
