/** `simtls program fuzz` and `exhaust`: what they compare, find and keep. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { choices, parseProgram, prelude, programsAtMost } from '../../sim/program/index.js';
import { profiles, reportClock } from '../../sim/stacks/index.js';
import { newFolder } from '../_folder.js';
import { simtls } from './_command.js';
import { runningProfile } from './_programs.js';

const running = ['--profile', runningProfile, '--any-patch'];
/** Where there is no clock to move, programs that move it are not run, which is told. */
const held = reportClock().ok ? 0 : 4;
const json = (text: string): unknown => JSON.parse(text);

test('a short fuzz finds the stacks alike, and says how many programs it made', async (t) => {
  const { code, out } = await simtls(['program', 'fuzz', '--count', '60', '--seed', '400', ...running]);
  t.is(code, held, out);
  t.regex(out, new RegExp(`${runningProfile}\\s+60\\s+0\\s+`));
});

test('what a broken model does otherwise is found, cut down, and kept with what OpenSSL does', async (t) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ format: 'simtls-corpus/1', rows: [] }));
  const defect = ['--defect', 'evict-callback-after-free'];
  const args = ['program', 'fuzz', '--count', '300', '--first', '--out', folder, '--json', ...defect, ...running];
  const { code, out } = await simtls(args);
  t.is(code, 1, out);
  const { findings, kept } = json(out) as { findings: { unable?: string }[]; kept: string[] };
  t.true(kept.length > 0);
  t.is(findings.filter(({ unable }) => unable === undefined).length, kept.length);
  const path = kept[0] ?? '';
  const found = json(readFileSync(path, 'utf8')) as { row: string; steps: unknown[]; expect: { field: string }[] };
  t.true(found.steps.length < 16, `${found.steps.length} steps`);
  t.is(found.expect[0]?.field, 'crash');
  const index = json(readFileSync(join(folder, 'index.json'), 'utf8')) as { rows: { row: string; files: string[] }[] };
  t.true(index.rows.some(({ row, files }) => row === found.row && files[0] === `${row}.json`));
  t.is(readdirSync(folder).length, kept.length + 1);
  // The file is a program on which the stacks part with the defect, and agree without it.
  t.is((await simtls(['program', 'diff', path, '--any-patch', ...defect])).code, 1);
  t.is((await simtls(['program', 'diff', path, '--any-patch'])).code, 0);
});

test('what was found before a fault of ours ends the run is kept', async (t) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ format: 'simtls-corpus/1', rows: [] }));
  const args = ['program', 'fuzz', '--count', '150', '--out', folder, '--defect', 'evict-callback-after-free'];
  let asked = 0;
  const { code, out, err } = await simtls([...args, ...running], '', () => {
    asked += 1;
    // the second batch of programs tells how far it is; what the first found is known by then
    if (asked === 4) throw new Error('a fault that was planted');
    return 0;
  });
  t.is(code, 3);
  t.regex(err, /a fault that was planted/u);
  t.regex(out, /stopped before its end/u);
  t.true(readdirSync(folder).length > 1, out);
});

test('the folder for findings is made before anything is run', async (t) => {
  const folder = join(newFolder(), 'not', 'there');
  const isThere: boolean[] = [];
  // the clock is asked when the programs begin
  await simtls(['program', 'fuzz', '--count', '1', '--out', folder, ...running], '', () =>
    isThere.push(existsSync(folder)),
  );
  t.true(isThere[0]);
});

test('where the folder for findings cannot be made, nothing is run', async (t) => {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  for (const kind of [
    ['fuzz', '--count', '1'],
    ['exhaust', '--depth', '1'],
  ]) {
    let asked = 0;
    const { code, err } = await simtls(
      ['program', ...kind, '--out', join(file, 'below'), ...running],
      '',
      () => ++asked,
    );
    t.is(code, 2);
    t.regex(err, /--out .*below: expected a folder/u);
    t.is(asked, 0);
  }
});

test('a time that is over ends a fuzz with what it has', async (t) => {
  const clock = { ms: 0 };
  const args = ['program', 'fuzz', '--count', '1000000', '--time', '10s', ...running];
  const { code, out } = await simtls(args, '', () => {
    clock.ms += 1000;
    return clock.ms;
  });
  t.is(code, held, out);
  t.regex(out, /programs in /);
});

test('there are 40 choices, each with a prelude of its own that any may follow', (t) => {
  t.is(choices.length, 40);
  t.is(new Set(choices.map((one) => JSON.stringify(one))).size, 40);
  for (const profile of profiles) {
    const steps = [...prelude, ...choices];
    t.notThrows(() => parseProgram({ format: 'simtls-program/1', profile, steps }));
  }
  t.true(
    choices.every((one) => one.let === undefined),
    'a choice that is made twice would bind its name twice',
  );
  t.is(programsAtMost(3), 40 + 1600 + 64_000);
});

test('every program of one and two choices is alike on both stacks', async (t) => {
  const { code, out } = await simtls(['program', 'exhaust', '--depth', '2', ...running]);
  t.is(code, 0, out);
  t.regex(out, new RegExp(`${runningProfile}\\s+1640\\s+0\\s+`));
});

test('what is asked wrongly is told', async (t) => {
  for (const args of [
    ['fuzz', '--count', '0'],
    ['fuzz', '--time', '5'],
    ['fuzz', '--profile', '2.0'],
    ['exhaust', '--depth', '9'],
  ]) {
    t.is((await simtls(['program', ...args])).code, 2, args.join(' '));
  }
});
