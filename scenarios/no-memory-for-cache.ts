import { type Scenario, scenario } from 'simtls/sim';

const noMemoryForCache: Scenario = scenario({
  name: 'no-memory-for-cache',
  title: 'SSL_CTX_add_session finds no memory: what is left of the session in the cache',
  answers: 'openssl/openssl#2138: the reference that was taken for the cache when lh_SSL_SESSION_insert fails',
  tls: '1.2',
  record(w) {
    const client = w.client();
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const connections = w.draw.int('connections', { min: 1, max: 4 });
    const nth = w.draw.int('nth', { min: 1, max: connections });
    w.fault({ do: 'allocation', host: client.name, site: 'cache-entry', nth }, { atUs: 0 });
    client.sleep({ ms: 1 });
    const sessions = Array.from({ length: connections }, () => {
      const connection = ctx.connection();
      w.expect(connection.open(server), 'ok', 'the handshake does not care');
      const session = connection.session();
      connection.close();
      connection.free();
      return session;
    });
    for (const [i, session] of sessions.entries()) {
      w.expect(session.refs(), i + 1 === nth ? 1 : 2, 'the cache holds every session but one');
    }
    w.expect(ctx.cached(), connections - 1, 'and counts them so');
    const dangles = w.profile === '3.0';
    if (dangles) w.expect.violation('cache-lists-what-it-holds', '3.0 links what it has no reference of');

    // 3.0 has linked it into the list without a reference: the flush gives back one that is the program's.
    const flush = client.call('SSL_CTX_flush_sessions', [ctx, 0]);
    w.expect(ctx.cached(), 0, 'nothing is left');
    if (dangles) w.expect.violation('library-keeps-counts', '3.0 frees what it does not hold', flush);
    for (const [i, session] of sessions.entries()) if (!dangles || i + 1 !== nth) session.free();
    ctx.free();
    client.call('exit', [], 'outcome');
  },
});

export default noMemoryForCache;
