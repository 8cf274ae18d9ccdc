import { type Scenario, scenario } from 'simtls/sim';

const versionsShareCache: Scenario = scenario({
  name: 'versions-share-cache',
  title: 'a client of TLS 1.2 without tickets comes back after many of TLS 1.3: is its session still in the cache?',
  answers: 'nginx 23ce9baf0: "Session tickets of TLS 1.3 used to fill the cache with sessions that nobody looks up"',
  record(w) {
    const size = w.draw.int('cacheSize', { min: 2, max: 5 });
    const server = w.server({ context: { cache: 'SSL_SESS_CACHE_SERVER', cacheSize: size } });
    const client = w.client();
    const old = client.context({ tls: '1.2', options: 'SSL_OP_NO_TICKET' });
    const first = old.connection();
    first.open(server);
    const session = first.session();
    first.close();
    first.free();

    const ctx = client.context({ tls: '1.3' });
    const others = size + w.draw.int('tooMany', { min: 0, max: 3 });
    for (let i = 0; i < others; i += 1) {
      const other = ctx.connection();
      other.open(server);
      other.request({ answer: w.draw.int(`answerBytes/${i}`, { min: 0, max: 2_000 }) });
      other.close();
      other.free();
    }

    const again = old.connection();
    again.setSession(session);
    again.open(server);
    w.expect(again.reused(), 1, 'what tickets hold is in nobody’s way');
    w.expect(server.accepted(others + 2), 'ok', 'and it is served');
    again.close();
    client.exit();
  },
});

export default versionsShareCache;
