/** The verb key_update, and how many KeyUpdates a connection has seen. */
import test from 'ava';
import { PlanError } from '../../sim/plan/index.js';
import type { Connection } from '../../sim/scenario/index.js';
import { play, type Told } from './_talk.js';

/** A connection that is open; what `record` does with it. */
function opened(record: (connection: Connection) => void, tls: '1.2' | '1.3' = '1.3'): Told {
  return play(
    (w) => {
      const server = w.server();
      const client = w.client();
      w.link(client, server, { latencyUs: 500 });
      const connection = client.context().connection();
      connection.open(server);
      record(connection);
      connection.close();
    },
    '3.0',
    tls,
  );
}
const updates = (told: Told, host: string, direction: 'sent' | 'received'): number =>
  told.trace.filter(
    (e) => e.kind === 'message' && e.host === host && e.direction === direction && e.handshakeType === 24,
  ).length;
const outcome = (told: Told): string | undefined =>
  told.outcomeOf(told.trace.find((e) => e.kind === 'step' && e.call === 'key_update')?.step ?? '');

test('keys are updated once unless told, and data goes on under them', (t) => {
  const told = opened((connection) => {
    connection.updateKeys();
    connection.request({ bytes: 20_000, answer: 20_000 });
  });
  t.is(outcome(told), 'ok');
  t.deepEqual(
    [updates(told, 'client', 'sent'), updates(told, 'server', 'received'), updates(told, 'server', 'sent')],
    [1, 1, 0],
  );
  t.is(told.verdict, 'pass');
});

test('what is requested is answered, and both sides see how many came', (t) => {
  const told = opened((connection) => {
    connection.updateKeys({ requested: true, count: 7 });
    connection.request({ answer: 10 });
    connection.keyUpdates();
  });
  const seen = [...told.steps.values()].flatMap(({ observed }) => observed.key_updates ?? []);
  t.deepEqual(seen, [7, 7], 'of the client, and of the server');
});

test('below TLS 1.3 there is none, and the connection is as good as before', (t) => {
  const told = opened((connection) => {
    connection.updateKeys();
    connection.request({ answer: 10 });
  }, '1.2');
  t.is(outcome(told), 'failed');
  t.is(told.connections[0]?.outcome, 'full');
  t.is([...told.steps].find(([id]) => id.endsWith('/1'))?.[1].observed.requests, 1);
});

test('none, or more than a million, are no plan', (t) => {
  for (const count of [0, 1_000_001, 1.5]) {
    t.throws(() => opened((connection) => connection.updateKeys({ count })), {
      instanceOf: PlanError,
      message: /count/,
    });
  }
});
