import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { openModel } from '../../sim/stacks/index.js';
import { differences, profileNames } from '../../src/index.js';
import { profileOf } from '../../src/profile/index.js';
import { answersOf, changesIn, manualLine, manualRows, shownDifferences } from './_answers.js';
import { simtls } from './_command.js';

const page = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

test('every key of the profiles has its row, with other words where the value is another', (t) => {
  const keys = Object.keys(profileOf('3.0')).filter((key) => key !== 'name');
  t.deepEqual(differences.flatMap(({ key }) => key ?? []).sort(), keys.sort());
  for (const { key, what, answers, since } of differences) {
    t.deepEqual(changesIn(answers), since, key ?? what);
    t.true(since.length > 0, key ?? what);
  }
});

test('the program of a difference answers otherwise on the lines that part', (t) => {
  for (const { name, since, program, place } of shownDifferences()) {
    // The text of an alert is another in 3.5 besides.
    const changes = changesIn(answersOf(program, place, (profile) => openModel({ profile })));
    t.true(
      since.every((one) => changes.includes(one)),
      name,
    );
  }
});

test('the test of a difference is there', (t) => {
  for (const { shown } of differences) {
    if ('test' in shown) t.true(page(shown.test).includes(shown.title), shown.title);
  }
});

test('simtls profiles prints every row, and the page has the same table', async (t) => {
  const { code, out } = await simtls(['profiles']);
  t.is(code, 0);
  for (const { what } of differences) t.true(out.includes(what), what);
  t.deepEqual(JSON.parse((await simtls(['profiles', '--json'])).out), JSON.parse(JSON.stringify(differences)));
  const { out: table } = await simtls(['profiles', '--markdown']);
  t.true(page('docs/profiles.md').endsWith(`\n\n${table}`), 'npx simtls profiles --markdown');
});

test('what the page says of the manual is what the programs answer', (t) => {
  const lines = page('docs/manual-and-openssl.md').split('\n');
  const rows = manualRows();
  t.true(rows.length > 25);
  for (const row of rows) {
    const answers = answersOf(row.program, row.place, (profile) => openModel({ profile }));
    const line = manualLine(row, answers);
    t.true(lines.includes(line), line);
  }
  t.is(profileNames.length, 3);
});
