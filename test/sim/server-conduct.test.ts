import test from 'ava';
import { misbehaviours } from '../../sim/emulator/index.js';
import { type FaultAction, PlanError, toPlan } from '../../sim/plan/index.js';
import {
  type Observation,
  type Recorder,
  recordPlan,
  type ServerRecorder,
  scenario,
} from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { play, type Told } from './_talk.js';

/** Two connections, the second with the session of the first, each with a request. */
function meet(name: string, options: { readonly nth?: number; readonly tickets?: boolean } = {}): Told {
  const { tickets = true, ...more } = options;
  return play((w) => {
    const server = w.server({ tickets, misbehave: { name, ...more } });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    first.request({ answer: 20_000 });
    const session = first.session();
    first.close();
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
    second.request({ answer: 20_000 });
    second.close();
  });
}
const outcomes = (told: Told): readonly string[] => told.connections.map((one) => one.outcome);
const asked = (told: Told): readonly (string | undefined)[] =>
  told.trace.flatMap((e) =>
    e.kind === 'step' && e.what === 'ended' && e.call === 'request' ? [told.outcomeOf(e.step)] : [],
  );

for (const [name, tickets] of [
  ['forget-keys', true],
  ['garbage-ticket', true],
  ['forget-sessions', false],
] as const) {
  test(`${name}: the client offers what the server does not know any more, and gets a full handshake`, (t) => {
    t.deepEqual(outcomes(meet(name, { tickets })), ['full', 'full']);
  });
}

test('rotate-keys: a ticket of the connection before is still good', (t) => {
  t.deepEqual(outcomes(meet('rotate-keys')), ['full', 'resumed']);
});

test('fail-on-ticket: who offers a ticket is turned away', (t) => {
  t.deepEqual(outcomes(meet('fail-on-ticket')), ['full', 'handshake failed']);
});

test('reset-after-answer: the answer is there or a reset is, on that connection alone', (t) => {
  const told = meet('reset-after-answer', { nth: 2 });
  t.deepEqual(outcomes(told), ['full', 'resumed']);
  t.is(asked(told)[0], 'ok');
  t.true(told.trace.some((e) => e.kind === 'step' && e.what === 'ended' && e.outcome === 'reset'));
});

test('half-answer: a part of the answer, and an end without close_notify', (t) => {
  t.deepEqual(asked(meet('half-answer', { nth: 1 })), ['truncated', 'ok']);
});

test('no-answer: the client waits for its deadline', (t) => {
  t.deepEqual(asked(meet('no-answer', { nth: 1 })).slice(0, 1), ['timeout']);
});

test('omit-close-notify: the client misses it, the server has said nothing', (t) => {
  const told = meet('omit-close-notify');
  t.false(told.trace.some((e) => e.kind === 'alert' && e.host === 'server' && e.direction === 'sent'));
});

/** What a client meets at its only connection, whose server's certificate it verifies. */
function verified(name: string, expected: string | undefined): Told {
  return play((w) => {
    const server = w.server({ misbehave: { name, nth: 1 } });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context({ verify: true });
    for (let i = 0; i < 2; i += 1) {
      const connection = ctx.connection();
      if (expected !== undefined) connection.expectHost(expected);
      connection.open(server);
      connection.close();
    }
  });
}

for (const name of ['expired-certificate', 'wrong-name']) {
  test(`${name}: who verifies refuses it, on that connection alone`, (t) => {
    const told = verified(name, 'simtls.test');
    t.deepEqual(outcomes(told), ['handshake failed', 'full']);
    t.true(
      told.trace.some((e) => e.kind === 'alert' && e.host === 'client' && e.direction === 'sent' && e.level === 2),
    );
    t.deepEqual(outcomes(meet(name)), ['full', 'resumed'], 'who does not verify takes it');
  });
}

test('a name that is not in the certificate is refused, one that is there is not', (t) => {
  t.deepEqual(outcomes(verified('omit-close-notify', 'elsewhere.test')), ['handshake failed', 'handshake failed']);
  t.deepEqual(outcomes(verified('omit-close-notify', 'a.simtls.test')), ['full', 'full']);
});

test('no-id-context: who resumes with a client certificate is turned away', (t) => {
  const told = play((w) => {
    const server = w.server({
      misbehave: { name: 'no-id-context' },
      context: { verify: true, sessionIdContext: 'shop' },
    });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context({ certificate: true });
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    first.close();
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
  });
  t.deepEqual(outcomes(told), ['full', 'handshake failed']);
  t.true(told.trace.some((e) => e.kind === 'decision' && e.code === 'id-context-uninitialized'));
});

for (const [name, outcome] of [
  ['silent', 'timeout'],
  ['plain-http', 'failed'],
  ['reset-on-hello', 'reset'],
  ['end-on-hello', 'truncated'],
] as const) {
  test(`${name}: the handshake of that connection ends with ${outcome}`, (t) => {
    const told = meet(name, { nth: 1 });
    t.is(told.outcomeOf('client-5'), outcome);
    t.deepEqual(outcomes(told), [name === 'silent' ? 'connected' : 'handshake failed', 'full']);
  });
}

test('garbage-record: the client reads a record that does not decrypt', (t) => {
  t.deepEqual(asked(meet('garbage-record', { nth: 1 })), ['failed', 'ok']);
});

test('reset-after-handshake and stop-reading: the request has no answer', (t) => {
  t.deepEqual(asked(meet('reset-after-handshake', { nth: 1 })), ['reset', 'ok']);
  t.deepEqual(asked(meet('stop-reading', { nth: 1 })), ['timeout', 'ok']);
});

test('close-after-answer: the answer is whole, and the connection is over', (t) => {
  const told = meet('close-after-answer');
  t.deepEqual(asked(told), ['ok', 'ok']);
  t.true(told.trace.some((e) => e.kind === 'alert' && e.host === 'server' && e.direction === 'sent'));
});

test('byte-by-byte: every byte is a segment of its own, and all is as it should be', (t) => {
  const told = meet('byte-by-byte');
  t.deepEqual(asked(told), ['ok', 'ok']);
  t.deepEqual(outcomes(told), ['full', 'resumed']);
  t.true(told.endOf('client-6') - told.endOf('client-5') > 20_000, 'a microsecond from one byte to the next');
});

test('every misbehaviour of simtls serve has its world, and one that there is not is no plan', (t) => {
  for (const { name } of misbehaviours) t.notThrows(() => meet(name), name);
  t.throws(() => meet('sulk'), { instanceOf: PlanError });
});

test('every misbehaviour gives the same events under either cryptography', (t) => {
  for (const { name } of misbehaviours) {
    const one = scenario({
      name: 'mine',
      title: 'mine',
      answers: 'nothing',
      tls: '1.2',
      record(w) {
        const server = w.server({ misbehave: { name } });
        const client = w.client();
        w.link(client, server, { latencyUs: 500 });
        const ctx = client.context({ verify: name !== 'silent' });
        for (let i = 0; i < 2; i += 1) {
          const connection = ctx.connection();
          connection.open(server);
          connection.request({ answer: 300 });
          connection.close();
        }
      },
    });
    const plan = recordPlan(one, { seed: '1', profile: '3.0' });
    t.is(runPlan(plan, { crypto: 'fast' }).fingerprint, runPlan(plan, { crypto: 'real' }).fingerprint, name);
  }
});

test('several at once, and one that has left a callback ends with its connection', (t) => {
  const told = play((w) => {
    const server = w.server({
      misbehave: [
        { name: 'garbage-ticket', nth: 1 },
        { name: 'half-answer', nth: 1 },
        { name: 'half-answer', nth: 3 },
      ],
    });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context();
    let before = ctx.connection();
    for (let i = 0; i < 3; i += 1) {
      const connection = i === 0 ? before : ctx.connection();
      if (i > 0) {
        const session = before.session();
        before.close();
        connection.setSession(session);
      }
      connection.open(server);
      connection.request({ answer: 100 });
      before = connection;
    }
    before.close();
  });
  // The first ticket nobody can open, the second is good again.
  t.deepEqual(outcomes(told), ['full', 'full', 'resumed']);
  t.deepEqual(asked(told), ['truncated', 'ok', 'truncated']);
});

test('a server misbehaves from a fault on: at a time, after a step, at a point inside a call, for a while', (t) => {
  const answers = (at: (w: Recorder, server: ServerRecorder, first: Observation) => void): readonly string[] => {
    const told = play((w) => {
      const server = w.server();
      const client = w.client();
      w.link(client, server, { latencyUs: 500 });
      const ctx = client.context();
      for (let i = 0; i < 3; i += 1) {
        const connection = ctx.connection();
        const opened = connection.open(server);
        if (i === 0) at(w, server, opened);
        connection.request({ answer: 100 });
        connection.close();
        client.sleep({ seconds: 10 });
      }
    });
    return asked(told).map(String);
  };
  const half = (server: ServerRecorder): FaultAction => ({ do: 'misbehave', host: server.name, name: 'half-answer' });
  t.deepEqual(
    answers((w, server) => w.fault(half(server), { atUs: 5_000_000 })),
    ['ok', 'truncated', 'truncated'],
  );
  t.deepEqual(
    answers((w, server) => w.fault(half(server), { atUs: 5_000_000 }, { lastsUs: 10_000_000 })),
    ['ok', 'truncated', 'ok'],
  );
  t.deepEqual(
    answers((w, server, first) => w.fault(half(server), { after: first }, { lastsUs: 5_000_000 })),
    ['truncated', 'ok', 'ok'],
  );
  // The second handshake's first record to arrive: what the server does from there on is bad, also on that connection.
  t.deepEqual(
    answers((w, server) => w.fault(half(server), { point: 'callback:new', on: server, nth: 2 })),
    ['ok', 'ok', 'ok'],
    'no callback is set, so that the point is never passed',
  );
  t.deepEqual(
    answers((w, server) => w.fault(half(server), { point: 'alert:before', on: server, nth: 1 })),
    ['ok', 'truncated', 'truncated'],
    'its first alert is the close_notify of the first connection',
  );
});

test('keys that are forgotten at a point are gone from there on', (t) => {
  const told = play((w) => {
    const server = w.server();
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    w.fault({ do: 'misbehave', host: server.name, name: 'forget-keys' }, { after: closed }, { lastsUs: 1 });
    client.sleep({ seconds: 1 });
    for (let i = 0; i < 2; i += 1) {
      const connection = ctx.connection();
      connection.setSession(session);
      connection.open(server);
      connection.close();
    }
  });
  t.deepEqual(outcomes(told), ['full', 'full', 'full']);
  t.deepEqual(
    told.trace.flatMap((e) => (e.kind === 'decision' && e.host === 'server' ? [e.code] : [])),
    ['nothing-offered', 'ticket-unknown-key', 'ticket-unknown-key'],
  );
});

test('a context that its program has freed under its server stays as it is', (t) => {
  const step = (id: string, call: string, args: readonly unknown[], more = {}) => ({
    id,
    on: 'server',
    call,
    args,
    ...more,
  });
  const plan = toPlan({
    format: 'simtls-plan/1',
    seed: '1',
    dice: 1,
    profile: '3.0',
    hosts: [{ name: 'server' }],
    links: [],
    steps: [
      step('made', 'SSL_CTX_new', ['TLS_server_method'], { let: 'ctx' }),
      step('served', 'serve', ['$ctx', {}]),
      step('freed', 'SSL_CTX_free', ['$ctx']),
      step('later', 'sleep', [{ us: 1000 }]),
    ],
    faults: [
      { id: 'fault', at: { after: 'freed', us: 1 }, action: { do: 'misbehave', host: 'server', name: 'rotate-keys' } },
    ],
    checks: [],
    drawn: [],
  });
  t.is(runPlan(plan).verdict, 'pass');
});
