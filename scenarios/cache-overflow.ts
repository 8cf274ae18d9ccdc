import { type Scenario, scenario } from 'simtls/sim';

const cacheOverflow: Scenario = scenario({
  name: 'cache-overflow',
  title: 'more sessions than the client cache takes: how many stay, and who goes',
  answers:
    'SSL_CTX_sess_set_cache_size(3): "If adding the session makes the cache exceed its size, then unused sessions are dropped from the end of the cache."',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const size = w.draw.int('cacheSize', { min: 2, max: 5 });
    const total = size + w.draw.int('tooMany', { min: 1, max: 4 });
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT', cacheSize: size });
    const sessions = Array.from({ length: total }, (_, i) => {
      const connection = ctx.connection();
      connection.open(server);
      const session = connection.session();
      connection.close();
      connection.free();
      client.sleep({ seconds: w.draw.int(`pauseSeconds/${i}`, { min: 0, max: 3 }) });
      return session;
    });

    // Since 3.0 room is made before the new session is linked, counting it already: one place is never used.
    const held = w.byProfile({ '1.1.1': size, '3.0': size - 1, '3.5': size - 1 });
    w.expect(ctx.cached(), held, 'how many the cache holds');
    w.expect(ctx.counter('cache_full'), total - held, 'every eviction is counted');
    for (const [i, session] of sessions.entries()) {
      const stays = i >= total - held;
      w.expect(session.resumable(), stays ? 1 : 0, 'the oldest go, and can never be resumed again');
      w.expect(session.refs(), stays ? 2 : 1, 'the cache has given up its reference to those that went');
    }
    client.exit();
  },
});

export default cacheOverflow;
