import { type Scenario, scenario } from 'simtls/sim';

const damagedTicket: Scenario = scenario({
  name: 'damaged-ticket',
  title: 'a ticket is damaged on its way to the server, and the server gives back all that it took to look at it',
  answers: 'CVE-2014-3567: does a ticket that fails its check leave memory behind, so that anybody can use it up?',
  tls: '1.2',
  record(w) {
    const server = w.server();
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    w.expect(first.open(server), 'ok', 'the handshake is done');
    const session = first.session();
    first.close();
    first.free();

    const second = ctx.connection();
    second.setSession(session);
    const connection = second.connect(server);
    // Inside the ticket of the ClientHello: from its key's name to its MAC.
    const byte = w.draw.int('byte', { min: 134, max: 293 });
    const bit = w.draw.int('bit', { min: 0, max: 7 });
    w.corrupt(connection, { from: client, record: 1, byte, bit });
    w.expect(second.handshake(), 'failed', 'the two ends have seen different messages');
    client.exit();

    server.sleep({ seconds: 120 });
    server.exit();
  },
});

export default damagedTicket;
