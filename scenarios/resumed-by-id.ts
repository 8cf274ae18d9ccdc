import { type Scenario, scenario } from 'simtls/sim';

const resumedById: Scenario = scenario({
  name: 'resumed-by-id',
  title: 'a full handshake, then one resumed by its session id',
  answers: 'SSL_set_session(3): "Whether the session was reused can be queried with the SSL_session_reused(3) call."',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: false });
    const client = w.client();
    const ctx = client.context();
    const answer = w.draw.int('answerBytes', { min: 1, max: 40_000 });

    const first = ctx.connection();
    first.open(server);
    w.expect(first.reused(), 0, 'there is nothing to resume yet');
    w.expect(first.request({ answer }), 'ok', 'the answer arrives whole');
    const session = first.session();
    first.close();
    first.free();
    w.expect(session.refs(), 1, 'the program alone holds it');

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 7_000 }) });

    const second = ctx.connection();
    second.setSession(session);
    w.expect(session.refs(), 2, 'SSL_set_session adds a reference');
    w.expect(second.open(server), 'ok', 'the handshake is done');
    w.expect(second.reused(), 1, 'the server has it in its cache');
    w.expect(session.refs(), 2, 'the connection uses it');
    w.expect(second.request({ answer }), 'ok', 'the answer arrives whole');
    second.close();
    second.free();
    w.expect(session.refs(), 1, 'the connection has given its reference back');
    client.exit();
  },
});

export default resumedById;
