import { type Scenario, scenario } from 'simtls/sim';

const resumedByTicket: Scenario = scenario({
  name: 'resumed-by-ticket',
  title: 'a full handshake that brings a ticket, then several connections resumed by it',
  answers: 'RFC 5077 §3.1: "the server stores its state in a ticket", and SSL_SESSION_has_ticket(3)',
  tls: '1.2',
  record(w) {
    const server = w.server();
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    w.expect(client.call('SSL_SESSION_has_ticket', [session]), 1, 'the server has sent a ticket');
    first.close();
    first.free();

    const times = w.draw.int('resumptions', { min: 1, max: 4 });
    for (let i = 1; i <= times; i++) {
      client.sleep({ seconds: w.draw.int(`pauseSeconds/${i}`, { min: 0, max: 1_000 }) });
      const next = ctx.connection();
      next.setSession(session);
      next.open(server);
      w.expect(next.reused(), 1, 'the server opens the ticket that it has sealed');
      next.request({ answer: w.draw.int(`answerBytes/${i}`, { min: 0, max: 20_000 }) });
      next.close();
      next.free();
    }
    w.expect(session.refs(), 1, 'each connection has given its reference back');
    client.exit();
  },
});

export default resumedByTicket;
