import { type Scenario, scenario } from 'simtls/sim';

const replacedWhileOpen: Scenario = scenario({
  name: 'replaced-while-open',
  title: 'another session set while the connection is open: the one in use is evicted',
  answers:
    'SSL_set_session(3): "If that old session is still open, it is considered bad and will be removed from the session cache"',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const first = ctx.connection();
    first.open(server);
    const kept = first.session();
    first.close();
    first.free();

    const second = ctx.connection();
    second.open(server);
    const open = second.session();
    w.expect(ctx.cached(), 2, 'both are in the cache');
    client.sleep({ ms: w.draw.int('pauseMs', { min: 0, max: 30_000 }) });
    w.expect(second.setSession(kept), 1, 'it succeeds');
    w.expect(ctx.cached(), 1, 'the session that was open has left the cache');
    w.expect(open.resumable(), 0, 'it is marked as not resumable');
    w.expect(open.refs(), 1, 'cache and connection have given their references back');
    w.expect(kept.resumable(), 1, 'the one that was set is as it was');
    second.disconnect();
    w.expect.violation(
      'held-session-stays-resumable',
      'no SSL_shutdown spoils the one that was set too',
      second.free(),
    );

    const third = ctx.connection();
    third.setSession(open);
    third.open(server);
    w.expect(third.reused(), 0, 'what is not resumable is not even offered');
    third.close();
    third.free();
    client.exit();
  },
});

export default replacedWhileOpen;
