import { type Scenario, scenario } from 'simtls/sim';

const earlyDataReplayed: Scenario = scenario({
  name: 'early-data-replayed',
  title: 'somebody on the way plays a first flight with an early request again, to the same server or to its neighbour',
  answers:
    'RFC 8446 §8: "TLS does not provide inherent replay protections for 0-RTT data": how often is the request acted upon?',
  tls: '1.3',
  record(w) {
    const antiReplay = w.draw.chance('antiReplay', { oneIn: 2 });
    const early = w.draw.pick('early', ['at-once', 'deferred']);
    const toNeighbour = w.draw.chance('toNeighbour', { oneIn: 2 });
    const soon = w.draw.chance('soon', { oneIn: 2 });
    // With anti-replay a ticket is the number of a session in one server's cache: keys that are shared are of no use to it.
    const fleet = {
      early,
      ticketKeys: { shared: 'fleet' },
      context: { earlyData: { max: 16_384, antiReplay } },
    } as const;
    const [one, two] = [w.server({ name: 'one', ...fleet }), w.server({ name: 'two', ...fleet })];
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(one);
    first.request({ answer: 10 });
    const session = first.session();
    first.close();
    first.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 40 }) });
    const order = { bytes: w.draw.int('bodyBytes', { min: 0, max: 4_000 }), answer: 100 };
    const second = ctx.connection();
    second.setSession(session);
    const connect = second.connect(one);
    second.requestEarly(order);
    second.handshake();
    w.expect(second.early(), 'accepted', 'the session allows it, and the ticket comes for the first time');
    w.expect(second.receive({ bytes: order.answer }), 'ok', 'the order was carried out');
    const closed = second.close();
    second.free();

    const attacker = w.client('attacker');
    attacker.await(closed);
    attacker.sleep({ seconds: soon ? w.draw.int('soonSeconds', { min: 0, max: 6 }) : 20 });
    const stream = attacker.context().connection();
    const opened = stream.connect(toNeighbour ? two : one);
    w.replay(connect, { from: client, records: 3, into: opened, by: attacker }); // ClientHello, ChangeCipherSpec, the order
    const replayed = stream.handshake();
    stream.disconnect();
    client.await(replayed);

    const accepted = !antiReplay && soon;
    const [victim, nth] = toNeighbour ? [two, 1] : ([one, 3] as const);
    w.expect(
      victim.accepted(nth, 'early'),
      accepted ? 'accepted' : 'rejected',
      antiReplay
        ? 'the ticket has opened, or is another server’s'
        : 'a flight that comes 10 seconds late is told by its age',
    );
    const acted = accepted && early === 'at-once';
    if (acted) w.expect.violation('early-data-comes-once', 'the server has switched the protection off');
    w.expect(victim.accepted(nth, 'requests'), acted ? 1 : 0, 'who plays a flight again cannot finish its handshake');
    attacker.exit();
    client.exit();
  },
});

export default earlyDataReplayed;
