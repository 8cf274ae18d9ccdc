import { scenario } from 'simtls/sim';

export default scenario({
  name: 'sessions-as-bytes',
  title: 'a client keeps the latest session as bytes, and resumes from these',
  answers: 'SSL_CTX_sess_set_new_cb(3): what does the value of the callback say?',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT|SSL_SESS_CACHE_NO_INTERNAL' });
    ctx.on('new', {
      record: ({ session }) => client.bind('bytes', 'i2d_SSL_SESSION', [session], 'latest'),
      returns: 1,
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
});
