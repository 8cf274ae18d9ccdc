import { type Scenario, scenario } from 'simtls/sim';

const cacheOfOne: Scenario = scenario({
  name: 'cache-of-one',
  title:
    'an internal cache of one beside a store on disk, after a restart: an older session comes back behind a younger',
  answers:
    'openssl/openssl#18690: a handshake with a session of the external cache fails, where the internal one is full',
  tls: '1.2',
  record(w) {
    const server = w.server({
      tickets: false,
      context: { cache: 'SSL_SESS_CACHE_SERVER', cacheSize: w.draw.int('cacheSize', { min: 1, max: 2 }) },
      store: { directory: '/sessions' },
    });
    const client = w.client();
    const ctx = client.context();
    const count = w.draw.int('sessions', { min: 1, max: 2 });
    const sessions = Array.from({ length: count }, (_, i) => {
      const connection = ctx.connection();
      connection.open(server);
      const session = connection.session();
      connection.close();
      connection.free();
      client.sleep({ seconds: w.draw.int(`pauseSeconds/${i}`, { min: 1, max: 100 }) });
      return session;
    });
    const restarted = client.call('sleep', [{ us: 1_000_000 }], 'outcome');
    w.crash(server, { after: restarted });
    w.restart(server, { after: restarted, us: 1_000_000 });
    client.sleep({ seconds: 10 });

    // A new one first, younger than all that are on the disk.
    const young = ctx.connection();
    w.expect(young.open(server), 'ok', 'a full handshake');
    young.close();
    young.free();
    for (const [i, session] of sessions.entries()) {
      const connection = ctx.connection();
      connection.setSession(session);
      w.expect(connection.open(server), 'ok', 'from the disk or not at all: no failure');
      w.expect(connection.request({ answer: 100 }), 'ok', `the client of session ${i} is served`);
      connection.close();
      connection.free();
    }
    client.exit();
  },
});

export default cacheOfOne;
