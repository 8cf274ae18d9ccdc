import { type ApplicationDefect, applicationDefect, scenario } from 'simtls/sim';

const perHostTicketHoard: ApplicationDefect = applicationDefect({
  name: 'per-host-ticket-hoard',
  entry: 'C-09',
  mechanism:
    'the client keeps every ticket that a server cares to send: a hostile one decides how much memory that takes',
  repaired: 'at most eight of a host are kept, the oldest being let go',
  source: 'cloudflare/boring#195: hyper-boring, 2023',
  invariant: 'sessions-within-limit',
  program: ({ repaired }) =>
    scenario({
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
        ctx.keepSessions(repaired ? { atMost: limit } : {});
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
    }),
});

export default perHostTicketHoard;
