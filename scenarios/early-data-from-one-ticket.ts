import { type Observation, type Scenario, scenario } from 'simtls/sim';

const earlyDataFromOneTicket: Scenario = scenario({
  name: 'early-data-from-one-ticket',
  title:
    'a client keeps one session and sends early requests with it again and again: the first is early, the others wait',
  answers:
    'SSL_CTX_set_options(3), SSL_OP_NO_ANTI_REPLAY: "By default, when a server is configured for early data, OpenSSL will switch on replay protection"',
  tls: '1.3',
  record(w) {
    const server = w.server({
      early: w.draw.pick('early', ['at-once', 'deferred']),
      context: { earlyData: { max: 16_384 } },
    });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    first.request({ answer: 10 });
    const session = first.session();
    first.close();
    first.free();

    const times = w.draw.int('times', { min: 1, max: 2 });
    const made: { flight?: Observation; closed?: Observation } = {};
    for (let i = 1; i <= times; i += 1) {
      const next = ctx.connection();
      next.setSession(session);
      const connect = next.connect(server);
      next.requestEarly({ bytes: w.draw.int(`bodyBytes/${i}`, { min: 0, max: 2_000 }), answer: 100 });
      w.expect(next.handshake(), 'ok', 'whatever becomes of what is early');
      w.expect(next.early(), i === 1 ? 'accepted' : 'rejected', 'a ticket opens once');
      w.expect(next.reused(), i === 1 ? 1 : 0, 'and is then as one that the server never had');
      // What was rejected is to be sent again, and was never acted upon.
      w.expect(i === 1 ? next.receive({ bytes: 100 }) : next.request({ answer: 100 }), 'ok', 'it is served');
      w.expect(server.accepted(i + 1, 'requests'), 1, 'once each');
      made.closed = next.close();
      next.free();
      made.flight ??= connect;
    }

    const { flight, closed } = made as Required<typeof made>; // at least one connection was
    const attacker = w.client('attacker');
    attacker.await(closed);
    attacker.sleep({ seconds: w.draw.int('soonSeconds', { min: 0, max: 6 }) });
    const stream = attacker.context().connection();
    const opened = stream.connect(server);
    w.replay(flight, { from: client, records: 3, into: opened, by: attacker }); // ClientHello, ChangeCipherSpec, the request
    const replayed = stream.handshake();
    stream.disconnect();
    client.await(replayed);
    w.expect(server.accepted(times + 2, 'early'), 'rejected', 'whoever sends it');
    w.expect(server.accepted(times + 2, 'requests'), 0, 'so that nothing is ordered twice');
    attacker.exit();
    client.exit();
  },
});

export default earlyDataFromOneTicket;
