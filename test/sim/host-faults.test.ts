import test from 'ava';
import { Disk } from '../../sim/host/index.js';
import { type Recorded, type Told, talk } from './_talk.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const bytes = (value: string): Uint8Array => Buffer.from(value);

test('drift: a clock that runs fast lets a session expire early, and goes on from what it shows when it ends', (t) => {
  const resumed = (ppm: number, lastsUs?: number): string | undefined => {
    const told = talk(({ w, client, server }) => {
      w.fault({ do: 'drift', host: 'server', ppm }, { atUs: 0 }, lastsUs === undefined ? {} : { lastsUs });
      const ctx = client.context();
      const first = ctx.connection();
      first.open(server);
      const session = first.session();
      first.close();
      client.sleep({ seconds: 7_000 });
      const second = ctx.connection();
      second.setSession(session);
      second.open(server);
    });
    return told.connections[1]?.outcome;
  };
  t.is(resumed(0), 'resumed');
  t.is(resumed(100_000), 'full', '7,700 seconds by its clock');
  t.is(resumed(100_000, 1_000_000_000), 'resumed', '7,100 seconds by its clock');
});

/** Writes at once, after 2 s and after 4 s; a fault strikes after 1 s. */
function writes(record: (recorded: Recorded) => void): Told {
  return talk((recorded) => {
    record(recorded);
    for (const content of ['first', 'second', 'third']) {
      recorded.client.files.write('/a', { text: content });
      recorded.client.sleep({ seconds: 2 });
    }
  });
}

test('no_space: writes fail with ENOSPC until it ends', (t) => {
  const told = writes(({ w }) =>
    w.fault({ do: 'no_space', host: 'client' }, { atUs: 1_000_000 }, { lastsUs: 2_000_000 }),
  );
  t.deepEqual(
    [1, 3, 5].map((n) => told.outcomeOf(`client-${n}`)),
    ['ok', 'ENOSPC', 'ok'],
  );
});

test('lost_write: the write says that it was done, and the file holds what it held', (t) => {
  const told = talk(({ w, client }) => {
    client.files.write('/a', { text: 'first' });
    client.sleep({ seconds: 2 });
    w.fault({ do: 'lost_write', host: 'client', path: '/a' }, { atUs: 1_000_000 });
    client.files.write('/b', { text: 'other' });
    client.files.write('/a', { text: 'second, longer' });
    client.files.read('/a');
    client.files.write('/a', { text: 'third one' });
    client.files.read('/a');
  });
  t.is(told.outcomeOf('client-4'), 'ok');
  t.deepEqual(
    [5, 7].map((n) => told.steps.get(`client-${n}`)?.observed.bytes),
    [5, 9],
  );
});

test('torn_write: the first bytes reach the disk, behind them stands what was there', (t) => {
  const disk = new Disk(() => 0);
  disk.writeFile('/a', bytes('aaaaaaaa'));
  disk.spoilNextWrite({ do: 'tear', bytes: 3 });
  disk.writeFile('/a', bytes('bbbbbb'));
  t.is(text(disk.readFile('/a')), 'bbbaaa');
  disk.writeFile('/a', bytes('c'));
  t.is(text(disk.readFile('/a')), 'c', 'the next write is whole again');
  disk.spoilNextWrite({ do: 'tear', path: '/a', bytes: 2 });
  disk.appendFile('/a', bytes('ddd'));
  t.is(text(disk.readFile('/a')), 'cd');
  const told = talk(({ w, client }) => {
    w.fault({ do: 'torn_write', host: 'client', bytes: 2 }, { atUs: 0 });
    client.sleep({ seconds: 1 });
    client.files.write('/a', { text: 'session' });
    client.files.read('/a');
  });
  t.is(told.steps.get('client-3')?.observed.bytes, 2);
});

test('sync_lies: what was synced is lost with the host all the same', (t) => {
  const read = (lies: boolean): string | undefined => {
    const told = talk(({ w, client }) => {
      if (lies) w.fault({ do: 'sync_lies', host: 'client' }, { atUs: 0 });
      client.sleep({ seconds: 1 });
      client.files.write('/a', { text: 'x'.repeat(50_000) });
      client.files.sync('/a');
      client.files.syncDirectory('/');
      client.sleep({ seconds: 5 });
      client.files.read('/a');
      w.crash(client, { atUs: 2_000_000 }, 'half-open');
      w.restart(client, { atUs: 3_000_000 });
    });
    return `${told.outcomeOf('client-6')} ${told.steps.get('client-6')?.observed.bytes}`;
  };
  t.is(read(false), 'ok 50000');
  t.not(read(true), 'ok 50000');
});

test('a pause that is given an end is a resume', (t) => {
  const told = talk(({ w, client }) => {
    w.fault({ do: 'pause', host: 'client' }, { atUs: 500_000 }, { lastsUs: 9_000_000 });
    client.sleep({ seconds: 1 });
  });
  t.true(told.endOf('client-1') >= 9_500_000);
});
