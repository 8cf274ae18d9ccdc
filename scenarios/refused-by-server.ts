import { type Scenario, scenario } from 'simtls/sim';

const refusedByServer: Scenario = scenario({
  name: 'refused-by-server',
  title: 'a session that the server no longer has: a full handshake, and the extra reference is gone',
  answers:
    'SSL_set_session(3): "If the session is not reused, the reference count is decremented again during SSL_connect()."',
  tls: '1.2',
  record(w) {
    const why = w.draw.pick('why', ['expired', 'flushed']);
    const timeoutSeconds = w.draw.int('timeoutSeconds', { min: 300, max: 600 });
    const server = w.server({ tickets: false, context: { timeoutSeconds } });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    first.free();

    if (why === 'flushed') {
      server.await(closed);
      server.sleep({ seconds: 5 });
      server.call('SSL_CTX_flush_sessions', [server.ownContext, 0]);
      client.sleep({ seconds: 10 });
    } else client.sleep({ seconds: timeoutSeconds + w.draw.int('lateSeconds', { min: 2, max: 100_000 }) });

    const second = ctx.connection();
    second.setSession(session);
    w.expect(session.refs(), 2, 'SSL_set_session adds a reference');
    w.expect(second.open(server), 'ok', 'without a session it is a full handshake, no failure');
    w.expect(second.reused(), 0, 'the server does not have it any more');
    w.expect(session.refs(), 1, 'the extra reference is gone after the connect');
    w.expect(session.resumable(), 1, 'the session that was refused is otherwise as it was');
    second.close();
    second.free();
    client.exit();
  },
});

export default refusedByServer;
