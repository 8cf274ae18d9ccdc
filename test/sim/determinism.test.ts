import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { parsePlan } from '../../sim/plan/index.js';
import { recordPlan, type Scenario } from '../../sim/scenario/index.js';
import { traceLine } from '../../sim/trace/index.js';
import { runPlan } from '../../sim/world/index.js';
import { profiles, scenarios } from './_scenarios.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const seeds = ['1', '2', '3'];
const othersEach = 6;

interface Told {
  readonly draws: readonly string[];
  readonly events: readonly string[];
  readonly fingerprint: string;
}

/** Records and runs, everything written down. */
function told(scenario: Scenario, seed: string, profile: (typeof profiles)[number]): Told {
  const draws: string[] = [];
  const events: string[] = [];
  const onDraw = (...draw: readonly unknown[]): unknown => draws.push(draw.join(' '));
  const { fingerprint } = runPlan(recordPlan(scenario, { seed, profile, onDraw }), {
    onDraw,
    trace: (event) => events.push(traceLine(event)),
  });
  return { draws, events, fingerprint };
}

/** Where two runs part, without the patience that a whole comparison of so many lines needs. */
function firstDifference(one: Told, two: Told): string | undefined {
  for (const kind of ['draws', 'events'] as const) {
    const [ones, twos] = [one[kind], two[kind]];
    const length = Math.max(ones.length, twos.length);
    for (let i = 0; i < length; i++) if (ones[i] !== twos[i]) return `${kind} ${i}: ${ones[i]} and ${twos[i]}`;
  }
  return one.fingerprint === two.fingerprint ? undefined : 'fingerprint';
}

/** Every scenario under every profile and some seeds. */
function* runs(): Generator<{ scenario: Scenario; profile: (typeof profiles)[number]; seed: string; name: string }> {
  for (const scenario of scenarios) {
    for (const profile of profiles) {
      for (const seed of seeds) yield { scenario, profile, seed, name: `${scenario.name} ${profile} ${seed}` };
    }
  }
}

/** Some that run in between: each runs before some other, and after some. */
function othersOf(scenario: Scenario): readonly Scenario[] {
  const from = scenarios.indexOf(scenario) + 1;
  return [...scenarios, ...scenarios].slice(from, from + othersEach);
}

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly flags?: readonly string[];
}

/** Runs a file of the project in a process of its own. */
async function fresh(file: string, args: readonly string[], surroundings: Surroundings = {}): Promise<Said> {
  const { env = {}, cwd = root, flags = [] } = surroundings;
  const child = spawn(process.execPath, [...flags, `${root}${file}`, ...args], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...said };
}

for (const scenario of scenarios) {
  test(`${scenario.name}: the same draws and events twice, with other runs in between, and from its plan as JSON`, (t) => {
    for (const profile of profiles) {
      const before = seeds.map((seed) => told(scenario, seed, profile));
      for (const other of othersOf(scenario)) runPlan(recordPlan(other, { seed: '11', profile }));
      for (const [i, seed] of [...seeds.entries()].reverse()) {
        t.is(firstDifference(told(scenario, seed, profile), before[i]!), undefined, `seed ${seed}, profile ${profile}`);
        const plan = recordPlan(scenario, { seed, profile });
        const { fingerprint, events } = runPlan(parsePlan(JSON.stringify(plan)));
        t.is(fingerprint, before[i]!.fingerprint, 'read back, and with nothing written down');
        t.is(events, before[i]!.events.length);
      }
      t.true(before.every((one) => one.draws.length > 0));
    }
  });
}

test('fingerprints are those that test/sim/fingerprints.json holds (`node tools/determinism.mjs --pin` writes it anew)', (t) => {
  const held: unknown = JSON.parse(readFileSync(`${root}test/sim/fingerprints.json`, 'utf8'));
  const found: Record<string, string> = {};
  for (const { scenario, profile, seed, name } of runs()) {
    found[name] = runPlan(recordPlan(scenario, { seed, profile })).fingerprint;
  }
  t.deepEqual(found, held);
});

test.serial(
  'draws, events and bytes are the same in another process, time zone, locale and folder, and with another Math.random',
  async (t) => {
    const args = ['--count', String(seeds.length), '--trace'];
    const [here, there] = await Promise.all([
      fresh('tools/determinism/probe.mjs', args, { env: { TZ: 'UTC', LC_ALL: 'C' } }),
      fresh('tools/determinism/probe.mjs', [...args, '--order', 'reversed'], {
        env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' },
        cwd: tmpdir(),
        flags: ['--random-seed=7', '--max-semi-space-size=1'],
      }),
    ]);
    t.is(here.err, '');
    const lines = here.out.trimEnd().split('\n');
    t.is(lines.length, scenarios.length * profiles.length * seeds.length);
    t.deepEqual(there.out.trimEnd().split('\n').reverse(), lines);
  },
);

const main = 'dist/sim/cli/main.js';
const replay = /\nreplay: simtls run \S+\.js --seed 1 --profile 3\.0 --verify\n/u;

for (const cheat of ['clock', 'random', 'module', 'memory']) {
  test.serial(`--verify catches the canary "${cheat}": exit 3, naming the draw and the step`, async (t) => {
    const { code, err } = await fresh(main, ['run', `${root}dist/test/sim/_canaries/${cheat}.js`, '--verify']);
    t.is(code, 3);
    t.regex(err, /differed: draw \d+ was ".+ at \d+ µs", then ".+ at \d+ µs"\n/u);
    t.regex(err, /\nThe recordings differ already: step 5 was ".+sleep.+", then ".+sleep.+"\n/u);
    t.regex(err, replay);
  });
}

test.serial('--verify catches a canary that cheats after the last draw by the event that differs', async (t) => {
  const { code, err } = await fresh(main, ['run', `${root}dist/test/sim/_canaries/late.js`, '--verify']);
  t.is(code, 3);
  t.regex(err, /differed: all \d+ draws were equal, the last ".+", but event \d+ was ".+", then ".+"\n/u);
  t.regex(err, replay);
});

for (const cheat of ['process', 'zone']) {
  test.serial(
    `the canary "${cheat}", which no process can notice by itself, is caught by comparing several`,
    async (t) => {
      const path = `${root}dist/test/sim/_canaries/${cheat}.js`;
      t.is((await fresh(main, ['run', path, '--verify'])).code, 0);
      const { code, out } = await fresh('tools/determinism.mjs', ['--count', '1', path]);
      t.is(code, 1);
      t.regex(
        out,
        new RegExp(
          `canary-${cheat} 3\\.0 1 differs \\(".+"\\) from here on:\n {2}(event|draw) .+\n {2}(event|draw) .+`,
          'u',
        ),
      );
    },
  );
}

/** What the heap may grow by over 400 worlds, where each that is kept takes more than 10,000. Code that V8 compiles, the more of it the more there is to simulate, is kept out of it. */
const growthBytesMax = 300_000;
const uncompiled = ['--no-opt', '--no-sparkplug', '--no-maglev'];

test.serial('a campaign keeps a flat heap: five times the worlds, the same memory', async (t) => {
  const { out } = await fresh('dist/test/sim/_heap.js', ['100'], { flags: ['--expose-gc', ...uncompiled] });
  const { first, last } = JSON.parse(out) as { first: number; last: number };
  t.true(first > 0);
  t.true(last - first < growthBytesMax, `${first} bytes after 100 worlds, ${last} after 500`);
});
