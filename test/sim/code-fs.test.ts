import test from 'ava';
import { CodeFsError, Host } from '../../sim/host/index.js';
import { Kernel } from '../../sim/kernel/index.js';
import { Network } from '../../sim/network/index.js';

function host(): { readonly kernel: Kernel; readonly host: Host } {
  const kernel = new Kernel({ seed: '1' });
  return { kernel, host: new Host(kernel, new Network(kernel), 'host', { skewMs: 5_000 }) };
}

test('descriptors count from 3, and the lowest that is free is given next', (t) => {
  const fs = host().host.codeFs;
  const [a, b] = [fs.openSync('/a', 'w'), fs.openSync('/b', 'w')];
  t.deepEqual([a, b], [3, 4]);
  fs.closeSync(a);
  t.is(fs.openSync('/c', 'w'), 3);
  t.is(t.throws(() => fs.fsyncSync(9), { instanceOf: CodeFsError })?.code, 'EBADF');
});

test('reads and writes go on where the last one ended, or at a position', (t) => {
  const fs = host().host.codeFs;
  const fd = fs.openSync('/a', 'w+');
  fs.writeSync(fd, 'hello ');
  fs.writeSync(fd, 'world');
  fs.writeSync(fd, 'J', 0);
  const buffer = Buffer.alloc(5);
  t.is(fs.readSync(fd, buffer, 0, 5, 6), 5);
  t.is(buffer.toString(), 'world');
  t.is(fs.readSync(fd, buffer), 0, 'the writes ended at the end');
  t.is(fs.readFileSync('/a', 'utf8'), 'Jello world');
});

test('times are the clock of the host, whatever it shows', (t) => {
  const { kernel, host: one } = host();
  one.codeFs.writeFileSync('/a', 'x');
  t.is(one.codeFs.statSync('/a').mtimeMs, kernel.epochMs + 5_000);
  one.clock.step(-10_000);
  one.codeFs.appendFileSync('/a', 'y');
  t.is(one.codeFs.statSync('/a').mtimeMs, kernel.epochMs - 5_000);
});

test('stat tells the four times as numbers and as dates of the world', (t) => {
  const { kernel, host: one } = host();
  const fs = one.codeFs;
  const began = kernel.epochMs + 5_000;
  fs.writeFileSync('/a', 'x');
  one.clock.step(1_000);
  fs.writeFileSync('/a', 'y');
  one.clock.step(1_000);
  fs.renameSync('/a', '/b');
  const stats = fs.statSync('/b');
  t.deepEqual([stats.birthtimeMs, stats.mtimeMs, stats.ctimeMs], [began, began + 1_000, began + 2_000]);
  t.is(stats.mtime.toISOString(), '2023-11-14T22:13:26.000Z');
  t.true(stats.ctime instanceof one.codeClock.Date);
  one.crash({ how: 'reset' });
  one.restart();
  t.is(one.codeFs.statSync('/b').birthtimeMs, began, 'a crash of the process changes nothing');
});

test('a descriptor stands for the file, whatever becomes of its name', (t) => {
  const { host: one } = host();
  const fs = one.codeFs;
  fs.writeFileSync('/log', 'one');
  const fd = fs.openSync('/log', 'a+');
  const { ino } = fs.fstatSync(fd);
  const read = (): string => {
    const bytes = Buffer.alloc(99);
    return bytes.toString('utf8', 0, fs.readSync(fd, bytes, 0, 99, 0));
  };
  fs.renameSync('/log', '/log.1');
  fs.writeFileSync('/log', 'another');
  fs.writeSync(fd, ' two');
  t.deepEqual(
    [read(), fs.readFileSync('/log.1', 'utf8'), fs.readFileSync('/log', 'utf8')],
    ['one two', 'one two', 'another'],
  );
  t.is(fs.statSync('/log.1').ino, ino);
  t.not(fs.statSync('/log').ino, ino);
  fs.unlinkSync('/log.1');
  fs.writeSync(fd, ' three');
  t.is(read(), 'one two three');
  t.is(fs.fstatSync(fd).size, 13);
  fs.fsyncSync(fd);
  fs.ftruncateSync(fd, 3);
  t.is(read(), 'one');
  fs.closeSync(fd);
  t.deepEqual(fs.readdirSync('/'), ['log']);
});

test('what replaces a file leaves who has it open with the old one, and a crash with whole names', (t) => {
  const { host: one } = host();
  const fs = one.codeFs;
  const put = (path: string, content: string): void => {
    const fd = fs.openSync(path, 'w');
    fs.writeSync(fd, content);
    fs.fsyncSync(fd);
    fs.closeSync(fd);
  };
  put('/a', 'old');
  fs.fsyncSync(fs.openSync('/'));
  const reader = fs.openSync('/a');
  put('/a.new', 'new');
  fs.renameSync('/a.new', '/a');
  const bytes = Buffer.alloc(3);
  fs.readSync(reader, bytes);
  t.is(bytes.toString(), 'old');
  t.is(fs.readFileSync('/a', 'utf8'), 'new');
  one.crash({ how: 'half-open' });
  one.restart();
  t.is(one.codeFs.readFileSync('/a', 'utf8'), 'old', 'the directory was not synced after the rename');
});

test('faults strike a file by the name that it has now', (t) => {
  const { host: one } = host();
  const fs = one.codeFs;
  const fd = fs.openSync('/a', 'w+');
  fs.writeSync(fd, 'one');
  fs.renameSync('/a', '/b');
  one.disk.spoilNextWrite({ do: 'lose', path: '/b' });
  fs.writeSync(fd, 'two', 0);
  t.is(fs.readFileSync('/b', 'utf8'), 'one');
  one.disk.full = true;
  t.is(t.throws(() => fs.writeSync(fd, 'x'), { instanceOf: CodeFsError })?.code, 'ENOSPC');
});

test('whoever keeps the files of a process that is gone can do nothing with them', (t) => {
  const { host: one } = host();
  const fs = one.codeFs;
  const fd = fs.openSync('/a', 'w');
  one.crash({ how: 'reset' });
  for (const act of [() => fs.readFileSync('/a'), () => fs.existsSync('/a')]) {
    t.is(t.throws(act, { instanceOf: CodeFsError })?.code, 'EIO');
  }
  t.is(t.throws(() => fs.writeSync(fd, 'x'), { instanceOf: CodeFsError })?.code, 'EBADF');
});

test('errors have the code, the call and the path as Node tells them', (t) => {
  const { host: one } = host();
  const fs = one.codeFs;
  const error = t.throws(() => fs.readFileSync('/none'), { instanceOf: CodeFsError });
  t.like(error, { code: 'ENOENT', syscall: 'open', path: '/none', message: "ENOENT: open '/none'" });
  one.disk.full = true;
  t.is(t.throws(() => fs.writeFileSync('/a', 'x'), { instanceOf: CodeFsError })?.code, 'ENOSPC');
});

test('what is not synced is lost with the host, and descriptors go with the process', (t) => {
  const { host: one } = host();
  const fs = one.codeFs;
  for (const name of ['/kept', '/lost']) {
    const fd = fs.openSync(name, 'wx');
    fs.writeSync(fd, 'content');
    if (name === '/kept') fs.fsyncSync(fd);
  }
  const root = fs.openSync('/');
  fs.fsyncSync(root);
  one.crash({ how: 'half-open' });
  one.restart();
  t.is(one.codeFs.readFileSync('/kept', 'utf8'), 'content');
  t.is(one.codeFs.readFileSync('/lost', 'utf8'), '');
  t.is(one.codeFs.openSync('/kept'), 3);
});

test('promises say the same as the calls that wait for nothing', async (t) => {
  const { promises } = host().host.codeFs;
  await promises.mkdir('/a/b', { recursive: true });
  await promises.writeFile('/a/b/c', 'one');
  const handle = await promises.open('/a/b/c', 'a');
  t.deepEqual(await handle.write(' two'), { bytesWritten: 4 });
  await handle.sync();
  await handle.close();
  await promises.rename('/a/b/c', '/a/d');
  t.is(await promises.readFile('/a/d', 'utf8'), 'one two');
  t.deepEqual(await promises.readdir('/a'), ['b', 'd']);
  await t.throwsAsync(promises.unlink('/a/b/c'), { code: 'ENOENT' });
});
