import { scenario } from 'simtls/sim';

export default scenario({
  name: 'client-with-tickets',
  title: 'a client that keeps tickets for its next connections, eight of a host',
  answers: 'how many tickets of a server should a client keep?',
  tls: '1.3',
  record(w) {
    const limit = 8;
    const server = w.server({ context: { numTickets: w.draw.int('tickets', { min: 1, max: 30 }) } });
    const client = w.client();
    client.holdsAtMost({ sessionsPerHost: limit });
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT|SSL_SESS_CACHE_NO_INTERNAL' });
    ctx.keepSessions();
    const visits = w.draw.int('visits', { min: 1, max: 4 });
    for (let visit = 1; visit <= visits; visit += 1) {
      const connection = ctx.connection();
      if (visit > 1) {
        const session = ctx.takeSession('newest');
        connection.setSession(session);
        session.free();
      }
      connection.open(server);
      connection.request({ answer: w.draw.int(`answerBytes/${visit}`, { min: 1, max: 9_000 }) });
      connection.close();
      connection.free();
    }
    client.exit();
  },
});
