import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type PlanSource, scenarioSource } from '../../sim/campaign/index.js';
import { parsePlan } from '../../sim/plan/index.js';
import { runPlan } from '../../sim/world/index.js';
import { times } from '../_whole.js';
import { simtls } from './_command.js';
import { profiles, scenarios } from './_scenarios.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const seeds = ['1', '2', '3'];
/** The seeds of which every draw and event is compared; of the others it is the fingerprint, which holds every event. */
const close = seeds.slice(0, times(1, seeds.length));

interface Run {
  readonly source: PlanSource;
  readonly profile: (typeof profiles)[number];
  readonly seed: string;
  /** As fingerprints.json and the probe have it. */
  readonly name: string;
}

/** What tools/determinism/probe.mjs makes of runs in processes of their own. */
interface Probe {
  made(run: Run, tell?: (kind: 'draw' | 'event', line: string) => void): string;
  readonly Digests: new () => { add(kind: 'draw' | 'event', line: string): void; end(): string };
}
const { made, Digests } = (await import(`${root}tools/determinism/made.mjs`)) as Probe;

interface Told {
  readonly draws: readonly string[];
  readonly events: readonly string[];
  readonly fingerprint: string;
}

/** Records and runs, everything written down. */
function told(run: Run): Told {
  const lines = { draw: [] as string[], event: [] as string[] };
  const fingerprint = made(run, (kind, line) => lines[kind].push(line));
  return { draws: lines.draw, events: lines.event, fingerprint };
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

/** Every scenario under every profile and these seeds, in the probe's order. */
function runsUnder(seeds: readonly string[]): readonly Run[] {
  return scenarios
    .map(scenarioSource)
    .flatMap((source) =>
      profiles.flatMap((profile) =>
        seeds.map((seed) => ({ source, profile, seed, name: `${source.name} ${profile} ${seed}` })),
      ),
    );
}
/** What each came to, made in that order. */
const first = new Map(runsUnder(close).map((run) => [run.name, told(run)]));

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

test('each run has the same draws and events again, with other runs in between, and from its plan as JSON', (t) => {
  for (const run of runsUnder(close).toReversed()) {
    const { source, seed, profile, name } = run;
    const before = first.get(name)!;
    t.true(before.draws.length > 0, name);
    t.is(firstDifference(told(run), before), undefined, name);
    const { fingerprint, events } = runPlan(parsePlan(JSON.stringify(source.plan({ seed, profile }))));
    t.is(fingerprint, before.fingerprint, `${name}, read back, and with nothing written down`);
    t.is(events, before.events.length, name);
  }
});

test('fingerprints are those that test/sim/fingerprints.json holds (`node tools/determinism.mjs --pin` writes it anew)', (t) => {
  const held: unknown = JSON.parse(readFileSync(`${root}test/sim/fingerprints.json`, 'utf8'));
  const fingerprintOf = (run: Run): string => first.get(run.name)?.fingerprint ?? made(run);
  t.deepEqual(Object.fromEntries(runsUnder(seeds).map((run) => [run.name, fingerprintOf(run)])), held);
});

test.serial(
  'draws, events and bytes are the same in another process, time zone, locale and folder, and with another Math.random',
  async (t) => {
    const args = ['--count', String(close.length), '--trace', '--order', 'reversed'];
    const there = await fresh('tools/determinism/probe.mjs', args, {
      env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' },
      cwd: tmpdir(),
      flags: ['--random-seed=7', '--max-semi-space-size=1'],
    });
    const here = [...first].map(([name, { draws, events, fingerprint }]) => {
      const digests = new Digests();
      for (const line of draws) digests.add('draw', line);
      for (const line of events) digests.add('event', line);
      return `${name} ${fingerprint} ${digests.end()}`;
    });
    t.is(here.length, scenarios.length * profiles.length * close.length);
    t.deepEqual(there.out.trimEnd().split('\n').reverse(), here, there.err);
  },
);

function canary(name: string): string {
  return `${root}dist/test/sim/_canaries/${name}.js`;
}

const replay = /\nreplay: simtls run \S+\.js --seed 1 --profile 3\.0 --verify\n/u;

for (const cheat of ['clock', 'random', 'module', 'memory']) {
  test(`--verify catches the canary "${cheat}": exit 3, naming the draw and the step`, async (t) => {
    const { code, err } = await simtls(['run', canary(cheat), '--verify']);
    t.is(code, 3);
    t.regex(err, /differed: draw \d+ was ".+ at \d+ µs", then ".+ at \d+ µs"\n/u);
    t.regex(err, /\nThe recordings differ already: step 5 was ".+sleep.+", then ".+sleep.+"\n/u);
    t.regex(err, replay);
  });
}

test('--verify catches a canary that cheats after the last draw by the event that differs', async (t) => {
  const { code, err } = await simtls(['run', canary('late'), '--verify']);
  t.is(code, 3);
  t.regex(err, /differed: all \d+ draws were equal, the last ".+", but event \d+ was ".+", then ".+"\n/u);
  t.regex(err, replay);
});

test.serial('canaries that no process can notice by itself are caught by comparing several', async (t) => {
  const cheats = ['process', 'zone'];
  for (const cheat of cheats) t.is((await simtls(['run', canary(cheat), '--verify'])).code, 0, cheat);
  const { code, out } = await fresh('tools/determinism.mjs', ['--count', '1', ...cheats.map(canary)]);
  t.is(code, 1);
  for (const cheat of cheats) {
    const parts = `canary-${cheat} \\S+ 1 differs \\(".+"\\) from here on:\n {2}(event|draw) .+\n {2}(event|draw) .+`;
    t.regex(out, new RegExp(parts, 'u'));
  }
});

/** What the heap may grow by over 240 worlds, where each that is kept takes more than 10,000. Code that V8 compiles when it has run often is kept out of it. */
const growthBytesMax = 300_000;
const compiledAtOnce = ['--no-opt', '--no-maglev', '--always-sparkplug'];
/** Each scenario and more. */
const worlds = 60;

test.serial('a campaign keeps a flat heap: five times the worlds, the same memory', async (t) => {
  const { out } = await fresh('dist/test/sim/_heap.js', [String(worlds)], {
    flags: ['--expose-gc', ...compiledAtOnce],
  });
  const { first, last } = JSON.parse(out) as { first: number; last: number };
  t.true(first > 0);
  t.true(last - first < growthBytesMax, `${first} bytes after ${worlds} worlds, ${last} after ${5 * worlds}`);
});
