import { type Scenario, scenario } from 'simtls/sim';

const evictedUnheld: Scenario = scenario({
  name: 'evicted-unheld',
  title: 'a full cache drops sessions that nobody else holds, and its remove callback looks at each',
  answers:
    'SSL_CTX_sess_set_remove_cb(3): "The remove_session_cb() is called whenever the SSL engine removes a session from the internal cache."',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const size = w.draw.int('cacheSize', { min: 2, max: 5 });
    const total = size + w.draw.int('tooMany', { min: 1, max: 4 });
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT', cacheSize: size });
    client.call('sim_on_remove', [ctx]);
    for (let i = 0; i < total; i += 1) {
      const connection = ctx.connection();
      w.expect(connection.open(server), 'ok', 'the handshake is done, whoever has to go for it');
      w.expect(
        connection.request({ answer: w.draw.int(`answerBytes/${i}`, { min: 1, max: 5_000 }) }),
        'ok',
        'it serves',
      );
      connection.close();
      connection.free();
      client.sleep({ seconds: w.draw.int(`pauseSeconds/${i}`, { min: 0, max: 3 }) });
    }
    // Since 3.0 room is made before the new session is linked, counting it already: one place is never used.
    const held = w.byProfile({ '1.1.1': size, '3.0': size - 1, '3.5': size - 1 });
    w.expect(ctx.cached(), held, 'how many the cache holds');
    w.expect(ctx.counter('cache_full'), total - held, 'every eviction is counted');
    client.exit();
  },
});

export default evictedUnheld;
