/** What is judged of connections when nothing is under way any more: broken on purpose, and what only looks like it. */
import test from 'ava';
import { dataAfterFatal, invariants, judgeEnding, judgeFailure, saidCloseAgain } from '../../sim/invariants/index.js';
import { parsePlan, toPlan } from '../../sim/plan/index.js';
import { type Recorder, recordPlan, scenario } from '../../sim/scenario/index.js';
import { Connection, End } from '../../sim/world/connections.js';
import { type RunResult, runPlan } from '../../sim/world/index.js';

function run(record: (w: Recorder) => void, tls: '1.2' | '1.3' = '1.3'): RunResult {
  const one = scenario({ name: 'mine', title: 'mine', answers: 'nothing', tls, record });
  return runPlan(recordPlan(one, { seed: '1', profile: '3.0' }));
}

const told = ({ violations }: RunResult): readonly string[] => violations.map((one) => `${one.invariant} ${one.owner}`);

test('a handshake that ends with what no full handshake ends with is told, unless it was touched', (t) => {
  const policy = (fault: boolean): RunResult =>
    run((w) => {
      const server = w.server();
      const client = w.client();
      const connection = client.context().connection();
      const connect = connection.connect(server);
      if (fault) w.corrupt(connect, { from: client, byte: 60 });
      client.call('SSL_set_verify', [connection, 'SSL_VERIFY_PEER']);
      connection.handshake();
      connection.disconnect();
    });
  t.deepEqual(told(policy(false)), [], 'a certificate that is not trusted ends full handshakes, too');
  t.deepEqual(told(policy(true)), []);
  const failed = (reason: string): string | undefined =>
    judgeFailure({ connection: 1, side: 'server', errors: ['tlsv1 alert internal error', reason] })?.owner;
  t.is(failed('internal error'), 'libssl');
  t.is(failed('session id context uninitialized'), 'program');
  t.is(failed('no shared cipher'), undefined);
});

test('a server without an id context turns away who resumes: that is the program’s', (t) => {
  const opened = (idContext: boolean): RunResult =>
    run((w) => {
      const server = w.server({ context: idContext ? { sessionIdContext: 'shop' } : {} });
      server.boot(() => {
        server.call('trust', [server.ownContext]);
        server.call('SSL_CTX_set_verify', [server.ownContext, 'SSL_VERIFY_PEER']);
      });
      const client = w.client();
      const ctx = client.context();
      const first = ctx.connection();
      first.open(server);
      const session = first.session();
      first.close();
      const second = ctx.connection();
      second.setSession(session);
      second.open(server);
      second.close();
    }, '1.2');
  t.deepEqual(told(opened(false)), ['handshake-falls-back program']);
  t.deepEqual(told(opened(true)), []);
});

test('both ends that wait to write are told once, with who could have read; one that waits for a slow reader is not', (t) => {
  const buffers = { sendBufferBytes: 100 };
  const sent = (reads: boolean): RunResult =>
    run((w) => {
      const server = w.server(reads ? {} : buffers);
      const client = w.client('client', reads ? {} : { receiveBufferBytes: 100 });
      const connection = client.context().connection();
      connection.open(server);
      connection.send(300_000);
      connection.disconnect();
    });
  t.deepEqual(told(sent(false)), ['nobody-waits-for-ever libssl']);
  t.deepEqual(told(sent(true)), []);
});

test('a close on unread bytes that takes what was written along is told; one that was read first is not', (t) => {
  const closed = (wait: boolean): RunResult =>
    run((w) => {
      const server = w.server();
      const client = w.client();
      w.link(client, server, { latencyUs: 5_000, resetOvertakes: true });
      const connection = client.context().connection();
      connection.open(server);
      connection.send(300_000);
      connection.close({ wait });
    });
  t.deepEqual(told(closed(false)), ['accepted-bytes-arrive program']);
  t.deepEqual(told(closed(true)), []);
});

test('a close on unread bytes takes nothing from a reader that has failed: what is unread is its alert', (t) => {
  const plan = toPlan({
    format: 'simtls-plan/1',
    name: 'mine',
    seed: '700146',
    profile: '1.1.1',
    hosts: [{ name: 'server' }, { name: 'client2' }],
    links: [],
    steps: [
      { id: 'server-1', on: 'server', let: 'ctx', call: 'SSL_CTX_new', args: ['TLS_server_method'] },
      { id: 'server-2', on: 'server', call: 'sim_use_certificate', args: ['$ctx'] },
      { id: 'server-8', on: 'server', call: 'serve', args: ['$ctx', {}] },
      { id: 'client2-1', on: 'client2', let: 'ctx', call: 'SSL_CTX_new', args: ['TLS_client_method'] },
      { id: 'client2-other-4', on: 'client2', let: 'ssl6', call: 'SSL_new', args: ['$ctx'] },
      { id: 'client2-other-6', on: 'client2', call: 'connect', args: ['$ssl6', { to: 'server' }] },
      { id: 'client2-other-8', on: 'client2', call: 'handshake', args: ['$ssl6'] },
      { id: 'client2-other-18', on: 'client2', task: 'other', let: 'ssl7', call: 'SSL_new', args: ['$ctx'] },
      { id: 'client2-other-20', on: 'client2', task: 'other', call: 'connect', args: ['$ssl7', { to: 'server' }] },
      { id: 'client2-other-21', on: 'client2', task: 'other', call: 'handshake', args: ['$ssl7'] },
      { id: 'client2-other-22', on: 'client2', task: 'other', call: 'close', args: ['$ssl6', {}] },
      {
        id: 'client2-other-23',
        on: 'client2',
        task: 'other',
        call: 'request',
        args: ['$ssl7', { answer: 1, ends: 'until-close' }],
      },
    ],
    faults: [
      { id: 'fault-16', at: { us: 0 }, action: { do: 'allocation', host: 'client2', site: 'ticket', count: 2 } },
    ],
    checks: [],
    drawn: [],
  });
  const { violations, steps } = runPlan(plan);
  t.true(
    [...steps.values()].some(({ errors }) => errors.includes('malloc failure')),
    'a reader fails',
  );
  t.deepEqual(violations, []);
});

test('a network that resets a connection loses bytes, and breaks nothing', (t) => {
  const result = run((w) => {
    const server = w.server();
    const client = w.client();
    const connection = client.context().connection();
    const connect = connection.open(server);
    w.fault({ do: 'reset_peer', from: 'client', to: 'server', timeoutUs: 0 }, { after: connect, us: 1_000 });
    connection.send(300_000);
    connection.close();
  });
  t.deepEqual(told(result), []);
});

test('what a plan states of its own run is the only thing that does not hold under faults of others', (t) => {
  t.deepEqual(
    invariants.filter((one) => one.under === 'own faults').map((one) => one.name),
    ['expectation'],
  );
});

test('an end knows what is fatal and what is a close, of either direction', (t) => {
  const told = (level: number, description: number, direction: 'sent' | 'received'): End => {
    const end = new End(new Connection(1, 'a', { client: 'c', server: 's' }), {} as End['socket']); // nothing is read from it
    end.told({ kind: 'alert', ssl: 1, direction, level, description });
    return end;
  };
  t.like(told(2, 40, 'sent'), { fatal: true, saidClose: false, peerClosed: false });
  t.like(told(2, 40, 'received'), { fatal: true, saidClose: false, peerClosed: false });
  t.like(told(1, 0, 'sent'), { fatal: false, saidClose: true, peerClosed: false });
  t.like(told(2, 0, 'received'), { fatal: false, saidClose: false, peerClosed: true });
  t.is(dataAfterFatal(1, 'received', 3).invariant.owner, 'libssl');
  t.regex(saidCloseAgain(1, 'client').text, /the client has sent close_notify twice/);
});

test('an end of stream that is taken for a close is the program’s where it has asked for that, else libssl’s', (t) => {
  const cut = { connection: 1, reader: 'client', sentBytes: 9, receivedBytes: 4, closeNotify: false };
  t.is(judgeEnding({ ...cut, ignoresEof: true })?.owner, 'program');
  t.is(judgeEnding({ ...cut, ignoresEof: false })?.owner, 'libssl');
  t.is(judgeEnding(cut)?.owner, 'program');
});

test('who reads on behind a fatal alert is told of a close, and has been told of the failure', (t) => {
  const plan = {
    format: 'simtls-plan/1',
    name: 'no-certificate',
    seed: '1',
    profile: '3.0',
    hosts: [{ name: 'server' }, { name: 'client' }],
    steps: [
      { id: 's1', on: 'server', let: 'ctx', call: 'SSL_CTX_new', args: ['TLS_server_method'] },
      { id: 's2', on: 'server', call: 'serve', args: ['$ctx', {}] },
      { id: 'c1', on: 'client', let: 'ctx', call: 'SSL_CTX_new', args: ['TLS_client_method'] },
      { id: 'c2', on: 'client', let: 'ssl', call: 'SSL_new', args: ['$ctx'] },
      { id: 'c3', on: 'client', call: 'connect', args: ['$ssl', { to: 'server' }] },
      { id: 'c4', on: 'client', call: 'handshake', args: ['$ssl'] },
      { id: 'c5', on: 'client', call: 'receive', args: ['$ssl', { bytes: 1 }] },
    ],
  };
  const result = runPlan(parsePlan(JSON.stringify(plan)));
  t.is(result.steps.get('c4')?.outcome, 'failed');
  t.is(result.steps.get('c5')?.outcome, 'closed');
  t.deepEqual(told(result), []);
});

test('a fatal alert ends a connection, and nothing comes behind it', (t) => {
  const result = run((w) => {
    const server = w.server();
    const client = w.client();
    const connection = client.context().connection();
    const connect = connection.connect(server);
    connection.handshake();
    w.corrupt(connect, { from: client, byte: 700 });
    connection.send(20_000);
    connection.request({ answer: 10 });
    connection.close();
  });
  t.deepEqual(told(result), []);
  t.true(result.connections.length > 0);
});
