/** `simtls/testing` and `simtls/fast-check`: the examples of their page under the runners that it names, and what it says of options. */
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
import fc from 'fast-check';
import { type PlanDraw, parseFinding, scenarioSource } from '../../sim/campaign/index.js';
import { arbitraryPlan, arbitraryProgram } from '../../sim/fast-check/index.js';
import { parsePlan, toPlan } from '../../sim/plan/index.js';
import { parseProgram } from '../../sim/program/index.js';
import { type Scenario, scenario } from '../../sim/scenario/index.js';
import { HoldsError, type HoldsOptions, holds, TestingError } from '../../sim/testing/index.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(root, 'docs/testing.md'), 'utf8');
const shown = /^```text\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '?';

/** A project of its own that has the files of the page, and what they import installed. */
async function inProject(use: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'simtls-testing-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/simtls'));
    for (const name of ['ava', 'vitest', 'fast-check']) {
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    }
    writeFileSync(join(folder, 'package.json'), '{"name":"mine","type":"module"}');
    for (const [, name = '', body = ''] of page.matchAll(/^```js\n\/\/ ([^\s,]+).*\n([\s\S]*?)^```$/gm)) {
      writeFileSync(join(folder, name), body);
    }
    // Vitest takes what lies in node_modules as it is; a link leads out of it.
    const external = 'export default { test: { server: { deps: { external: [/\\/dist\\//] } } } };';
    writeFileSync(join(folder, 'vitest.config.mjs'), external);
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function node(folder: string, ...args: string[]): { readonly status: number | null; readonly out: string } {
  const env = { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
  return { status, out: stdout + stderr };
}

test.serial(
  'the examples do under AVA, node:test and vitest what their page says, and the replay line shows it',
  async (t) => {
    await inProject((folder) => {
      const file = /^shrunk plan: (\S+)/m.exec(shown)?.[1] ?? '?';
      const lines = shown.trim().split('\n');
      const runners: readonly (readonly string[])[] = [
        [
          join(root, 'node_modules/ava/entrypoints/cli.mjs'),
          ...readdirSync(folder).filter((name) => name.endsWith('.test.mjs')),
        ],
        ['--test', 'pool.node.mjs'],
        [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'pool.spec.mjs'],
      ];
      for (const [i, runner] of runners.entries()) {
        const { status, out } = node(folder, ...runner);
        t.is(status, 1, out);
        for (const line of lines) t.true(out.includes(line), `${line}\n${out}`);
        t.true(existsSync(join(folder, file)));
        if (i === 0) {
          t.regex(out, /\b1 test failed/);
          t.is(out.match(/^ +✔ /gm)?.length, 8, out);
        } else rmSync(join(folder, file));
        if (i === 0) t.is(node(folder, join(root, 'dist/sim/cli/main.js'), 'replay', file).status, 1);
      }
    });
  },
);

/** Breaks a rule of the manual in every other seed. */
const hasty: Scenario = scenario({
  name: 'hasty',
  title: 'a client that keeps a session and goes without a word now and then',
  answers: 'is it seen?',
  tls: '1.2',
  record(w) {
    const server = w.server();
    const client = w.client();
    const connection = client.context().connection();
    connection.open(server);
    connection.session();
    if (w.draw.chance('closes', { oneIn: 2 })) connection.close();
    connection.free();
    client.exit();
  },
});

/** One that closes. */
const quietSeed = '1';
const { plan: hastyPlan } = scenarioSource(hasty);

test('a failure is kept where the caller says, with what a report needs, and can be run by itself', async (t) => {
  await inProject(async (folder) => {
    const kept = join(folder, 'a/b');
    const error = await t.throwsAsync(holds(hasty, { seeds: 20, profiles: ['3.5'], folder: kept }), {
      instanceOf: HoldsError,
    });
    t.regex(error.message, /^seed \d+, profile 3\.5: hasty does not hold\nshrunk plan: .*\nreplay: npx simtls replay /);
    t.is(error.failure.invariant, 'held-session-stays-resumable');
    const finding = parseFinding(readFileSync(error.file, 'utf8'));
    t.is(finding.found.seed, error.seed);
    t.is(finding.replay, error.replay);
    const again = await t.throwsAsync(holds(hasty, { plan: error.file, folder: kept }), { instanceOf: HoldsError });
    t.is(again.failure.group, error.failure.group);
  });
});

test('a failure of code is cut, and its plan shows it again with the functions of the test', async (t) => {
  const coded = scenario({
    name: 'coded',
    title: 'code that throws when it is told to',
    answers: 'is it cut?',
    codes: {
      quiet: () => 1,
      loud({ given }) {
        if (given === true) throw new RangeError('told to');
      },
    },
    record(w) {
      const client = w.client();
      for (let i = 0; i < 5; i += 1) client.code('quiet');
      client.code('loud', { given: w.draw.chance('loud', { oneIn: 2 }) });
      client.code('quiet');
    },
  });
  await inProject(async (folder) => {
    const error = await t.throwsAsync(holds(coded, { seeds: 20, profiles: ['3.0'], folder }), {
      instanceOf: HoldsError,
    });
    t.regex(
      error.message,
      /\nreplay: await holds\(SCENARIO, \{ plan: "\S+coded-\S+\.json" \}\) \/\/ SCENARIO is coded\n/,
    );
    t.is(parsePlan(readFileSync(error.file, 'utf8')).steps.length, 1);
    const again = await t.throwsAsync(holds(coded, { plan: error.file, folder }), { instanceOf: HoldsError });
    t.is(again.failure.group, error.failure.group);
  });
});

test('seeds, lines and faults are those that were asked for', async (t) => {
  const drawn: string[] = [];
  const noted = {
    name: 'noted',
    plan: (draw: PlanDraw) => {
      drawn.push(`${draw.seed} ${draw.profile} ${JSON.stringify(draw.swarm ?? null)}`);
      return hastyPlan({ profile: draw.profile, seed: quietSeed });
    },
  };
  t.deepEqual(await holds(noted, { seeds: ['7', 9], profiles: ['3.0', '3.5'] }), { runs: 4, refused: [] });
  await holds(noted, { seeds: 1, profiles: ['3.0'], faults: ['cut'] });
  await holds(noted, { seeds: 1, profiles: ['3.0'], faults: 'all' });
  t.deepEqual(drawn, ['7 3.0 null', '7 3.5 null', '9 3.0 null', '9 3.5 null', '1 3.0 {"faults":["cut"]}', '1 3.0 {}']);
});

test('wrong options are refused by name, and a test that ran nothing is none', async (t) => {
  const wrong: readonly (readonly [options: unknown, text: RegExp])[] = [
    [{}, /seeds is a number from 1 or a list of seeds, not undefined/],
    [{ seeds: 0 }, /seeds is a number from 1/],
    [{ seeds: 1.5 }, /seeds is a number from 1/],
    [{ seeds: [] }, /seeds is a number from 1/],
    [{ seeds: 1, profiles: ['2.0'] }, /profiles is a list of 1\.1\.1, 3\.0, 3\.5, not \["2\.0"\]/],
    [{ seeds: 1, profiles: [] }, /profiles is a list/],
    [{ seeds: 1, faults: ['earthquake'] }, /faults is 'all', or a list of .*cut.*; not \["earthquake"\]/],
    [{ seeds: 1, plan: 'x.json' }, /leave out one of them/],
    [{ seeds: 1, seed: 2 }, /no option "seed": it has seeds, profiles/],
    [undefined, /takes options beside what it runs, such as \{ seeds: 500 \}, not undefined/],
    [{ plan: 'not-there.json' }, /not-there\.json is none: ENOENT/],
    [{ plan: 'package.json' }, /package\.json is none: at \/format/],
  ];
  for (const [options, message] of wrong) {
    await t.throwsAsync(holds(hasty, options as HoldsOptions), { instanceOf: TestingError, message });
  }
  await t.throwsAsync(holds({} as Scenario, { seeds: 1 }), { instanceOf: TestingError, message: /what scenario\(\)/ });
  const unknown = {
    name: 'unknown',
    plan: () => ({ ...hastyPlan({ seed: '1', profile: '3.0' }), steps: [{ id: 'a', on: 'client', call: 'fly' }] }),
  };
  await t.throwsAsync(holds(unknown as never, { seeds: 1 }), { instanceOf: TestingError, message: /nothing was run/ });
});

test('where the shrunk plan cannot be written, the failure is told with its seed all the same', async (t) => {
  const error = await t.throwsAsync(holds(hasty, { seeds: 20, profiles: ['3.0'], folder: 'package.json' }), {
    instanceOf: HoldsError,
  });
  t.is(error?.file, '');
  t.regex(error?.message ?? '', /^seed \d+, profile 3\.0: .* does not hold\nshrunk plan: not written: E/);
  t.regex(error?.message ?? '', /\nreplay: the same test, with \{ seeds: \["\d+"\], profiles: \["3\.0"\] \}\n/);
});

test('counterexamples are cut to what the property is about, and what is cut is still a plan or a program', (t) => {
  const isPlan = fc.check(
    fc.property(arbitraryPlan(hasty, '3.0'), (plan) => {
      toPlan(plan);
      return !plan.steps.some(({ call }) => call === 'close');
    }),
    { seed: 1, numRuns: 3 },
  );
  t.deepEqual(
    isPlan.counterexample?.[0].steps.map(({ call }) => call),
    ['close'],
  );
  const isProgram = fc.check(
    fc.property(arbitraryProgram('3.0'), (program) => {
      parseProgram(program);
      return !program.steps.some(({ call }) => call === 'SSL_free');
    }),
    { seed: 1, numRuns: 20 },
  );
  const calls = isProgram.counterexample?.[0].steps.map(({ call }) => call) ?? [];
  t.is(calls.at(-1), 'SSL_free');
  t.true(calls.includes('SSL_new') && calls.length <= 4, calls.join());
});
