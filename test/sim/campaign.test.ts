/** Campaigns: the same findings and fingerprints for any number of threads and shards, and after whatever ended them. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { mergeTallies, neverReached, parseProgress } from '../../sim/campaign/index.js';
import restarts from '../../sim/workload/kinds/restarts.js';
import { newFolder } from '../_folder.js';
import { simtls } from './_command.js';

/** A scenario of our own, whose runs take no time. */
const leaky = fileURLToPath(new URL('./_leaky.js', import.meta.url));
const campaign = ['fuzz', leaky, '--seeds', '1..120', '--profile', '3.0'];
const groups = 3;

/** Everything that a campaign has left, as text by file. */
function contents(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(names.map(({ path: at, name }) => [name, readFileSync(join(at, name), 'utf8')]).sort());
}

for (const guide of ['off', 'on']) {
  test(`findings and fingerprints are the same on one thread, on two, and in two shards that are merged: --guide ${guide}`, async (t) => {
    const root = newFolder();
    const out = (name: string): string => join(root, name);
    const guided = [...campaign, '--guide', guide];
    const one = await simtls([...guided, '--jobs', '1', '--out', out('one')]);
    const two = await simtls([...guided, '--jobs', '2', '--out', out('two')]);
    t.is(one.code, 1, one.err);
    t.is(two.code, 1, two.err);
    t.deepEqual(contents(out('two')), contents(out('one')));
    t.is(readdirSync(join(out('one'), 'findings')).length, groups, one.out);
    for (const shard of ['1/2', '2/2']) {
      const part = await simtls([...guided, '--shard', shard, '--out', out(`shard-${shard[0] ?? ''}`)]);
      t.is(part.code, 1, part.err);
    }
    const merged = await simtls(['fuzz', 'merge', out('shard-1'), out('shard-2'), '--out', out('merged')]);
    t.is(merged.code, 1, merged.err);
    t.deepEqual(contents(out('merged')), contents(out('one')));
  });
}

test('a campaign that ends with its first findings has the same whatever the threads: those of the first cases', async (t) => {
  const root = newFolder();
  const ended = [...campaign, '--findings', '2'];
  const one = await simtls([...ended, '--jobs', '1', '--out', join(root, 'one')]);
  const two = await simtls([...ended, '--jobs', '2', '--out', join(root, 'two')]);
  t.is(one.code, 1, one.err);
  t.deepEqual(contents(join(root, 'two')), contents(join(root, 'one')));
  t.is(readdirSync(join(root, 'one', 'findings')).length, 2, two.out);
});

test('--json ends with one object, of a shape that is promised', async (t) => {
  const out = join(newFolder(), 'out');
  const defect = ['--defect', 'evict-callback-after-free'];
  const said = await simtls([
    'fuzz',
    'evicted-unheld',
    '--profile',
    '3.5',
    '--seeds',
    '4..5',
    ...defect,
    '--out',
    out,
    '--json',
  ]);
  t.is(said.code, 1, said.err);
  const { runs, seconds, findings, done } = JSON.parse(said.out) as {
    runs: number;
    seconds: number;
    done: boolean;
    findings: { group: string; invariant: string; seed: number; file: string; steps: number }[];
  };
  t.is(runs, 2);
  t.is(typeof seconds, 'number');
  t.true(done);
  const [found] = findings;
  t.is(findings.length, 1);
  t.true(found!.group.startsWith('callback-gets-live-session/libssl/'), found!.group);
  t.is(found!.invariant, 'callback-gets-live-session');
  t.is(found!.seed, 4);
  const finding = JSON.parse(readFileSync(found!.file, 'utf8')) as { plan: { steps: unknown[] }; group: string };
  t.is(found!.steps, finding.plan.steps.length);
  t.is(finding.group, found!.group);
});

/** A folder in which a campaign's file is a folder, too. */
function directoryInPlace(): string {
  const folder = newFolder();
  mkdirSync(join(folder, 'campaign.json'));
  return folder;
}

test('threads that would have nothing to do are not started', async (t) => {
  const started = performance.now();
  const said = await simtls(['fuzz', 'psk-reflected', '--seeds', '1..1', '--jobs', '5000']);
  t.is(said.code, 0, said.err);
  t.true(performance.now() - started < 60_000);
});

test('where nothing fails a campaign ends with 0, and what is asked wrongly with 2, by name', async (t) => {
  const held = await simtls(['fuzz', 'psk-reflected', '--seeds', '1..2']);
  t.is(held.code, 0, held.err);
  t.regex(held.out, /^6 runs in .* 1 scenario, seeds 1\.\.2, profiles 1\.1\.1, 3\.0, 3\.5, stack model/);
  const out = join(newFolder(), 'out');
  t.is((await simtls(['fuzz', 'psk-reflected', '--seeds', '1..1', '--out', out])).code, 0);
  const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['--seeds', '9..1'], /two whole numbers with two dots/],
    [['--shard', '3/2'], /a part of all/],
    [['--faults', 'corrupt,gravity'], /no fault is called "gravity": there are /],
    [['--defect', 'none'], /no defect is called none/],
    [['--out', out], /has a campaign in it: --resume/],
    [['--resume', newFolder()], /has no campaign in it/],
    [['--resume', out, '--seeds', '1..2'], /leave out --seeds/],
    [['--resume', out, '--profile', '3.5'], /leave out --profile/],
    [['--resume', out, '--shard', '1/2'], /leave out --shard/],
    [['psk-reflectd'], /did you mean psk-reflected/],
    [['zzz'], /no scenario or workload is called zzz \(simtls list names all\)/],
    [['--defect', 'zzz'], /no defect is called zzz: there are /],
    [['--out', '/proc/self/campaign'], /\/proc\/self\/campaign\S* cannot be a folder: ENOENT/],
    [['--out', join(out, 'campaign.json')], /campaign\.json\S* cannot be a folder: /],
    [['--resume', directoryInPlace()], /cannot read .*campaign\.json: EISDIR/],
  ];
  for (const [args, message] of wrong) {
    const said = await simtls(['fuzz', ...args]);
    t.is(said.code, 2, args.join(' '));
    t.regex(said.err, message);
  }
  const libssl = await simtls(['fuzz', '--stack', 'libssl', '--defect', 'bad-ticket-leak']);
  t.is(libssl.code, 4);
  t.regex(libssl.err, /--defect switches on bugs of the model/);
});

test('a campaign counts what its runs reached, names what none did, and ends with 5 where that is asked for', async (t) => {
  const out = join(newFolder(), 'out');
  const few = ['fuzz', 'restarts', '--seeds', '1..2', '--profile', '3.0', '--jobs', '1', '--guide', 'off'];
  const said = await simtls([...few, '--out', out, '--json', '--require-sometimes']);
  t.is(said.code, 5, said.err);
  const { sometimes } = JSON.parse(said.out) as {
    sometimes: { source: string; runs: number; reached: Record<string, number>; never: string[] }[];
  };
  const [one] = sometimes;
  t.is(sometimes.length, 1);
  t.is(one!.source, 'restarts');
  t.is(one!.runs, 2);
  t.true(one!.never.length > 0);
  for (const name of restarts.sometimes) t.is(one!.never.includes(name), one!.reached[name] === 0, name);
  const { tally } = parseProgress(readFileSync(join(out, 'campaign.json'), 'utf8'));
  const [twice] = mergeTallies(tally, tally).reached;
  t.is(twice!.runs, 4);
  t.deepEqual(neverReached(twice!), one!.never);
  t.deepEqual(
    Object.values(twice!.names),
    Object.values(one!.reached).map((count) => 2 * count),
  );
  const again = await simtls(['fuzz', '--resume', out]);
  t.is(again.code, 0, 'it was not asked for');
  t.regex(again.out, /^of 2 runs of restarts: .+\nnever: .+$/mu);
});
