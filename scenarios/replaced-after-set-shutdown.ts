import { type Scenario, scenario } from 'simtls/sim';

const replacedAfterSetShutdown: Scenario = scenario({
  name: 'replaced-after-set-shutdown',
  title: 'another session set after SSL_set_shutdown: the one in use stays',
  answers:
    'SSL_set_session(3): "A session is considered open, if SSL_shutdown(3) was not called for the connection (or at least SSL_set_shutdown(3) was used to set the SSL_SENT_SHUTDOWN state)."',
  tls: '1.2',
  record(w) {
    const server = w.server();
    const client = w.client();
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const first = ctx.connection();
    first.open(server);
    const kept = first.session();
    first.close();
    first.free();

    const second = ctx.connection();
    second.open(server);
    const current = second.session();
    const flags = w.draw.pick('flags', ['SSL_SENT_SHUTDOWN', 'SSL_SENT_SHUTDOWN|SSL_RECEIVED_SHUTDOWN']);
    client.call('SSL_set_shutdown', [second, flags]);
    w.expect(second.setSession(kept), 1, 'it succeeds');
    w.expect(ctx.cached(), 2, 'nothing has left the cache');
    w.expect(current.resumable(), 1, 'the session counts as closed in good order');
    second.disconnect();
    second.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    const third = ctx.connection();
    third.setSession(current);
    third.open(server);
    w.expect(third.reused(), 1, 'it is resumed');
    third.close();
    third.free();
    client.exit();
  },
});

export default replacedAfterSetShutdown;
