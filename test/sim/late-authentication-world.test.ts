/** Accept loops that ask for the client's certificate after the handshake. */
import test from 'ava';
import type { Connection, ContextOptions } from '../../sim/scenario/index.js';
import { profiles } from './_scenarios.js';
import { play, type Told } from './_talk.js';

const willing: ContextOptions = { certificate: true, lateAuthentication: true };

function meet(client: ContextOptions, record: (connection: Connection) => void, profile = profiles[1]!): Told {
  return play(
    (w) => {
      const server = w.server({ context: { verify: 'late', sessionIdContext: 'shop' } });
      const host = w.client();
      w.link(host, server, { latencyUs: 500 });
      const connection = host.context(client).connection();
      connection.open(server);
      record(connection);
    },
    profile,
    '1.3',
  );
}
const served = (told: Told): readonly unknown[] => {
  const [, result] = [...told.steps].find(([id]) => id.endsWith('/1'))!;
  return [result.outcome, result.observed.certificate, result.observed.requests];
};
const requestsForCertificates = (told: Told): number =>
  told.trace.filter(
    (e) => e.kind === 'message' && e.host === 'server' && e.direction === 'sent' && e.handshakeType === 13,
  ).length;

for (const profile of profiles) {
  test(`${profile}: who shows a certificate when asked is answered, and asked once`, (t) => {
    const told = meet(
      willing,
      (connection) => {
        for (let i = 0; i < 2; i += 1) connection.request({ bytes: 500, answer: 3_000 });
        connection.close();
      },
      profile,
    );
    t.deepEqual(served(told), ['ok', 1, 2]);
    t.is(requestsForCertificates(told), 1);
    t.is(told.verdict, 'pass');
  });
}

test('who has no certificate, or does not let itself be asked, is not answered', (t) => {
  const asking = (connection: Connection): void => {
    connection.request({ answer: 10 });
  };
  t.deepEqual(served(meet({ lateAuthentication: true }, asking)), ['failed', 0, 0]);
  const shy = meet({ certificate: true }, asking);
  t.deepEqual(served(shy), ['failed', 0, 0]);
  t.is(requestsForCertificates(shy), 0);
});

test('who goes on talking in place of a certificate is not authenticated', (t) => {
  const told = meet(willing, (connection) => {
    connection.request({ answer: 10, beyond: 100 });
  });
  t.deepEqual(served(told).slice(0, 1), ['not authenticated']);
});

test('who only connects is not asked', (t) => {
  const told = meet(willing, (connection) => {
    connection.close();
  });
  t.deepEqual(served(told), ['ok', 0, 0]);
});
