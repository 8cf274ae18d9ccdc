import { type Scenario, scenario } from 'simtls/sim';

const ticketKeysRunOut: Scenario = scenario({
  name: 'ticket-keys-run-out',
  title: 'the ticket keys of a server have run out, and nobody has added one: handshakes go on, without tickets',
  answers: 'aws/s2n-tls#3040: what a server does that has no key left to seal tickets with',
  record(w) {
    const tls = w.draw.pick('tls', ['1.2', '1.3']);
    const server = w.server({ ticketKeys: { ring: ['monday'] }, context: { tls } });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    first.request({ answer: 100 });
    const session = first.session();
    const closed = first.close();
    first.free();
    w.expect(session.resumable(), 1, 'a ticket');
    server.await(closed);
    const lifeSeconds = w.draw.int('lifeSeconds', { min: 60, max: 7_000 });
    server.sleep({ seconds: lifeSeconds });
    server.useTicketRing([]);

    client.sleep({ seconds: lifeSeconds + 1 });
    const offers = w.draw.chance('offers', { oneIn: 2 });
    const second = ctx.connection();
    if (offers) second.setSession(session);
    w.expect(second.open(server), 'ok', 'a server without keys makes a full handshake');
    w.expect(second.reused(), 0, 'what the key has sealed cannot be opened any more');
    // 1.1.1 sends an empty ticket also in TLS 1.3, where there is no such thing: its own clients fail at that.
    const fails = tls === '1.3' && w.profile === '1.1.1';
    w.expect(second.request({ answer: 100 }), fails ? 'failed' : 'ok', 'it is served, but for a fault of 1.1.1');
    second.close();
    second.free();
    client.exit();
  },
});

export default ticketKeysRunOut;
