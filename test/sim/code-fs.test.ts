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
