import test from 'ava';
import type { FaultAction } from '../../sim/plan/index.js';
import { type Recorded, type Told, talk } from './_talk.js';

/** The client's steps: 4 connects, 5 shakes hands, 6 asks for `answer` bytes, 7 closes. A fault strikes once the handshake is done. */
function ask(
  options: {
    readonly answer?: number;
    readonly bytes?: number;
    readonly fault?: FaultAction;
    readonly lastsUs?: number;
    readonly from?: 'start' | 'handshake';
  },
  more: (recorded: Recorded) => void = () => {},
): Told {
  const { answer = 100_000, bytes = 0, fault, lastsUs, from = 'handshake' } = options;
  return talk((recorded) => {
    const { w, client, server } = recorded;
    const connection = client.context().connection();
    connection.connect(server);
    const done = connection.handshake();
    if (fault !== undefined) {
      w.fault(fault, from === 'start' ? { atUs: 0 } : { after: done }, lastsUs === undefined ? {} : { lastsUs });
    }
    connection.request({ answer, bytes });
    connection.close();
    more(recorded);
  });
}

const down = { from: 'server', to: 'client' } as const;
const up = { from: 'client', to: 'server' } as const;
const us = (told: Told, first: number, last: number): number =>
  told.endOf(`client-${last}`) - told.endOf(`client-${first}`);
const arrived = (told: Told): number =>
  told.trace.reduce(
    (sum, e) => sum + (e.kind === 'data' && e.host === 'client' && e.what === 'received' ? e.length : 0),
    0,
  );

test('latency: each direction takes its own time, with jitter within its bound', (t) => {
  const plain = us(ask({ answer: 10 }), 5, 6);
  const slow = us(ask({ answer: 10, fault: { do: 'latency', ...down, latencyUs: 50_000 } }), 5, 6);
  t.is(slow - plain, 49_500);
  const jittery = us(ask({ answer: 10, fault: { do: 'latency', ...down, latencyUs: 50_000, jitterUs: 999 } }), 5, 6);
  t.true(jittery >= slow && jittery <= slow + 999);
});

test('latency ends after the time that it was given', (t) => {
  const told = ask({ answer: 10, fault: { do: 'latency', ...down, latencyUs: 50_000 }, lastsUs: 10 });
  t.is(us(told, 5, 6), us(ask({ answer: 10 }), 5, 6));
});

test('bandwidth: a stream passes so many bytes a second, in that direction alone', (t) => {
  const fault: FaultAction = { do: 'bandwidth', ...down, bytesPerSecond: 50_000 };
  const told = ask({ fault });
  t.is(told.outcomeOf('client-6'), 'ok');
  t.true(us(told, 5, 6) >= 2_000_000 && us(told, 5, 6) < 2_100_000, `${us(told, 5, 6)}`);
  t.true(us(ask({ answer: 0, bytes: 100_000, fault }), 5, 6) < 100_000);
});

test('slicer: segments of about so many bytes leave one after the other, with a gap', (t) => {
  const fault: FaultAction = { do: 'slicer', ...down, averageBytes: 100, variationBytes: 0, delayUs: 1_000 };
  const told = ask({ answer: 10_000, fault });
  // 10,000 bytes, a record header and a tag or two: 101 segments, 100 gaps.
  t.true(us(told, 5, 6) >= 100_000 && us(told, 5, 6) < 106_000, `${us(told, 5, 6)}`);
});

test('limit_data: a connection is closed on both sides once so many bytes have passed', (t) => {
  const told = ask({ fault: { do: 'limit_data', ...down, bytes: 30_000 } });
  t.is(told.outcomeOf('client-6'), 'truncated');
  t.true(arrived(told) > 15_000 && arrived(told) <= 30_000);
  t.not(told.outcomeOf('server-5/1'), 'ok');
  t.true(told.virtualSeconds < 60, 'nobody waits for its deadline');
});

test('limit_data that has ended limits nothing', (t) => {
  const told = ask({ fault: { do: 'limit_data', ...down, bytes: 90_000 }, lastsUs: 1_000 });
  t.is(told.outcomeOf('client-6'), 'ok');
});

test('timeout: nothing passes, and after so long the connection is closed', (t) => {
  const told = ask({ fault: { do: 'timeout', ...down, timeoutUs: 5_000_000 } });
  t.is(told.outcomeOf('client-6'), 'truncated');
  t.is(Math.floor(us(told, 5, 6) / 1_000_000), 5);
  t.is(arrived(told), 0);
});

test('timeout of 0 keeps everything until it ends', (t) => {
  const told = ask({ fault: { do: 'timeout', ...down, timeoutUs: 0 }, lastsUs: 7_000_000 });
  t.is(told.outcomeOf('client-6'), 'ok');
  t.true(us(told, 5, 6) >= 7_000_000);
});

test('reset_peer: connections are reset on both sides after so long', (t) => {
  const told = ask({ answer: 10_000_000, fault: { do: 'reset_peer', ...down, timeoutUs: 4_000 } });
  t.is(told.outcomeOf('client-6'), 'reset');
  t.is(told.outcomeOf('server-5/1'), 'reset');
});

test('slow_close: the end of a stream comes later, its bytes do not', (t) => {
  const told = talk(({ w, client, server }) => {
    w.fault({ do: 'slow_close', ...down, delayUs: 3_000_000 }, { atUs: 0 });
    const connection = client.context().connection();
    connection.open(server);
    connection.request({ answer: 10 });
    connection.close({ wait: false });
    connection.open(server);
  });
  const plain = ask({});
  t.true(us(told, 4, 6) < 1_000_000);
  t.true(told.virtualSeconds > 3);
  t.true(plain.virtualSeconds < 3);
});

test('partition of one way: the other still passes, and both learn of it only by waiting', (t) => {
  const told = ask({ answer: 10, fault: { do: 'partition', ...up }, lastsUs: 2_000_000 });
  t.is(told.outcomeOf('client-6'), 'ok');
  t.true(us(told, 5, 6) >= 2_000_000);
});

test('corrupt: one bit of one byte of the nth record is flipped, and the receiver answers with bad_record_mac', (t) => {
  const told = talk(({ w, client, server }) => {
    const connection = client.context().connection();
    const connect = connection.connect(server);
    connection.handshake();
    connection.request({ answer: 50_000 });
    const action: FaultAction = { do: 'corrupt', connection: connect.step, from: 'server', record: 8, byte: 9, bit: 7 };
    w.fault(action, { atUs: 0 });
  });
  t.is(told.outcomeOf('client-6'), 'failed');
  const alerts = told.trace.filter((e) => e.kind === 'alert' && e.direction === 'sent' && e.host === 'client');
  t.deepEqual(
    alerts.map((e) => e.kind === 'alert' && e.description),
    [20],
  );
  const read = told.trace.filter((e) => e.kind === 'record' && e.host === 'client' && e.direction === 'received');
  t.true(read.length >= 7, 'the records before it are whole');
});

test('duplicate: a record that comes twice does not fit the sequence number of the second', (t) => {
  const told = talk(({ w, client, server }) => {
    const connection = client.context().connection();
    const connect = connection.connect(server);
    connection.handshake();
    connection.request({ answer: 50_000 });
    w.fault({ do: 'duplicate', connection: connect.step, from: 'server', record: 8 }, { atUs: 0 });
  });
  t.is(told.outcomeOf('client-5'), 'ok');
  t.is(told.outcomeOf('client-6'), 'failed');
});

test('replay: the flight of another connection is played in, and TLS does not take it', (t) => {
  const told = talk(({ w, client, server }) => {
    const ctx = client.context();
    const connects = [1, 2].map(() => {
      const connection = ctx.connection();
      const connect = connection.connect(server);
      connection.handshake();
      connection.request({ answer: 10 });
      connection.close();
      return connect;
    });
    w.fault(
      {
        do: 'replay',
        connection: connects[0]!.step,
        from: 'server',
        record: 1,
        count: 4,
        into: connects[1]!.step,
        before: 1,
      },
      { atUs: 0 },
    );
  });
  t.is(told.outcomeOf('client-5'), 'ok');
  t.is(told.outcomeOf('client-10'), 'failed', 'the signature covers the other random');
});

test('replay: a flight of one host is played into a stream of another', (t) => {
  const told = talk(({ w, client, server }) => {
    const attacker = w.client('attacker');
    w.link(attacker, server, { latencyUs: 500 });
    const own = client.context().connection();
    const connect = own.connect(server);
    own.handshake();
    const stream = attacker.context().connection();
    attacker.await(own.close());
    const into = stream.connect(server);
    w.replay(connect, { from: client, records: 1, into, by: attacker });
    stream.handshake();
  });
  t.is(told.outcomeOf('attacker-6'), 'failed');
  const hellos = told.trace.filter(
    (e) => e.kind === 'message' && e.host === 'server' && e.direction === 'received' && e.handshakeType === 1,
  );
  t.is(hellos.length, 2, 'the attacker’s own, behind the recording, is no hello to the server any more');
});

test('redirect: what is meant for one host reaches another, for as long as it lasts', (t) => {
  const told = talk(({ w, client, server }) => {
    const other = w.server({ name: 'other', tickets: false });
    w.fault({ do: 'redirect', ...up, host: other.name }, { atUs: 0 }, { lastsUs: 5_000_000 });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    first.close();
    client.sleep({ seconds: 10 });
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
  });
  t.deepEqual(
    told.connections.map(({ server, outcome }) => [server, outcome]),
    [
      ['other', 'full'],
      ['server', 'full'],
    ],
  );
});
