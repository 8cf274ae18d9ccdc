/** Early data in worlds: the verbs early_data and send_early, accept loops that take it, and what is seen of it. */
import test from 'ava';
import { PlanError } from '../../sim/plan/index.js';
import type {
  AcceptedField,
  Ask,
  Connection,
  HostRecorder,
  ServerOptions,
  ServerRecorder,
} from '../../sim/scenario/index.js';
import { profiles } from './_scenarios.js';
import { play, type Told } from './_talk.js';

interface Meeting {
  readonly server: ServerRecorder;
  readonly client: HostRecorder;
  /** A second connection, with a session that allows early data: connected, nothing said. */
  readonly second: Connection;
}

const serving: ServerOptions = { context: { earlyData: { max: 20_000 } } };
const seen: readonly AcceptedField[] = ['outcome', 'reused', 'early', 'early_bytes', 'requests'];

/** What is seen of the second connection, by the server. */
function meet(record: (meeting: Meeting) => void, options: ServerOptions = serving, profile = profiles[1]!): Told {
  return play(
    (w) => {
      const server = w.server(options);
      const client = w.client();
      w.link(client, server, { latencyUs: 500 });
      const ctx = client.context();
      const first = ctx.connection();
      first.open(server);
      first.request({ answer: 10 });
      const session = first.session();
      first.close();
      const second = ctx.connection();
      second.setSession(session);
      second.connect(server);
      record({ server, client, second });
    },
    profile,
    '1.3',
  );
}

const servedOf = (told: Told, n = 2): Record<string, unknown> => {
  const [, result] = [...told.steps].find(([id]) => id.endsWith(`/${n}`)) ?? [];
  const { outcome, observed } = result ?? { outcome: 'none', observed: {} };
  const all: Record<string, unknown> = { outcome, ...observed };
  return Object.fromEntries(seen.map((field) => [field, all[field]]));
};
/** What the steps of that verb came to, in order. */
const outcomes = (told: Told, verb: string): readonly (string | undefined)[] =>
  told.trace.flatMap((e) =>
    e.kind === 'step' && e.what === 'ended' && e.call === verb ? [told.outcomeOf(e.step)] : [],
  );

/** Asks early, and receives the answer. */
function askEarly({ second }: Meeting, ask: Ask = { bytes: 300, answer: 2_000 }): void {
  second.requestEarly(ask);
  second.handshake();
  second.early();
  second.receive({ bytes: ask.answer });
  second.close();
}

for (const profile of profiles) {
  test(`${profile}: a request as early data is acted upon, and answered before the handshake is over`, (t) => {
    const told = meet(askEarly, serving, profile);
    t.deepEqual(servedOf(told), { outcome: 'ok', reused: 1, early: 'accepted', early_bytes: 309, requests: 1 });
    t.deepEqual(outcomes(told, 'receive'), ['ok']);
    t.is(told.verdict, 'pass');
    const answered = told.trace.findLastIndex((e) => e.kind === 'data' && e.host === 'server' && e.what === 'sent');
    const done = told.trace.findLastIndex((e) => e.kind === 'step' && e.call === 'handshake' && e.what === 'ended');
    t.true(answered > 0 && answered < done, 'the answer left before the client had finished');
  });
}

test('a server that defers acts on an early request once the handshake is over', (t) => {
  const told = meet(askEarly, { ...serving, early: 'deferred' });
  t.deepEqual(servedOf(told), { outcome: 'ok', reused: 1, early: 'accepted', early_bytes: 309, requests: 1 });
  t.deepEqual(outcomes(told, 'receive'), ['ok']);
});

for (const handshakes of [true, false]) {
  test(`a server that does not read early data rejects it, and resumes: ${handshakes ? 'a handshake' : 'SSL_write alone'} behind it`, (t) => {
    const told = meet(
      ({ second }) => {
        second.requestEarly({ answer: 100 });
        if (handshakes) second.handshake();
        second.request({ answer: 100 });
        second.close();
      },
      { ...serving, early: 'not-read' },
    );
    t.deepEqual(servedOf(told), { outcome: 'ok', reused: 1, early: 'rejected', early_bytes: 0, requests: 1 });
    t.deepEqual(outcomes(told, 'request'), ['ok', 'ok']);
    t.is(told.verdict, 'pass', 'what was rejected is not counted as sent');
  });
}

test('an answer may end a connection whose handshake never does: that is no good end', (t) => {
  const told = meet(({ second }) => {
    second.requestEarly({ answer: 100, ends: 'until-close' });
    second.disconnect();
  });
  t.like(servedOf(told), { outcome: 'eof', early_bytes: 9, requests: 1 });
});

test('a body goes on behind the early data, and an early answer may end the connection', (t) => {
  const long = meet(({ second }) => {
    second.sendEarly(15_000);
    second.handshake();
    second.send(40);
    second.close();
  });
  t.is(servedOf(long)['early_bytes'], 15_000);
  const twice = meet(({ second }) => {
    for (const bytes of [700, 300]) second.sendEarly(bytes);
    second.handshake();
    second.close();
  });
  t.is(servedOf(twice)['early_bytes'], 1_000);
  for (const early of ['at-once', 'deferred'] as const) {
    const told = meet(
      ({ second }) => {
        second.requestEarly({ bytes: 15_900, answer: 9_000, ends: 'until-close' });
        second.handshake();
        second.receive({ until: 'end' });
        second.close();
      },
      { ...serving, early },
    );
    t.deepEqual(outcomes(told, 'receive'), ['ok'], early);
    t.deepEqual(servedOf(told), { outcome: 'ok', reused: 1, early: 'accepted', early_bytes: 15_909, requests: 1 });
    t.is(told.verdict, 'pass');
  }
});

for (const early of ['at-once', 'deferred'] as const) {
  test(`more early data than the sockets hold comes whole, at a server that acts ${early}`, (t) => {
    const max = 400_000;
    const told = meet(
      ({ second }) => {
        second.requestEarly({ bytes: 300_000, answer: 200_000 });
        second.handshake();
        second.receive({ bytes: 200_000 });
        second.close();
      },
      { early, context: { earlyData: { max, receivedMax: max } } },
    );
    t.deepEqual(servedOf(told), { outcome: 'ok', reused: 1, early: 'accepted', early_bytes: 300_009, requests: 1 });
    t.deepEqual(outcomes(told, 'receive'), ['ok']);
    t.is(told.verdict, 'pass');
  });
}

test('a client without early data, and a server that would take it', (t) => {
  const told = meet(({ second }) => {
    second.handshake();
    second.request({ answer: 30_000 });
    second.close();
  });
  t.deepEqual(servedOf(told), { outcome: 'ok', reused: 1, early: 'not sent', early_bytes: 0, requests: 1 });
  t.is(servedOf(told, 1)['early'], 'not sent', 'nor was there any on the first');
});

test('early data without a session that allows it, or more than it allows, fails', (t) => {
  const none = meet(askEarly, { early: 'at-once' });
  t.deepEqual(outcomes(none, 'send_early'), ['failed']);
  const much = meet(({ second }) => second.sendEarly(20_001));
  t.deepEqual(outcomes(much, 'send_early'), ['failed']);
  const step = much.trace.find((e) => e.kind === 'step' && e.call === 'send_early');
  t.deepEqual(much.steps.get(step?.step ?? '')?.errors, ['too much early data', 'SSL_ERROR_SSL']);
});

test('limits of what is allowed and of what is taken stand apart, and without anti-replay a ticket opens twice', (t) => {
  const limited = meet(askEarly, { context: { earlyData: { max: 20_000, receivedMax: 100 } } });
  t.is(servedOf(limited)['outcome'], 'failed');
  for (const antiReplay of [true, false]) {
    const told = meet(
      ({ client, server, second }) => {
        const session = second.session();
        askEarly({ client, server, second });
        const third = client.context().connection();
        third.setSession(session);
        third.connect(server);
        third.requestEarly({ answer: 10 });
        third.handshake();
        third.close();
      },
      { context: { earlyData: { max: 1_000, antiReplay } } },
    );
    t.is(servedOf(told)['early'], 'accepted');
    t.is(servedOf(told, 3)['early'], antiReplay ? 'rejected' : 'accepted');
    t.is(servedOf(told, 3)['reused'], antiReplay ? 0 : 1);
  }
});

test('what is no such verb is no plan', (t) => {
  const given: readonly [string, unknown][] = [
    ['send_early', {}],
    ['send_early', { bytes: -1 }],
    ['send_early', { request: {} }],
    ['send_early', { bytes: 1, request: { answer: 1 } }],
  ];
  for (const [verb, options] of given) {
    t.throws(() => meet(({ client, second }) => client.call(verb, [second, options as never])), {
      instanceOf: PlanError,
    });
  }
  for (const earlyData of [{ max: -1 }, { max: 2 ** 32 }, { max: 1, receivedMax: 1.5 }]) {
    t.throws(() => meet(askEarly, { context: { earlyData } }), { instanceOf: PlanError });
  }
  t.throws(() => meet(askEarly, { ...serving, early: 'perhaps' as never }), { instanceOf: PlanError });
});
