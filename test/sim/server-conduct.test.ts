import test from 'ava';
import { PlanError } from '../../sim/plan/index.js';
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

test('a misbehaviour that there is not, or that no world can show, is no plan', (t) => {
  for (const name of ['sulk', 'byte-by-byte']) t.throws(() => meet(name), { instanceOf: PlanError });
});
