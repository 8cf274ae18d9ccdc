import { type Scenario, scenario } from 'simtls/sim';

const freedWithoutShutdown: Scenario = scenario({
  name: 'freed-without-shutdown',
  title: 'a connection freed without SSL_shutdown: its session never resumes again',
  answers: 'openssl/openssl#4720: I hold a reference of my own, yet the session does not resume: bug or intent?',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const first = ctx.connection();
    first.open(server);
    first.request({ answer: w.draw.int('answerBytes', { min: 0, max: 40_000 }) });
    const session = first.session();
    w.expect(session.refs(), 3, 'held by the connection, the cache and the program');
    w.expect(session.resumable(), 1, 'so far it could be resumed');
    first.disconnect();
    w.expect.violation('held-session-stays-resumable', 'SSL_shutdown is left out', first.free());
    w.expect(session.refs(), 1, 'the reference of the program keeps it alive');
    w.expect(session.resumable(), 0, 'and does not keep it resumable: that is intent');
    w.expect(ctx.cached(), 0, 'it was removed from the cache');

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
    w.expect(second.reused(), 0, 'it is not offered');
    second.close();
    second.free();
    client.exit();
  },
});

export default freedWithoutShutdown;
