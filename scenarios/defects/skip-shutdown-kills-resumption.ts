import { type ApplicationDefect, applicationDefect, scenario } from 'simtls/sim';

const skipShutdownKillsResumption: ApplicationDefect = applicationDefect({
  name: 'skip-shutdown-kills-resumption',
  entry: 'S-04',
  mechanism:
    'the client closes its socket and frees its connection without SSL_shutdown, which takes the connection for a failed one: the session that it holds can never be resumed',
  repaired: 'it calls SSL_shutdown once before SSL_free',
  source: 'openssl/openssl#4720 and #1550 (documented by #6053); apache/trafficserver#5935; aws/s2n-tls#4818',
  invariant: 'held-session-stays-resumable',
  program: ({ repaired }) =>
    scenario({
      name: 'client-that-comes-back',
      title: 'a client keeps the session of each connection for the next one',
      answers: 'why is every handshake a full one?',
      record(w) {
        const tls = w.draw.pick('tls', ['1.2', '1.3']);
        const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }), context: { tls } });
        const client = w.client();
        const ctx = client.context();
        let session = null;
        const visits = w.draw.int('visits', { min: 1, max: 4 });
        for (let visit = 1; visit <= visits; visit += 1) {
          const connection = ctx.connection();
          if (session !== null) {
            connection.setSession(session);
            session.free();
          }
          connection.open(server);
          connection.request({ answer: w.draw.int(`answerBytes/${visit}`, { min: 1, max: 20_000 }) });
          session = connection.session();
          if (repaired) connection.close({ wait: false });
          else connection.disconnect();
          connection.free();
          client.sleep({ seconds: w.draw.int(`pauseSeconds/${visit}`, { min: 0, max: 600 }) });
        }
        client.exit();
      },
    }),
});

export default skipShutdownKillsResumption;
