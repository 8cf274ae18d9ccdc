import { type ApplicationDefect, applicationDefect, scenario } from 'simtls/sim';

const newCbOwnershipLie: ApplicationDefect = applicationDefect({
  name: 'new-cb-ownership-lie',
  entry: 'M-13',
  mechanism:
    'the new-session callback keeps the session as bytes and returns 1, as if it had kept the object: nobody gives that reference back',
  repaired: 'it returns 0: the bytes are all that it keeps',
  source: 'nodejs/node#33931: the QUIC code of Node.js, June 2020; openssl/openssl#10848 made the manual say so',
  invariant: 'nothing-leaked-at-exit',
  program: ({ repaired }) =>
    scenario({
      name: 'sessions-as-bytes',
      title: 'a client keeps the latest session as bytes, and resumes from these',
      answers: 'SSL_CTX_sess_set_new_cb(3): what does the value of the callback say?',
      record(w) {
        const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
        const client = w.client();
        const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT|SSL_SESS_CACHE_NO_INTERNAL' });
        ctx.on('new', {
          record: ({ session }) => client.bind('bytes', 'i2d_SSL_SESSION', [session], 'latest'),
          returns: repaired ? 0 : 1,
        });
        const visits = w.draw.int('visits', { min: 1, max: 4 });
        for (let visit = 1; visit <= visits; visit += 1) {
          const connection = ctx.connection();
          if (visit > 1) {
            const session = client.bind('session', 'd2i_SSL_SESSION', ['$latest']);
            connection.setSession(session);
            session.free();
          }
          connection.open(server);
          connection.request({ answer: w.draw.int(`answerBytes/${visit}`, { min: 1, max: 20_000 }) });
          connection.close();
          connection.free();
        }
        client.exit();
      },
    }),
});

export default newCbOwnershipLie;
