/** tools/mutation.mjs can fail: a mutant that nothing could find survives, beside one that is found at once. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Four worlds and two mutants of one file: seconds. */
const short = ['tools/mutation.mjs', '--file', 'cache.ts', '--stages', 'worlds', '--runs', '4', '--jobs', '1'];
const found = 'callback === undefined → false';
/** A label that is put together each time is the same label. */
const equivalent = "this.#holder === '' → true";

test('a mutant is found by a world that it breaks, one that nothing can find survives, and too few found is a failure', (t) => {
  const tool = spawnSync(process.execPath, [...short, '--only', found, '--only', equivalent, '--at-least', '51'], {
    cwd: root,
    encoding: 'utf8',
  });
  t.is(tool.status, 1, tool.stderr);
  const [, mutants, worlds] = /^all +(\d+) +(\d+)/mu.exec(tool.stdout) ?? [];
  t.deepEqual([mutants, worlds], ['2', '1'], tool.stdout);
  t.regex(tool.stdout, / 50\.0 %\n/u);
});

test('a mutant that is none is refused', (t) => {
  const tool = spawnSync(process.execPath, [...short, '--only', 'no such text'], { cwd: root, encoding: 'utf8' });
  t.is(tool.status, 2);
  t.regex(tool.stderr, /there is no such mutant/u);
});
