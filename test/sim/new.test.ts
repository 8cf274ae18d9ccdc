/** `simtls new`: what it writes works as it is written. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const main = join(root, 'dist/sim/cli/main.js');
const ava = join(root, 'node_modules/ava');

/** A project of its own that has simtls and AVA installed. */
function inProject(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'simtls-new-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/simtls'));
    symlinkSync(ava, join(folder, 'node_modules/ava'));
    writeFileSync(join(folder, 'package.json'), '{"name":"mine","type":"module"}');
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function node(folder: string, ...args: string[]): { status: number | null; out: string } {
  const env = { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
  return { status, out: stdout + stderr };
}

test('new writes a scenario and its test, and both work as written', (t) => {
  inProject((folder) => {
    const made = node(folder, main, 'new', 'my-pool');
    t.is(made.status, 0, made.out);
    t.deepEqual(readdirSync(join(folder, 'scenarios')).sort(), ['my-pool.mjs', 'my-pool.test.mjs']);
    const run = node(folder, main, 'run', './scenarios/my-pool.mjs', '--count', '20', '--profile', 'all');
    t.is(run.status, 0, run.out);
    t.regex(run.out, /my-pool +60 {2}pass/);
    const tested = node(folder, join(ava, 'entrypoints/cli.mjs'));
    t.is(tested.status, 0, tested.out);
    t.regex(tested.out, /4 tests passed/, 'AVA finds it by itself');
  });
});

test('new refuses a name that is none, and writes over nothing', (t) => {
  inProject((folder) => {
    t.is(node(folder, main, 'new', 'My Pool').status, 2);
    t.false(existsSync(join(folder, 'scenarios')));
    t.is(node(folder, main, 'new', 'pool').status, 0);
    const path = join(folder, 'scenarios/pool.mjs');
    const before = readFileSync(path, 'utf8');
    rmSync(join(folder, 'scenarios/pool.test.mjs'));
    const again = node(folder, main, 'new', 'pool');
    t.is(again.status, 2);
    t.regex(again.out, /scenarios\/pool\.mjs is there already: nothing is written/);
    t.is(readFileSync(path, 'utf8'), before);
    t.false(existsSync(join(folder, 'scenarios/pool.test.mjs')));
  });
});
