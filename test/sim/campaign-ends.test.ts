/** Campaigns that something ends: nothing that was found is lost, and what goes on comes to the same as if nothing had happened. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import {
  begun,
  type CampaignSettings,
  type CampaignStore,
  type Finding,
  parseFinding,
  parseProgress,
  runCampaign,
} from '../../sim/campaign/index.js';
import { CampaignFolder } from '../../sim/cli/campaign-folder.js';
import { version } from '../../sim/cli/version.js';
import { newFolder } from '../_folder.js';
import { times } from '../_whole.js';
import { simtls } from './_command.js';

const command = fileURLToPath(new URL('../../sim/cli/main.js', import.meta.url));
const leaky = fileURLToPath(new URL('./_leaky.js', import.meta.url));
const fuzz = ['fuzz', leaky, '--jobs', '1'];
const seedsMax = 1_200;
const lockFile = 'campaign.lock';
const settings: CampaignSettings = {
  sources: [leaky],
  profiles: ['3.0'],
  seeds: { from: 1, to: seedsMax },
  defects: [],
  stack: 'model',
  crypto: 'fast',
  faults: null,
  guide: true,
  shard: { index: 1, of: 1 },
};
const fresh = ['--seeds', `1..${seedsMax}`, '--profile', '3.0', '--guide', 'on'];

function folder(): string {
  return join(newFolder(), 'campaign');
}

/** Every file of a campaign by its name, but for who has it. */
function contents(path: string): Record<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name !== lockFile);
  return Object.fromEntries(names.map(({ path: at, name }) => [name, readFileSync(join(at, name), 'utf8')]).sort());
}

/** Makes the campaign in this process; `store` may be one that fails. */
async function make(path: string, store: CampaignStore = made(path), seeds: number = seedsMax): Promise<void> {
  const progress = existsSync(join(path, 'campaign.json'))
    ? new CampaignFolder(path).progress()
    : begun({ ...settings, seeds: { from: 1, to: seeds } }, version());
  await runCampaign({
    progress,
    store,
    threads: 1,
    modules: [[leaky, new URL('./_leaky.js', import.meta.url).href]],
    findingsMax: 100,
    over: () => false,
    interrupted: () => false,
    onProgress: (seen) => store.saveProgress(seen.progress),
    onNotice: () => undefined,
  });
}

function made(path: string): CampaignFolder {
  const store = new CampaignFolder(path);
  store.make();
  return store;
}

/** Ends the command with a signal, some milliseconds after its folder is there. @returns its exit code, null where it was killed */
async function endedBy(
  signal: 'SIGKILL' | 'SIGINT',
  afterMs: number,
  args: readonly string[],
  path: string,
): Promise<number | null> {
  const child = spawn(process.execPath, [command, ...fuzz, ...args], { stdio: 'ignore' });
  const code = new Promise<number | null>((resolve) => {
    child.on('exit', resolve);
  });
  while (!existsSync(join(path, 'campaign.json')) && child.exitCode === null) await setTimeout(5);
  await setTimeout(afterMs);
  child.kill(signal);
  return code;
}

/** A real clock that goes on by itself, so that a time of some milliseconds is soon over. */
function clock(): () => number {
  let ms = 0;
  return () => {
    ms += 0.1;
    return ms;
  };
}

/** What has been found is there, whole, and every finding that counts has its file. */
function nothingLost(path: string): { readonly found: number; readonly lost: readonly string[] } {
  const { tally } = parseProgress(readFileSync(join(path, 'campaign.json'), 'utf8'));
  const files = readdirSync(join(path, 'findings')).filter((name) => name.endsWith('.json'));
  const kept = new Set(files.map((name) => parseFinding(readFileSync(join(path, 'findings', name), 'utf8')).group));
  return { found: kept.size, lost: tally.groups.map(({ group }) => group).filter((group) => !kept.has(group)) };
}

test('kill -9 at random moments loses no finding, and what is resumed comes to what nobody ended', async (t) => {
  const whole = folder();
  await make(whole);
  const path = folder();
  let found = 0;
  for (let i = 0; i < times(2, 20); i += 1) {
    const afterMs = Math.floor(Math.random() * 600);
    const args = i === 0 ? [...fresh, '--out', path] : ['--resume', path];
    await endedBy('SIGKILL', afterMs, args, path);
    const now = nothingLost(path);
    t.deepEqual(now.lost, [], `killed after ${afterMs} ms`);
    t.true(now.found >= found, `killed after ${afterMs} ms: ${now.found} findings, and there were ${found}`);
    found = now.found;
  }
  await make(path, new CampaignFolder(path));
  t.deepEqual(contents(path), contents(whole));
});

test('Ctrl-C ends a campaign with 130, and it goes on from there', async (t) => {
  const path = folder();
  t.is(await endedBy('SIGINT', 300, ['--seeds', '1..', '--time', '5m', '--profile', '3.0', '--out', path], path), 130);
  const before = new CampaignFolder(path).progress();
  t.deepEqual(nothingLost(path).lost, []);
  const { code, err } = await simtls(['fuzz', leaky, '--resume', path, '--time', '50ms'], '', clock());
  const after = new CampaignFolder(path).progress();
  t.is(code, after.tally.groups.length > 0 ? 1 : 0, err);
  t.true(after.tally.runs > before.tally.runs);
});

test('where a disk is full for a while, a campaign says so, and goes on to what it would have come to', async (t) => {
  const whole = folder();
  await make(whole, made(whole), 120);
  for (const good of [0, 1, 4]) {
    const path = folder();
    const store = made(path);
    let written = 0;
    const full: CampaignStore = {
      save: (finding: Finding) => write(() => store.save(finding)),
      saveProgress: (progress) => write(() => store.saveProgress(progress)),
      finding: (group) => store.finding(group),
      keepOnly: (groups) => store.keepOnly(groups),
    };
    const write = (act: () => void): void => {
      written += 1;
      if (written > good) throw new Error('ENOSPC: no space left on device');
      act();
    };
    await t.throwsAsync(make(path, full, 120), { message: /ENOSPC/ });
    if (existsSync(join(path, 'campaign.json'))) t.deepEqual(nothingLost(path).lost, []);
    await make(path, new CampaignFolder(path), 120);
    t.deepEqual(contents(path), contents(whole));
  }
});

test('a folder that a living process is at work on is refused by that process, and one of a dead process is taken over', async (t) => {
  const path = folder();
  const few = ['fuzz', leaky, '--seeds', '1..4', '--profile', '3.0'];
  t.is((await simtls([...few, '--out', path])).code, 1);
  t.false(existsSync(join(path, lockFile)), 'it was given back');
  const merged = folder();
  for (const args of [
    ['fuzz', leaky, '--resume', path],
    ['fuzz', 'merge', path, '--out', merged],
  ]) {
    const at = args.includes('merge') ? merged : path;
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, lockFile), `${process.ppid} ${hostname()}\n`);
    const { code, err } = await simtls(args);
    t.is(code, 2);
    t.true(err.includes(`process ${process.ppid} on ${hostname()} is at work on the campaign in ${at}`), err);
    t.true(existsSync(join(at, lockFile)), 'it is still that process’s');
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(at, lockFile), `${pid} ${hostname()}\n`);
    t.is((await simtls(args)).code, 1, 'it is dead by now');
    t.deepEqual(readdirSync(at).sort(), ['campaign.json', 'findings']);
  }
  writeFileSync(join(path, lockFile), 'whatever');
  t.regex(
    (await simtls(['fuzz', leaky, '--resume', path])).err,
    /another process is at work .* remove .*campaign\.lock/,
  );
});

const small = newFolder();
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]).status === 0;
test.after.always(() => mounted && spawnSync('umount', [small]));
// Who may not mount has the test with a disk that says it is full.
(mounted ? test : test.skip)(
  'on a file system of 64 KB a campaign ends by name, and goes on where there is room',
  async (t) => {
    const seeds = ['--seeds', '1..40', '--profile', '3.0', '--guide', 'off'];
    const [path, whole] = [join(small, 'campaign'), folder()];
    writeFileSync(join(small, 'other'), Buffer.alloc(40_000));
    const { code, err } = await simtls([...fuzz, ...seeds, '--out', path]);
    t.is(code, 4);
    t.regex(err, /cannot write .*: ENOSPC.*nothing that counts is lost: once it can be, --resume .* goes on/);
    t.deepEqual(nothingLost(path).lost, []);
    t.deepEqual(readdirSync(path).sort(), ['campaign.json', 'findings']);
    spawnSync('mount', ['-o', 'remount,size=8m', small]);
    t.is((await simtls(['fuzz', leaky, '--resume', path])).code, 1);
    await simtls([...fuzz, ...seeds, '--out', whole]);
    t.deepEqual(contents(path), contents(whole));
  },
);
