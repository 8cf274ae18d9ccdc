import test from 'ava';
import { parseProgram } from '../../sim/program/index.js';
import { corpusIndex, corpusPrograms } from './_corpus.js';

const programs = corpusPrograms();

test('every program of the corpus parses, for every profile', (t) => {
  for (const program of programs) {
    for (const profile of ['1.1.1', '3.0', '3.5'] as const) {
      t.notThrows(() => parseProgram(program.text, { profile }), program.file);
    }
  }
});

test('the index names every program, and says of each row with none what the format lacks', (t) => {
  const { rows } = corpusIndex();
  t.deepEqual(rows.flatMap((row) => row.files ?? []).sort(), programs.map((program) => program.file).sort());
  for (const row of rows) t.true((row.files ?? []).length > 0 !== (row.reason ?? '').length > 0, row.row);
  t.is(new Set(rows.map((row) => row.row)).size, rows.length);
  const named = new Set(rows.map((row) => row.row));
  t.deepEqual(
    programs.filter((program) => !named.has(program.row)).map((program) => program.file),
    [],
  );
});

test('every program expects something of each row, at steps that it has', (t) => {
  for (const { file, expect, steps } of programs) {
    t.true(expect.length > 0, file);
    t.true(
      expect.every(({ step }) => step >= 0 && step < steps.length),
      file,
    );
  }
});
