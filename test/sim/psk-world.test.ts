/** The verb psk: keys from elsewhere, in both roles. */
import test from 'ava';
import { PlanError } from '../../sim/plan/index.js';
import type { ContextOptions } from '../../sim/scenario/index.js';
import { profiles } from './_scenarios.js';
import { play, type Told } from './_talk.js';

type Psk = ContextOptions['psk'];

/** A connection of a client with one key to a server with another: the connection's outcome. */
function meet(
  server: Psk,
  client: Psk,
  options: { readonly certificate?: boolean; readonly profile?: '1.1.1' | '3.0' | '3.5' } = {},
): Told {
  const { certificate = false, profile = '3.0' } = options;
  return play(
    (w) => {
      const host = w.server({ context: { certificate, ...(server === undefined ? {} : { psk: server }) } });
      const other = w.client();
      w.link(other, host, { latencyUs: 500 });
      const connection = other.context(client === undefined ? {} : { psk: client }).connection();
      connection.open(host);
      connection.close();
      other.exit();
    },
    profile,
    '1.3',
  );
}
const outcome = (told: Told): string | undefined => told.connections[0]?.outcome;

for (const profile of profiles) {
  test(`${profile}: who shares a key needs no certificate, and nothing is left of the sessions that the callbacks make`, (t) => {
    const told = meet({ identity: 'shop' }, { identity: 'shop' }, { profile });
    t.is(outcome(told), 'resumed');
    t.is(told.verdict, 'pass');
  });
}

test('another identity is not found; another key under the same identity ends the handshake', (t) => {
  t.is(outcome(meet({ identity: 'shop' }, { identity: 'bank' })), 'handshake failed');
  t.is(outcome(meet({ identity: 'shop' }, { identity: 'bank' }, { certificate: true })), 'full');
  t.is(
    outcome(meet({ identity: 'shop' }, { identity: 'shop', shared: 'other' }, { certificate: true })),
    'handshake failed',
  );
  t.is(outcome(meet({ identity: 'shop', shared: 'one' }, { identity: 'shop', shared: 'one' })), 'resumed');
  t.is(outcome(meet(undefined, { identity: 'shop' }, { certificate: true })), 'full');
});

test('an identity has 1 to 128 characters', (t) => {
  for (const identity of ['', 'x'.repeat(129)]) {
    t.throws(() => meet({ identity, shared: 'x' }, undefined), { instanceOf: PlanError, message: /identity/ });
  }
});
