import { type Scenario, scenario } from 'simtls/sim';

const leakAtExit: Scenario = scenario({
  name: 'leak-at-exit',
  title: 'a process that gives back all but one reference: what leaks, and who holds it',
  answers: 'SSL_get_session(3), NOTES: "SSL_SESSION_free(3) must be explicitly called once"',
  tls: '1.2',
  record(w) {
    const forgotten = w.draw.pick('forgotten', ['session', 'connection', 'nothing']);
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const connection = ctx.connection();
    connection.open(server);
    const session = connection.session();
    connection.close();
    if (forgotten !== 'connection') connection.free();
    if (forgotten !== 'session') session.free();
    ctx.free();
    const exit = client.call('exit', [], 'outcome');
    if (forgotten !== 'nothing') {
      w.expect.violation('nothing-leaked-at-exit', `the ${forgotten} was forgotten`, exit);
    }
  },
});

export default leakAtExit;
