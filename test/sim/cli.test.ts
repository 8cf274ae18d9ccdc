import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { defects } from 'simtls';
import { builtInScenarios } from '../../sim/cli/scenarios.js';
import { workloads } from '../../sim/workload/index.js';
import { newFolder } from '../_folder.js';
import { times } from '../_whole.js';
import { type Said, simtls } from './_command.js';

const main = fileURLToPath(new URL('../../sim/cli/main.js', import.meta.url));

/** A run as `--json` tells of it. */
interface Run {
  readonly seed: number;
  readonly fingerprint: string;
  readonly verdict: string;
  readonly virtualSeconds: number;
  readonly violations: readonly { readonly text: string }[];
}

/** Every run that a command wrote. */
function runs(said: Said): readonly Run[] {
  return said.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Run);
}

test('the command may be run after every build, not only after an installation', (t) => {
  t.notThrows(() => accessSync(main, constants.X_OK));
});

test('list names every scenario and workload with its title and what it answers', async (t) => {
  const { code, out } = await simtls(['list', '--json']);
  t.is(code, 0);
  const found = JSON.parse(out) as { name: string; title: string; answers: string }[];
  t.deepEqual(
    found.map((one) => one.name),
    [...(await builtInScenarios()), ...workloads].map((one) => one.name),
  );
  t.true(found.every((one) => one.title !== '' && one.answers !== ''));
});

test('a defect is switched on by its name; of one that is none, all are named, with exit code 2', async (t) => {
  const found = await simtls(['run', 'evicted-unheld', '--defect', 'evict-callback-after-free']);
  t.is(found.code, 1);
  t.regex(found.out, /replay: simtls run evicted-unheld --seed 1 --profile 3\.0 --defect evict-callback-after-free\n/);
  t.is((await simtls(['run', 'evicted-unheld'])).code, 0);
  const wrong = await simtls(['run', 'evicted-unheld', '--defect', 'evict']);
  t.is(wrong.code, 2);
  t.regex(
    wrong.err,
    /no defect is called evict: did you mean evict-callback-after-free\? There are add-session-oom-dangling, bad-ticket-leak, .*new-cb-ownership-lie/,
  );
  const listed = JSON.parse((await simtls(['list', '--defects', '--json'])).out) as { name: string; kind?: string }[];
  const ofStack = listed.filter((one) => one.kind !== 'application');
  t.deepEqual(
    ofStack.map((one) => one.name),
    defects.map((one) => one.name),
  );
  t.true(listed.length > ofStack.length);
});

test('run gives one JSON object a run, with the shape that is promised', async (t) => {
  const said = await simtls(['run', 'resumed-by-id', '--seed', '4', '--count', '3', '--json']);
  t.is(said.code, 0);
  const found = runs(said);
  t.deepEqual(
    found.map((run) => run.seed),
    [4, 5, 6],
  );
  const [run] = found;
  t.like(run, {
    scenario: 'resumed-by-id',
    profile: '3.0',
    stack: 'model',
    crypto: 'fast',
    verdict: 'pass',
    violations: [],
  });
  t.regex(run!.fingerprint, /^[0-9a-f]{16}$/);
  t.true(run!.virtualSeconds > 0);
});

test('an expected violation is told with its invariant, owner and step', async (t) => {
  const [run] = runs(await simtls(['run', 'second-context', '--json']));
  const [violation] = run!.violations;
  t.like(violation, { invariant: 'session-with-second-context', owner: 'program', expected: true });
  t.regex(violation!.text, /ctx1 .*ctx2/);
});

test('a plan run from standard input has the fingerprint of the run from its seed', async (t) => {
  for (const { name } of await builtInScenarios()) {
    const plan = await simtls(['plan', name, '--seed', '9', '--profile', '1.1.1']);
    const [fromPlan] = runs(await simtls(['run', '--plan', '-', '--json'], plan.out));
    const [fromSeed] = runs(await simtls(['run', name, '--seed', '9', '--profile', '1.1.1', '--json']));
    t.is(fromPlan!.fingerprint, fromSeed!.fingerprint, name);
    t.is(fromPlan!.verdict, 'pass');
  }
});

test('a plan whose step no call takes is refused with the place', async (t) => {
  const plan = {
    format: 'simtls-plan/1',
    seed: '1',
    profile: '3.0',
    hosts: [{ name: 'client' }],
    steps: [{ id: 'client-1', on: 'client', call: 'SSL_CTX_new', args: ['TLS_any_method'] }],
  };
  const { code, err } = await simtls(['run', '--plan', '-'], JSON.stringify(plan));
  t.is(code, 2);
  t.regex(err, /\/steps\/0\/args\/0.*TLS_any_method/);
});

test('without --json a table of verdicts is printed, with the defaults and what the seed drew', async (t) => {
  const { code, out } = await simtls(['run', 'set-to-null']);
  t.is(code, 0);
  t.regex(out, /^scenario +runs +verdict/m);
  t.regex(out, /^set-to-null +1 +pass/m);
  t.regex(out, /seed 1 \(from the default seed\), profiles 3\.0/);
  t.regex(out, /drew pauseSeconds = \d+/);
});

test('an unknown scenario is answered with the nearest, exit 2', async (t) => {
  const { code, err } = await simtls(['run', 'resumed-by-idd']);
  t.is(code, 2);
  t.regex(err, /did you mean resumed-by-id\?/);
});

const wrongUses: readonly (readonly [title: string, args: readonly string[], says: RegExp])[] = [
  ['an unknown command', ['rum'], /run/],
  ['an unknown option', ['run', '--sed', '1'], /--seed/],
  ['a count of none', ['run', 'set-to-null', '--count', '0'], /whole number/],
  ['a profile that there is not', ['run', 'set-to-null', '--profile', '9'], /1\.1\.1/],
  ['counting from a word', ['run', 'set-to-null', '--seed', 'abc', '--count', '2'], /"abc" is none/],
  ['a plan and a scenario', ['run', 'set-to-null', '--plan', 'x'], /name no scenario/],
  ['a plan file that is not there', ['run', '--plan', '/nowhere/x'], /cannot read/],
  ['a scenario file that is not there', ['run', './nowhere.mjs'], /there is no file/],
];

for (const [title, args, says] of wrongUses) {
  test(`${title} is wrong use: exit 2, and what would be right`, async (t) => {
    const { code, err, out } = await simtls(args);
    t.is(code, 2);
    t.regex(err, says);
    t.is(out, '');
  });
}

test('a file that is no plan is refused with the place in it, exit 2', async (t) => {
  const { code, err } = await simtls(['run', '--plan', '-'], '{"format":"simtls-plan/1","seed":7}');
  t.is(code, 2);
  t.regex(err, /at \/seed: expected string, got 7/);
});

test('a failed run exits 1 and ends with the line that replays it', async (t) => {
  const folder = newFolder();
  const file = join(folder, 'mine.mjs');
  const index = new URL('../../sim/index.js', import.meta.url).href;
  writeFileSync(
    file,
    `import { scenario } from '${index}';
     export default scenario({ name: 'mine', title: 'mine', answers: 'mine', record(w) {
       const ctx = w.client().context();
       w.expect(ctx.refs(), 7, 'seven of them');
     } });`,
  );
  const { code, out } = await simtls(['run', file, '--seed', '3', '--profile', '3.5']);
  t.is(code, 1);
  t.regex(out, /seven of them: expected refs of client-2 to be 7, found 1/);
  t.is(out.trim().split('\n').at(-1)?.trim(), `replay: simtls run ${file} --seed 3 --profile 3.5`);
});

test('a handshake that would come to TLS 1.1 needs what the model does not have: exit 4', async (t) => {
  const steps = [
    { id: 's1', on: 'server', task: 'boot', let: 'sc', call: 'SSL_CTX_new', args: ['TLS_server_method'] },
    { id: 's2', on: 'server', task: 'boot', call: 'sim_use_certificate', args: ['$sc'] },
    { id: 's3', on: 'server', task: 'boot', call: 'serve', args: ['$sc'] },
    { id: 'c1', on: 'client', let: 'cc', call: 'SSL_CTX_new', args: ['TLS_client_method'] },
    { id: 'cap', on: 'client', call: 'SSL_CTX_set_max_proto_version', args: ['$cc', 'TLS1_1_VERSION'] },
    { id: 'c2', on: 'client', let: 'c', call: 'SSL_new', args: ['$cc'] },
    { id: 'c3', on: 'client', call: 'connect', args: ['$c', { to: 'server' }] },
    { id: 'c4', on: 'client', call: 'handshake', args: ['$c'] },
  ];
  const hosts = [{ name: 'server' }, { name: 'client' }];
  const plan = { format: 'simtls-plan/1', seed: '1', profile: '3.0', hosts, steps };
  const { code, err } = await simtls(['run', '--plan', '-'], JSON.stringify(plan));
  t.is(code, 4);
  t.regex(err, /needs TLS version 0x302/);
});

test('a module that is no scenario is refused, exit 2', async (t) => {
  const folder = newFolder();
  const file = join(folder, 'mine.mjs');
  writeFileSync(file, 'export default 7;');
  const { code, err } = await simtls(['run', file]);
  t.is(code, 2);
  t.regex(err, /expected a default export made by scenario/);
});

test('a module in a folder without simtls is refused with what to install there, exit 4', async (t) => {
  const folder = newFolder();
  const file = join(folder, 'mine.mjs');
  writeFileSync(file, "import { scenario } from 'simtls/sim';\nexport default scenario({});");
  const { code, err } = await simtls(['run', file]);
  t.is(code, 4, err);
  t.is(
    err,
    `simtls: ${file}: it imports simtls, which is not installed in ${folder} or above: there, npm install ${process.cwd()}/\n`,
  );
});

test('a module that is missing itself is told as it is, exit 2', async (t) => {
  const file = join(newFolder(), 'mine.mjs');
  writeFileSync(file, "import 'simtls-of-ours';");
  const { code, err } = await simtls(['run', file]);
  t.is(code, 2, err);
  t.regex(err, /cannot be loaded: Cannot find package 'simtls-of-ours'/);
});

test('--pcap writes one run as packets, and says nothing more on standard output', async (t) => {
  const file = join(newFolder(), 'run.pcapng');
  const bare = await simtls(['run', 'set-to-null', '--json']);
  const captured = await simtls(['run', 'set-to-null', '--json', '--pcap', file]);
  t.deepEqual(captured, bare);
  t.is(readFileSync(file).readUInt32LE(0), 0x0a0d0d0a);
  const many = await simtls(['run', 'set-to-null', '--count', '2', '--pcap', file]);
  t.is(many.code, 2);
  t.regex(many.err, /--pcap shows one run, and these are 2/u);
  const nowhere = await simtls(['run', 'set-to-null', '--pcap', join(file, 'below')]);
  t.is(nowhere.code, 2);
  t.regex(nowhere.err, /cannot write the capture to .*ENOTDIR/u);
});

test('--trace writes each event as a line, compressed where the name says so', async (t) => {
  const folder = newFolder();
  const [plain, packed] = [join(folder, 't.ndjson'), join(folder, 't.ndjson.gz')];
  const bare = await simtls(['run', 'set-to-null', '--json']);
  const traced = await simtls(['run', 'set-to-null', '--json', '--trace', plain]);
  await simtls(['run', 'set-to-null', '--json', '--trace', packed]);
  t.is(traced.out, bare.out);
  const text = readFileSync(plain, 'utf8');
  t.is(gunzipSync(readFileSync(packed)).toString(), text);
  const [header, first] = text.split('\n').map((line) => (line === '' ? undefined : (JSON.parse(line) as object)));
  t.deepEqual(header, { run: { scenario: 'set-to-null', seed: '1', profile: '3.0' } });
  t.like(first, { n: 0, us: 0 });
});

test('--verify holds for every scenario', async (t) => {
  const { code, err } = await simtls(['run', '--count', String(times(1, 2)), '--verify']);
  t.is(code, 0, err);
});

test('the command runs as a program, its results on standard output alone', (t) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'run', 'set-to-null', '--json'], {
    encoding: 'utf8',
  });
  t.is(status, 0);
  t.is(stderr, '');
  t.is((JSON.parse(stdout) as { verdict: string }).verdict, 'pass');
});

test('SIGINT ends a campaign with 130', async (t) => {
  const child = spawn(process.execPath, [main, 'run', '--count', '1000000', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.once('data', () => child.kill('SIGINT'));
  child.stdout.resume();
  const code = await new Promise((resolve) => child.on('exit', resolve));
  t.is(code, 130);
});
