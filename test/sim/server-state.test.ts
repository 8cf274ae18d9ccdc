import test from 'ava';
import type { ServerOptions } from '../../sim/scenario/index.js';
import { play, type Told } from './_talk.js';

/** A client resumes a session after the server lost power and came back. */
function afterPowerLoss(options: ServerOptions): Told {
  return play((w) => {
    const server = w.server(options);
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    w.crash(server, { after: closed, us: 1_000_000 }, 'half-open');
    w.restart(server, { after: closed, us: 2_000_000 });
    client.sleep({ seconds: 5 });
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
  });
}
const outcomes = (told: Told): readonly string[] => told.connections.map((one) => one.outcome);

test('sessions in synced files outlive the loss of power', (t) => {
  t.deepEqual(outcomes(afterPowerLoss({ tickets: false, store: { directory: '/s' } })), ['full', 'resumed']);
  t.deepEqual(outcomes(afterPowerLoss({ tickets: false })), ['full', 'full']);
});

test('ticket keys of a file are made once, and the next process reads them', (t) => {
  t.deepEqual(outcomes(afterPowerLoss({ ticketKeys: { file: '/keys' } })), ['full', 'resumed']);
  t.deepEqual(outcomes(afterPowerLoss({ ticketKeys: 'lost' })), ['full', 'full']);
});

test('a file of ticket keys that was torn is replaced by fresh keys', (t) => {
  const told = play((w) => {
    const server = w.server({ ticketKeys: { file: '/keys' } });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    server.await(closed);
    server.files.write('/keys', { hex: '00'.repeat(79) });
    server.rotateTicketKeys('/keys');
    server.files.read('/keys');
    client.sleep({ seconds: 5 });
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
  });
  t.deepEqual(outcomes(told), ['full', 'full']);
  const read = told.trace.findLast((e) => e.kind === 'file' && e.what === 'read');
  t.is(read?.kind === 'file' && read.length, 80);
});

test('a store without space keeps nothing, and the handshake does not fail', (t) => {
  const told = play((w) => {
    const server = w.server({
      tickets: false,
      context: { cache: 'SSL_SESS_CACHE_SERVER|SSL_SESS_CACHE_NO_INTERNAL' },
      store: { directory: '/s' },
    });
    const client = w.client();
    w.fault({ do: 'no_space', host: 'server' }, { atUs: 10 });
    client.sleep({ ms: 1 });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    first.close();
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
  });
  t.deepEqual(outcomes(told), ['full', 'full']);
  t.true(told.trace.some((e) => e.kind === 'file' && e.what === 'write: ENOSPC'));
});

test('the remove callback deletes the file: what a flush takes is gone from the disk too', (t) => {
  const told = play((w) => {
    const server = w.server({ tickets: false, store: { directory: '/s' } });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    server.await(closed);
    server.call('SSL_CTX_flush_sessions', [server.ownContext, 0]);
    client.sleep({ seconds: 5 });
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
  });
  t.deepEqual(outcomes(told), ['full', 'full']);
});

/** Six connections of two clients through a balancer: which server each reached. */
function balanced(by: 'turn' | 'hash'): readonly string[] {
  const told = play((w) => {
    const servers = ['one', 'two', 'three'].map((name) => w.server({ name }));
    const balancer = w.balancer({ to: servers, by });
    for (const name of ['a', 'b']) {
      const client = w.client(name);
      client.sleep({ seconds: name === 'a' ? 0 : 10 });
      const ctx = client.context();
      for (let i = 0; i < 3; i++) {
        const connection = ctx.connection();
        connection.open(balancer);
        connection.close();
      }
    }
  });
  return told.connections.map((one) => one.server);
}

test('a balancer gives each server its turn, or each client its server', (t) => {
  t.deepEqual(balanced('turn'), ['one', 'two', 'three', 'one', 'two', 'three']);
  const [a, , , b] = balanced('hash');
  t.deepEqual(balanced('hash'), [a, a, a, b, b, b]);
  t.not(a, b);
});

test('a balancer that has crashed refuses, and balances again after its restart', (t) => {
  const told = play((w) => {
    const balancer = w.balancer({ to: [w.server({ name: 'one' })] });
    const client = w.client();
    w.link(client, balancer, { latencyUs: 500 });
    const ctx = client.context();
    for (const _ of [1, 2, 3]) {
      const connection = ctx.connection();
      connection.open(balancer);
      client.sleep({ seconds: 10 });
    }
    w.crash(balancer, { atUs: 5_000_000 });
    w.restart(balancer, { atUs: 15_000_000 });
  });
  t.deepEqual(outcomes(told), ['full', 'refused', 'full']);
});

test('a ring renews the tickets of its older keys, and knows no others', (t) => {
  const told = play((w) => {
    const server = w.server({ ticketKeys: { ring: ['first'] } });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    server.await(closed);
    server.useTicketRing(['second', 'first']);
    server.sleep({ seconds: 10 });
    server.useTicketRing(['third', 'second']);
    for (const pause of [5, 10]) {
      client.sleep({ seconds: pause });
      const connection = ctx.connection();
      connection.setSession(session);
      connection.open(server);
      client.call('SSL_SESSION_get_time', [connection.session()]);
      connection.close();
    }
  });
  t.deepEqual(outcomes(told), ['full', 'resumed', 'full']);
  const tickets = told.trace.filter(
    (e) => e.kind === 'message' && e.handshakeType === 4 && e.direction === 'sent' && e.host === 'server',
  );
  t.is(tickets.length, 3, 'one for the first, a renewed one, one for the last');
});
