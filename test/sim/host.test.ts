/** Clocks that are wrong, disks that forget, hosts that crash. */

import test from 'ava';
import { Volume } from 'memfs';
import { Disk, DiskError, Host } from '../../sim/host/index.js';
import { Kernel } from '../../sim/kernel/index.js';
import { Network } from '../../sim/network/index.js';
import { bytes } from './_network.js';

function world(seed = 'host'): { kernel: Kernel; network: Network } {
  const kernel = new Kernel({ seed, epochMs: 1_000_000 });
  return { kernel, network: new Network(kernel) };
}

function text(disk: Disk, path: string): string {
  return new TextDecoder().decode(disk.readFile(path));
}

function code(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof DiskError ? error.code : `untyped: ${String(error)}`;
  }
  return 'nothing';
}

test('each host has a clock of its own: ahead or behind, fast or slow, and set by hand', (t) => {
  const { kernel, network } = world();
  const right = new Host(kernel, network, 'right');
  const wrong = new Host(kernel, network, 'wrong', { skewMs: -500, driftPpm: 100 });
  t.is(right.clock.nowMs(), 1_000_000);
  t.is(wrong.clock.nowMs(), 999_500);
  kernel.run({ untilUs: 100_000_000, eventsMax: 0 });
  t.is(right.clock.nowMs(), 1_100_000);
  t.is(wrong.clock.nowMs(), 1_099_510, '100 s at 100 ppm are 10 ms');
  t.is(wrong.clock.skewMs, -490);
  wrong.clock.step(-60_000);
  t.is(wrong.clock.nowMs(), 1_039_510);
  t.is(right.clock.nowMs(), 1_100_000);
});

test('code under test on a host sees that clock, also after it was set back, while its timers keep to elapsed time', (t) => {
  const { kernel, network } = world();
  const host = new Host(kernel, network, 'a', { skewMs: 7 });
  const seen: number[] = [];
  host.codeClock.setTimeout(() => seen.push(host.codeClock.Date.now(), host.codeClock.performance.now()), 50);
  kernel.schedule(10_000, 'set back', () => host.clock.step(-1000));
  kernel.run({ eventsMax: 10 });
  t.deepEqual(seen, [999_057, 50]);
  t.is(host.codeClock.timersBeneath, 0);
});

test('what a process scheduled waits while it is paused, and dies with it', (t) => {
  const { kernel, network } = world();
  const host = new Host(kernel, network, 'a');
  const log: string[] = [];
  const note = (what: string) => (): number => log.push(`${what} ${kernel.nowUs}`);
  host.schedule(10, 'x', note('first'));
  host.schedule(20, 'x', note('second'));
  host.schedule(500, 'x', note('never'));
  host.pause();
  kernel.schedule(100, 'x', () => host.resume());
  kernel.schedule(200, 'x', () => {
    host.crash({ how: 'reset' });
    host.restart();
    host.schedule(10, 'x', note('anew'));
  });
  kernel.run({ eventsMax: 100 });
  t.deepEqual(log, ['first 100', 'second 100', 'anew 210']);
});

test('what came due during a pause can still be cancelled: while it lasts, and by what runs first after it', (t) => {
  const { kernel, network } = world();
  const host = new Host(kernel, network, 'a');
  const ran: string[] = [];
  const during = host.schedule(10, 'a', () => ran.push('during'));
  host.schedule(10, 'b', () => {
    ran.push('first');
    t.true(host.cancel(after));
  });
  const after = host.schedule(10, 'c', () => ran.push('after'));
  host.pause();
  kernel.run({ untilUs: 20, eventsMax: 10 });
  t.true(host.cancel(during));
  t.false(host.cancel(during));
  host.resume();
  kernel.run({ eventsMax: 10 });
  t.deepEqual(ran, ['first']);
  t.false(host.cancel(after));
});

test('hooks hear of a crash with what it does to connections, of the restart, of pause and resume, each once', (t) => {
  const { kernel, network } = world();
  const host = new Host(kernel, network, 'a');
  const heard: string[] = [];
  host.hooks.crashed = (how) => heard.push(`crashed ${how}`);
  host.hooks.restarted = () => heard.push('restarted');
  host.hooks.paused = () => heard.push('paused');
  host.hooks.resumed = () => heard.push('resumed');
  host.restart();
  host.resume();
  host.pause();
  host.pause();
  host.resume();
  host.crash({ how: 'half-open' });
  host.crash({ how: 'reset' });
  host.restart();
  t.deepEqual(heard, ['paused', 'resumed', 'crashed half-open', 'restarted']);
  t.is(host.state, 'running');
});

test('a process that dies leaves its files, a host that dies only what was synced', (t) => {
  const { kernel, network } = world();
  const host = new Host(kernel, network, 'a');
  host.disk.writeFile('/sessions', bytes('kept'));
  host.crash({ how: 'reset' });
  host.restart();
  t.is(text(host.disk, '/sessions'), 'kept');
  host.crash({ how: 'half-open' });
  host.restart();
  t.false(host.disk.exists('/sessions'));
});

test('contents and names become durable apart from each other', (t) => {
  const disk = new Disk(() => 0);
  disk.writeFile('/both', bytes('both'));
  disk.fsync('/both');
  disk.writeFile('/name', bytes('name'));
  disk.fsyncDirectory('/');
  disk.writeFile('/contents', bytes('contents'));
  disk.fsync('/contents');
  disk.crash({ lose: 'unsynced' });
  t.deepEqual(disk.readDirectory('/'), ['both', 'name']);
  t.is(text(disk, '/both'), 'both');
  t.is(text(disk, '/name'), '', 'a name without contents is an empty file');
});

test('what was synced stays as it was synced, and is so again after a second crash', (t) => {
  const disk = new Disk(() => 0);
  disk.makeDirectory('/d');
  disk.writeFile('/d/f', bytes('old'));
  disk.fsync('/d/f');
  disk.fsyncDirectory('/d');
  disk.fsyncDirectory('/');
  disk.appendFile('/d/f', bytes(' and new'));
  t.is(text(disk, '/d/f'), 'old and new');
  for (let i = 0; i < 2; i++) {
    disk.crash({ lose: 'unsynced' });
    t.is(text(disk, '/d/f'), 'old');
  }
  disk.unlink('/d/f');
  disk.crash({ lose: 'unsynced' });
  t.is(text(disk, '/d/f'), 'old', 'a removal is a change of names like others');
  disk.unlink('/d/f');
  disk.fsyncDirectory('/d');
  disk.crash({ lose: 'unsynced' });
  t.deepEqual(disk.readDirectory('/d'), []);
});

test('a file written beside and renamed over is the old or the new one after any crash, never neither and never half', (t) => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const disk = new Disk(() => 0);
    disk.writeFile('/f', bytes('old'));
    disk.fsync('/f');
    disk.fsyncDirectory('/');
    disk.writeFile('/f.tmp', bytes('new'));
    disk.fsync('/f.tmp');
    disk.rename('/f.tmp', '/f');
    disk.crash({ lose: 'some', stream: new Kernel({ seed }).stream('disk') });
    outcomes.add(text(disk, '/f'));
  }
  t.deepEqual([...outcomes].sort(), ['new', 'old']);
});

test('a crash that keeps some leaves old, new or torn contents, drawn from its stream alone', (t) => {
  const run = (seed: number): string => {
    const disk = new Disk(() => 0);
    disk.writeFile('/f', bytes('aaaa'));
    disk.fsync('/f');
    disk.fsyncDirectory('/');
    disk.writeFile('/f', bytes('bbbb'));
    disk.crash({ lose: 'some', stream: new Kernel({ seed }).stream('disk') });
    return text(disk, '/f');
  };
  const outcomes = new Set(Array.from({ length: 100 }, (_, seed) => run(seed)));
  t.deepEqual([...outcomes].sort(), ['aaaa', 'baaa', 'bbaa', 'bbba', 'bbbb']);
  t.is(run(3), run(3));
});

test('a disk that lies about fsync loses all the same', (t) => {
  const disk = new Disk(() => 0);
  disk.syncLies = true;
  disk.writeFile('/f', bytes('x'));
  disk.fsync('/f');
  disk.fsyncDirectory('/');
  disk.crash({ lose: 'unsynced' });
  t.deepEqual(disk.readDirectory('/'), []);
});

test('bytes that are no text come back as they were, also after a crash, where a snapshot of memfs loses them', (t) => {
  const odd = Uint8Array.from([0xff, 0xfe, 0x00, 0x80]);
  const disk = new Disk(() => 0);
  disk.writeFile('/f', odd);
  disk.fsync('/f');
  disk.fsyncDirectory('/');
  disk.crash({ lose: 'unsynced' });
  t.deepEqual(disk.readFile('/f'), odd);
  const bare = new Volume();
  bare.writeFileSync('/f', odd);
  t.notDeepEqual(Buffer.from(bare.toJSON()['/f'] ?? '', 'utf8'), Buffer.from(odd));
});

test('file times are those of the host, where memfs has those of the machine', (t) => {
  const { kernel, network } = world();
  const host = new Host(kernel, network, 'a', { skewMs: -1_000_000 });
  host.disk.writeFile('/f', bytes('x'));
  t.deepEqual(host.disk.status('/f'), { kind: 'file', bytes: 1, modifiedMs: 0, changedMs: 0, bornMs: 0, file: 1 });
  kernel.run({ untilUs: 5_000_000, eventsMax: 0 });
  host.disk.appendFile('/f', bytes('y'));
  const times = { modifiedMs: 5000, changedMs: 5000, bornMs: 0 };
  t.deepEqual(host.disk.status('/f'), { kind: 'file', bytes: 2, ...times, file: 1 });
});

test('a buffer that its owner changes later changes nothing on the disk, in neither direction', (t) => {
  const disk = new Disk(() => 0);
  const buffer = bytes('before');
  disk.writeFile('/f', buffer);
  buffer.fill(0);
  disk.readFile('/f').fill(0);
  t.is(text(disk, '/f'), 'before');
});

test('a directory moves with what is in it, before and after a crash', (t) => {
  const disk = new Disk(() => 0);
  disk.makeDirectory('/a');
  disk.makeDirectory('/a/deep');
  disk.writeFile('/a/deep/f', bytes('x'));
  for (const path of ['/a/deep/f']) disk.fsync(path);
  for (const path of ['/a/deep', '/a', '/']) disk.fsyncDirectory(path);
  disk.rename('/a', '/b');
  t.is(text(disk, '/b/deep/f'), 'x');
  disk.fsyncDirectory('/');
  disk.crash({ lose: 'unsynced' });
  t.deepEqual(disk.readDirectory('/'), ['b']);
  t.is(text(disk, '/b/deep/f'), 'x');
});

test('every failure has its POSIX name and leaves all as it was', (t) => {
  const disk = new Disk(() => 0);
  disk.makeDirectory('/d');
  disk.writeFile('/d/f', bytes('x'));
  disk.writeFile('/g', bytes('x'));
  const cases: [string, () => unknown][] = [
    ['ENOENT', () => disk.readFile('/none')],
    ['ENOENT', () => disk.writeFile('/none/f', bytes('x'))],
    ['ENOENT', () => disk.unlink('/none')],
    ['ENOENT', () => disk.rename('/none', '/other')],
    ['ENOENT', () => disk.fsync('/none')],
    ['ENOTDIR', () => disk.writeFile('/d/f/g', bytes('x'))],
    ['ENOTDIR', () => disk.readDirectory('/d/f')],
    ['EISDIR', () => disk.readFile('/d')],
    ['EISDIR', () => disk.writeFile('/d', bytes('x'))],
    ['EISDIR', () => disk.unlink('/d')],
    ['EEXIST', () => disk.makeDirectory('/d')],
    ['ENOTEMPTY', () => disk.removeDirectory('/d')],
    ['EINVAL', () => disk.rename('/d', '/d/inside')],
    ['ENOTDIR', () => disk.rename('/d', '/g')],
    ['EINVAL', () => disk.readFile('relative')],
    ['EINVAL', () => disk.readFile('/d/../d/f')],
    ['EINVAL', () => disk.readFile('/d//f')],
    ['EINVAL', () => disk.readFile('/\0')],
  ];
  for (const [expected, act] of cases) t.is(code(act), expected, act.toString());
  t.deepEqual(disk.readDirectory('/'), ['d', 'g']);
  t.is(text(disk, '/d/f'), 'x');
});

test('a disk that is written over and over without syncing its names stays small and right', (t) => {
  const disk = new Disk(() => 0);
  for (let i = 0; i < 6000; i++) {
    disk.writeFile('/f.tmp', bytes(`${i}`));
    disk.fsync('/f.tmp');
    disk.rename('/f.tmp', '/f');
  }
  t.is(text(disk, '/f'), '5999');
  disk.crash({ lose: 'unsynced' });
  t.true(Number(text(disk, '/f')) > 1000, 'old changes of names are written back by themselves');
});
