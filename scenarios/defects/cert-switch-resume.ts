import { type ApplicationDefect, applicationDefect, scenario } from 'simtls/sim';

const certSwitchResume: ApplicationDefect = applicationDefect({
  name: 'cert-switch-resume',
  entry: 'A-01',
  mechanism:
    'the client keeps sessions by host and port alone: one that was made with a client certificate is resumed for a request with another, or with none',
  repaired: 'the client certificate is part of what sessions are kept by',
  source:
    'CVE-2016-5419: curl 5.0 to 7.50.0; again CVE-2017-7468: 7.52.0 to 7.53.1; CVE-2026-8932 for more of the credentials',
  invariant: 'client-resumes-as-itself',
  program: ({ repaired }) =>
    scenario({
      name: 'requests-with-certificates',
      title:
        'requests to one server, each with the client certificate that it was given, and sessions kept for the next',
      answers: 'by what should a client keep its sessions?',
      record(w) {
        const tls = w.draw.pick('tls', ['1.2', '1.3']);
        const server = w.server({
          tickets: w.draw.chance('tickets', { oneIn: 2 }),
          context: { tls, verify: true, trusts: ['ec-p256', 'rsa-2048'], sessionIdContext: 'accounts' },
        });
        const client = w.client();
        const latest = new Map<string, string>();
        const requests = w.draw.int('requests', { min: 1, max: 5 });
        for (let n = 1; n <= requests; n += 1) {
          const certificate = w.draw.pick(`certificate/${n}`, ['ec-p256', 'rsa-2048']);
          const ctx = client.context({ certificate });
          const connection = ctx.connection();
          const filedBy = repaired ? `server:443 ${certificate}` : 'server:443';
          // As bytes, since each request has a context of its own.
          const bytes = latest.get(filedBy);
          if (bytes !== undefined) {
            const session = client.bind('session', 'd2i_SSL_SESSION', [`$${bytes}`]);
            connection.setSession(session);
            session.free();
          }
          connection.open(server);
          connection.request({ answer: w.draw.int(`answerBytes/${n}`, { min: 1, max: 9_000 }) });
          const session = connection.session();
          latest.set(filedBy, session.encode().name);
          session.free();
          connection.close();
          connection.free();
          ctx.free();
        }
        client.exit();
      },
    }),
});

export default certSwitchResume;
