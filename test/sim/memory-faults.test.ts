import test from 'ava';
import type { AllocationSiteName } from '../../sim/plan/index.js';
import { profiles } from './_scenarios.js';
import { play, type Told } from './_talk.js';

type ProfileName = (typeof profiles)[number];

/** A client whose nth allocation at a site fails; `tickets` from the server or ids. */
function without(
  site: AllocationSiteName,
  options: {
    readonly on: 'client' | 'server';
    readonly tickets: boolean;
    readonly nth?: number;
    readonly profile?: ProfileName;
  },
): Told {
  return play((w) => {
    const server = w.server({ tickets: options.tickets, context: { name: 'server' } });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    w.fault({ do: 'allocation', host: options.on, site, nth: options.nth ?? 1 }, { atUs: 0 });
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    client.sleep({ seconds: 1 });
    const connection = ctx.connection();
    connection.open(server);
    ctx.cached();
    client.call('SSL_SESSION_new', []);
    connection.close();
  }, options.profile);
}

for (const profile of profiles) {
  const because = { '1.1.1': 'malloc failure', '3.0': 'malloc failure', '3.5': 'reason(524308)' }[profile];
  test(`no memory for a session ends the handshake with internal_error and "${because}" (${profile})`, (t) => {
    const told = without('session', { on: 'client', tickets: false, profile });
    const handshake = told.trace.find((e) => e.kind === 'step' && e.what === 'ended' && e.call === 'handshake');
    t.true(told.steps.get(handshake!.step)?.errors.includes(because));
    const sent = told.trace.find((e) => e.kind === 'alert' && e.direction === 'sent' && e.host === 'client');
    t.is(sent?.kind === 'alert' && sent.description, 80);
  });

  test(`no memory for a ticket ends the handshake, on the side that seals it and on the side that keeps it (${profile})`, (t) => {
    for (const on of ['client', 'server'] as const) {
      const told = without('ticket', { on, tickets: true, profile });
      const sent = told.trace.find((e) => e.kind === 'alert' && e.direction === 'sent');
      t.is(sent?.host, on);
      t.is(sent?.kind === 'alert' && sent.description, 80);
    }
  });

  test(`no memory for an entry of the cache: the handshake goes on, and the session is not found again (${profile})`, (t) => {
    const told = without('cache-entry', { on: 'client', tickets: false, profile });
    t.is(told.connections[0]?.outcome, 'full');
    t.deepEqual(
      told.trace.flatMap((e) =>
        e.kind === 'step' && e.what === 'ended' && e.call === 'observe'
          ? [told.steps.get(e.step)?.observed.number]
          : [],
      ),
      [0],
    );
  });

  const dangles = profile === '3.0';
  test(`SSL_CTX_add_session without memory gives 0 and takes its reference back; ${profile} ${
    dangles ? 'keeps the session in its list, and a flush takes the reference of the program' : 'leaves nothing behind'
  }`, (t) => {
    const seen: { add?: { step: string }; refs?: { step: string }; after?: { step: string } } = {};
    const told = play((w) => {
      const host = w.host('host');
      const ctx = host.context();
      const session = host.bind('session', 'SSL_SESSION_new', []);
      host.call('SSL_SESSION_set1_id', [session, { hex: 'aa' }]);
      host.call('SSL_SESSION_up_ref', [session]);
      w.fault({ do: 'allocation', host: 'host', site: 'cache-entry' }, { atUs: 0 });
      host.sleep({ seconds: 1 });
      seen.add = host.call('SSL_CTX_add_session', [ctx, session]);
      seen.refs = session.refs();
      host.call('SSL_CTX_flush_sessions', [ctx, 0]);
      seen.after = session.refs();
    }, profile);
    const of = (step: { step: string } | undefined): object | undefined => told.steps.get(step?.step ?? '')?.observed;
    t.deepEqual(of(seen.add), { ret: 0 });
    t.like(of(seen.refs), { refs: 2 });
    t.like(of(seen.after), { refs: dangles ? 1 : 2 });
    t.deepEqual(
      told.violations.map(({ invariant, owner }) => [invariant, owner]),
      dangles
        ? [
            ['cache-lists-what-it-holds', 'libssl'],
            ['library-keeps-counts', 'libssl'],
          ]
        : [],
    );
  });
}

test('a session that is gone and still in the list of 3.0 ends the process at the next flush', (t) => {
  const told = play((w) => {
    const host = w.host('host');
    const ctx = host.context();
    const session = host.bind('session', 'SSL_SESSION_new', []);
    host.call('SSL_SESSION_set1_id', [session, { hex: 'aa' }]);
    w.fault({ do: 'allocation', host: 'host', site: 'cache-entry' }, { atUs: 0 });
    host.sleep({ seconds: 1 });
    host.call('SSL_CTX_add_session', [ctx, session]);
    session.free();
    host.call('SSL_CTX_flush_sessions', [ctx, 0]);
  });
  t.deepEqual(
    told.violations.map(({ invariant, owner }) => [invariant, owner]),
    [
      ['cache-lists-what-it-holds', 'libssl'],
      ['process-survives-calls', 'libssl'],
    ],
  );
});

for (const profile of profiles) {
  test(`SSL_SESSION_new, SSL_SESSION_dup and d2i_SSL_SESSION without memory give NULL (${profile})`, (t) => {
    const told = play((w) => {
      const host = w.host('host');
      const session = host.bind('session', 'SSL_SESSION_new', []);
      for (const site of ['session', 'session-copy'] as const)
        w.fault({ do: 'allocation', host: 'host', site }, { atUs: 1_000 });
      host.sleep({ seconds: 1 });
      host.call('SSL_SESSION_dup', [session]);
      host.call('SSL_SESSION_new', []);
      host.call('SSL_SESSION_new', []);
    }, profile);
    const errors = profile === '3.5' ? [] : ['malloc failure'];
    t.like(told.steps.get('host-3'), { observed: { ret: null }, errors });
    t.like(told.steps.get('host-4'), { observed: { ret: null }, errors });
    t.not(told.steps.get('host-5')?.observed.ret, null, 'one alone fails');
  });
}
