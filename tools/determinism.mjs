// Shows that a seed fixes a run: every scenario under many seeds, in processes that differ in all that must not matter. Prints a table;
// exits 1 where two runs of one seed differ, with the scenario, the seed, and the draw or event at which they part.
//
//   node tools/determinism.mjs [SCENARIO…] [--count 100] [--first 1] [--node PATH]…
//   node tools/determinism.mjs --pin       writes the fingerprints that the tests hold (test/sim/fingerprints.json)
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const probe = join(root, 'tools', 'determinism', 'probe.mjs');
const pinned = join(root, 'test', 'sim', 'fingerprints.json');
/** Seeds whose fingerprints are pinned. */
const pinnedSeeds = 3;
/** Differing runs that are followed up to the place where they part, each of another scenario. */
const followedMax = 5;
/** Processes at one time. */
const atOnce = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '100' },
    first: { type: 'string', default: '1' },
    node: { type: 'string', multiple: true, default: [] },
    pin: { type: 'boolean', default: false },
  },
});
const scenarios = positionals.map((name) => (existsSync(name) ? resolve(name) : name));

if (values.pin) await pin();
else process.exitCode = await compareAll();

/** Every way of making the runs that must come to the same. The first is what the others are compared with. */
async function variants(elsewhere) {
  const plain = { env: { TZ: 'UTC', LC_ALL: 'C' }, cwd: root, node: process.execPath, flags: [], args: ['--trace'] };
  const newer = join(
    root,
    '.openssl',
    '3.5',
    'node_modules',
    `node-${process.platform}-${process.arch}`,
    'bin',
    'node',
  );
  if (!existsSync(newer)) process.stderr.write('no newer Node to compare with: npm run openssl installs one\n');
  const others = [...(existsSync(newer) ? [newer] : []), ...values.node.map((path) => resolve(path))];
  return [
    { name: `Node ${process.versions.node}, traces written down`, ...plain },
    { name: 'in another process', ...plain },
    { name: 'no trace', ...plain, args: [] },
    { name: 'other runs before each', ...plain, args: ['--trace', '--order', 'reversed'] },
    {
      name: 'time zone, locale, folder',
      ...plain,
      env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' },
      cwd: elsewhere,
    },
    { name: 'Math.random from 7, small heap', ...plain, flags: ['--random-seed=7', '--max-semi-space-size=1'] },
    ...(await Promise.all(others.map(async (node) => ({ name: `Node ${await versionOf(node)}`, ...plain, node })))),
    { name: 'real cryptography', ...plain, args: ['--crypto', 'real'] },
  ];
}

async function compareAll() {
  const elsewhere = mkdtempSync(join(tmpdir(), 'simtls-determinism-'));
  try {
    const ways = await variants(elsewhere);
    const base = ways[0];
    const results = await inTurns(ways, async (way) => ({ way, ...(await probed(way)) }));
    const first = results[0];
    const rows = results.slice(1).map((result) => ({ ...result, different: differences(first.runs, result.runs) }));
    print(`${row('', 'runs', 'equal', 'seconds')}\n${row(base.name, first.runs.size, '', first.seconds)}`);
    for (const { way, runs, different, seconds } of rows) {
      print(row(way.name, runs.size, runs.size - different.length, seconds));
    }
    const parted = rows.flatMap(({ way, different }) => different.map((run) => ({ way, run })));
    const followed = firstOfEach(parted).slice(0, followedMax);
    for (const { way, run } of followed) print(`\n${await placeOf(base, way, run)}`);
    if (parted.length > followed.length) print(`\n… and ${parted.length - followed.length} more`);
    const names = new Set([...first.runs.keys()].map((run) => run.split(' ')[0]));
    print(`\n${names.size} scenarios, 3 profiles, ${values.count} seeds each: ${parted.length} differences`);
    return parted.length === 0 && first.runs.size > 0 ? 0 : 1;
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
}

/** Of those that parted, one of each scenario. */
function firstOfEach(parted) {
  const scenarioOf = ({ run }) => run.split(' ')[0];
  return parted.filter((one, at) => parted.findIndex((other) => scenarioOf(other) === scenarioOf(one)) === at);
}

/** The runs whose digests differ; a digest that one side did not take (`-`) is not compared. */
function differences(first, second) {
  const found = [];
  for (const run of new Set([...first.keys(), ...second.keys()])) {
    const [one, two] = [first.get(run) ?? [], second.get(run) ?? []];
    if (one.length !== two.length || one.some((digest, i) => digest !== two[i] && digest !== '-' && two[i] !== '-')) {
      found.push(run);
    }
  }
  return found;
}

/** Makes both runs again, with all that came before them, and says where they part. */
async function placeOf(base, way, run) {
  const told = async (each) => await output(each, ['--only', run]);
  const [one, two] = (await Promise.all([told(base), told(way)])).map(
    way.args.includes('--crypto') ? bytesLeftOut : asIs,
  );
  const where = `${run} differs ("${way.name}")`;
  for (let i = 0; i < Math.max(one.length, two.length); i++) {
    if (one[i] !== two[i])
      return `${where} from here on:\n  ${one[i] ?? 'nothing more'}\n  ${two[i] ?? 'nothing more'}`;
  }
  return `${where}, and did not when the two were made again`;
}

function asIs(lines) {
  return lines;
}

/** The events alone, without what another cryptography may change in them. */
function bytesLeftOut(lines) {
  const events = lines.filter((line) => line.startsWith('event '));
  return events.map((line) => line.replace(/"sum":\d+|"id":"[0-9a-f]*"/gu, ''));
}

/** @returns the digests by run */
async function probed(way) {
  const begun = performance.now();
  const lines = await output(way, []);
  const runs = new Map();
  for (const line of lines) {
    const [scenario, profile, seed, ...digests] = line.split(' ');
    runs.set(`${scenario} ${profile} ${seed}`, digests);
  }
  return { runs, seconds: ((performance.now() - begun) / 1000).toFixed(1) };
}

/** The lines that the probe prints. */
function output({ node, flags, args, env, cwd }, more) {
  const own = [...args, ...more, '--first', values.first, '--count', values.count, ...scenarios];
  return new Promise((done, fail) => {
    const child = spawn(node, [...flags, probe, ...own], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('error', fail);
    child.on('close', (code, signal) => {
      if (code === 0) done(Buffer.concat(chunks).toString('utf8').trimEnd().split('\n'));
      else fail(new Error(`${node} ended with ${signal ?? code}`));
    });
  });
}

async function versionOf(node) {
  return await new Promise((done, fail) => {
    const child = spawn(node, ['-p', 'process.versions.node'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', fail);
    child.on('close', () => done(text.trim()));
  });
}

/** Maps with `atOnce` at work at one time. */
async function inTurns(items, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

async function pin() {
  values.first = '1';
  values.count = String(pinnedSeeds);
  const way = (await variants(root))[2];
  const { runs } = await probed(way);
  const entries = [...runs].map(([run, [fingerprint]]) => [run, fingerprint]);
  writeFileSync(pinned, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  print(`${entries.length} fingerprints in ${pinned}`);
}

function row(name, runs, equal, seconds) {
  return `${name.padEnd(42)} ${String(runs).padStart(7)} ${String(equal).padStart(7)} ${String(seconds).padStart(8)}`;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
