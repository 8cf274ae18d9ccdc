import { type ApplicationDefect, applicationDefect, scenario } from 'simtls/sim';

const twoCachesDrift: ApplicationDefect = applicationDefect({
  name: 'two-caches-drift',
  entry: 'C-08',
  mechanism:
    'the client replaces the one session that it keeps of a host, and the internal cache of its context keeps all that there ever were',
  repaired: 'what is replaced is taken out of the internal cache, too (SSL_CTX_remove_session)',
  source: 'dotnet/runtime#101684 and #110154: .NET 8 and 9 on Linux, 2024',
  invariant: 'sessions-within-limit',
  program: ({ repaired }) =>
    scenario({
      name: 'latest-session-of-a-host',
      title: 'a client keeps the latest session of a host, and offers it on its next connection',
      answers: 'SSL_CTX_set_session_cache_mode(3): what does the internal cache of a client do?',
      record(w) {
        const tls = w.draw.pick('tls', ['1.2', '1.3']);
        const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }), context: { tls } });
        const client = w.client();
        client.holdsAtMost({ sessionsPerHost: 1 });
        const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
        // Nothing yet: the session of a connection that has none.
        const unused = ctx.connection();
        client.bind('session', 'SSL_get1_session', [unused], 'latest');
        unused.free();
        ctx.on('new', {
          record: (given) => {
            if (repaired) client.call('SSL_CTX_remove_session', [given.ctx, '$latest']);
            client.call('SSL_SESSION_free', ['$latest']);
            client.bind('session', 'SSL_get1_session', [given.ssl], 'latest');
          },
          returns: 0,
        });
        const visits = w.draw.int('visits', { min: 1, max: 6 });
        for (let visit = 1; visit <= visits; visit += 1) {
          const connection = ctx.connection();
          // Every so often there is something that it must not resume for.
          const isFresh = visit > 1 && w.draw.chance(`fresh/${visit}`, { oneIn: 2 });
          if (visit > 1 && !isFresh) client.call('SSL_set_session', [connection, '$latest']);
          connection.open(server);
          connection.request({ answer: w.draw.int(`answerBytes/${visit}`, { min: 1, max: 9_000 }) });
          connection.close();
          connection.free();
        }
        client.exit();
      },
    }),
});

export default twoCachesDrift;
