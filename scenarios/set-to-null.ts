import { type Scenario, scenario } from 'simtls/sim';

const setToNull: Scenario = scenario({
  name: 'set-to-null',
  title: 'a session set, then NULL: its reference is given back and the handshake is a full one',
  answers: 'SSL_set_session(3): "This is also the case when session is a NULL pointer."',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    first.close();
    first.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 3_600 }) });
    const second = ctx.connection();
    second.setSession(session);
    w.expect(session.refs(), 2, 'the connection holds it');
    w.expect(second.setSession(null), 1, 'NULL is a session too');
    w.expect(session.refs(), 1, 'SSL_SESSION_free was called for it');
    w.expect(session.resumable(), 1, 'nothing was open, so nothing is bad');
    second.open(server);
    w.expect(second.reused(), 0, 'nothing was offered');
    second.close();
    second.free();
    client.exit();
  },
});

export default setToNull;
