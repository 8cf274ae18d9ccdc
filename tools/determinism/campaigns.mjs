// Shows that a campaign comes to the same whatever makes it: one thread, two, shards that are merged, other builds of Node, another time
// zone, other memory. What it leaves in its folder is compared byte for byte: progress, coverage, fingerprint, each finding with its shrunk
// plan. Then each finding is replayed with its trace written down, which must be the run that the campaign saw. Prints a table, and exits 1
// where anything differs. After a build:
//
//   node tools/determinism/campaigns.mjs [SCENARIO…] [--seeds 1..6] [--defect bad-ticket-leak] [--node PATH]…
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist', 'sim', 'cli', 'main.js');
/** The oldest Node that simtls runs on. */
const nodeMajorMin = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1..6' },
    defect: { type: 'string', multiple: true, default: ['bad-ticket-leak'] },
    node: { type: 'string', multiple: true, default: [] },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'simtls-campaigns-'));
try {
  let different = 0;
  for (const guide of ['on', 'off']) different += await compared(guide);
  console.log(different === 0 ? '\nall the same' : `\n${different} differ`);
  process.exitCode = different === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns how many ways of making that campaign came to something else than the first */
async function compared(guide) {
  const campaign = [
    ...['fuzz', ...positionals.map((name) => (existsSync(name) ? resolve(name) : name))],
    ...['--seeds', values.seeds, '--guide', guide],
    ...values.defect.flatMap((name) => ['--defect', name]),
  ];
  let first;
  let different = 0;
  for (const [index, way] of (await ways()).entries()) {
    const begun = performance.now();
    const out = join(folder, `${guide}-${index}`);
    await way.make(campaign, out);
    const left = contents(out);
    first ??= left;
    const names = [...new Set([...Object.keys(first), ...Object.keys(left)])].filter(
      (name) => first[name] !== left[name],
    );
    if (names.length > 0) different += 1;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const told = names.length === 0 ? 'the same' : `DIFFERS in ${names.join(', ')}`;
    console.log(`--guide ${guide.padEnd(4)} ${way.name.padEnd(36)} ${told.padEnd(10)} ${seconds} s`);
  }
  return different + (await replayed(join(folder, `${guide}-0`), first, guide));
}

/** Every way of making a campaign that must come to the same; the first is what the others are compared with. */
async function ways() {
  const plain = { node: process.execPath, flags: [], env: { TZ: 'UTC', LC_ALL: 'C' } };
  const with_ = (name, on, ...more) => ({
    name,
    make: (campaign, out) => run(on, [...campaign, ...more, '--out', out]),
  });
  return [
    with_(`Node ${process.versions.node}, one thread`, plain, '--jobs', '1'),
    with_('two threads', plain, '--jobs', '2'),
    with_(
      'three threads, other zone and locale',
      { ...plain, env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'de_DE.UTF-8' } },
      '--jobs',
      '3',
    ),
    with_(
      'Math.random from 7, small heap',
      { ...plain, flags: ['--random-seed=7', '--max-semi-space-size=1'] },
      '--jobs',
      '1',
    ),
    { name: 'two shards, merged', make: (campaign, out) => sharded(plain, campaign, out) },
    ...(await others()).map(({ node, version }) =>
      with_(`Node ${version}, two threads`, { ...plain, node }, '--jobs', '2'),
    ),
  ];
}

async function sharded(on, campaign, out) {
  const parts = ['1/2', '2/2'].map((shard) => ({ shard, out: `${out}-${shard[0]}` }));
  for (const part of parts) await run(on, [...campaign, '--shard', part.shard, '--out', part.out]);
  await run(on, ['fuzz', 'merge', ...parts.map((part) => part.out), '--out', out]);
}

/** Builds of Node that are there besides this one: those of `npm run openssl`, and those that the command line names. */
async function others() {
  const installed = ['1.1.1', '3.0', '3.5'].map((line) =>
    join(root, '.openssl', line, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node'),
  );
  const found = [];
  for (const node of [...installed.filter(existsSync), ...values.node.map((path) => resolve(path))]) {
    const version = (await output(node, ['-p', 'process.versions.node'])).trim();
    const isNew = version !== process.versions.node && found.every((one) => one.version !== version);
    if (isNew && Number.parseInt(version, 10) >= nodeMajorMin) found.push({ node, version });
  }
  return found;
}

/** Each finding again, with its trace: exit code 1, the same run event by event. @returns how many were not */
async function replayed(out, left, guide) {
  const findings = Object.keys(left).filter((name) => name.startsWith('findings/'));
  if (findings.length === 0) throw new Error('the campaign has found nothing: name a --defect that it finds');
  let different = 0;
  for (const name of findings) {
    const file = join(out, name);
    const code = await run({ node: process.execPath, flags: [], env: {} }, ['replay', file], [0, 1, 3]);
    const traced = await output(
      process.execPath,
      [main, 'run', '--plan', file, '--json', '--trace', join(folder, 'trace')],
      [1],
    );
    const { fingerprint } = JSON.parse(traced.split('\n')[0]);
    const isSame = code === 1 && fingerprint === JSON.parse(left[name]).run.fingerprint;
    if (!isSame) different += 1;
  }
  console.log(
    `--guide ${guide.padEnd(4)} ${`${findings.length} findings, traces on`.padEnd(36)} ${different === 0 ? 'the same' : `${different} DIFFER`}`,
  );
  return different;
}

/** What a campaign has left, as text by file. */
function contents(path) {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ path: at, name }) => {
      const file = join(at, name);
      return [file.slice(path.length + 1), readFileSync(file, 'utf8')];
    }),
  );
}

async function run(on, args, codes = [0, 1]) {
  return (await spawned(on, [main, ...args], codes)).code;
}

async function output(node, args, codes = [0]) {
  return (await spawned({ node, flags: [], env: {} }, args, codes)).out;
}

function spawned({ node, flags, env }, args, codes) {
  return new Promise((done, fail) => {
    const child = spawn(node, [...flags, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const told = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (told.out += chunk));
    child.stderr.on('data', (chunk) => (told.err += chunk));
    child.on('error', fail);
    child.on('close', (code, signal) => {
      if (codes.includes(code)) done({ code, ...told });
      else fail(new Error(`${args.slice(1, 3).join(' ')} ended with ${signal ?? code}: ${told.err || told.out}`));
    });
  });
}
