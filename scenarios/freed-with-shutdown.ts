import { type Scenario, scenario } from 'simtls/sim';

const freedWithShutdown: Scenario = scenario({
  name: 'freed-with-shutdown',
  title: 'SSL_shutdown once, without waiting for the answer, then SSL_free: the session resumes',
  answers: 'openssl/openssl#4720: what one has to call so that a session stays good; see SSL_shutdown(3)',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const first = ctx.connection();
    first.open(server);
    first.request({ answer: w.draw.int('answerBytes', { min: 0, max: 40_000 }) });
    const session = first.session();
    first.close({ wait: false });
    first.free();
    w.expect(session.resumable(), 1, 'the close_notify was sent: the session is closed in good order');
    w.expect(ctx.cached(), 1, 'it stays in the cache');

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 1, max: 600 }) });
    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
    w.expect(second.reused(), 1, 'it is resumed');
    second.close();
    second.free();
    client.exit();
  },
});

export default freedWithShutdown;
