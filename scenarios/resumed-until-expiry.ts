import { type Scenario, scenario } from 'simtls/sim';

const resumedUntilExpiry: Scenario = scenario({
  name: 'resumed-until-expiry',
  title: 'a client comes back in time, again and again: its session ends when it would have ended without that',
  answers: 'nginx 4d61d59ae, openssl/openssl#31395: whether a resumption lengthens the life of a session',
  tls: '1.2',
  record(w) {
    const timeoutSeconds = w.draw.int('timeoutSeconds', { min: 60, max: 600 });
    const tickets = w.draw.chance('tickets', { oneIn: 2 });
    const server = w.server({ tickets, context: { timeoutSeconds } });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    first.close();
    first.free();

    // Each pause is shorter than the timeout; all of them are longer.
    const times = w.draw.int('times', { min: 1, max: 3 });
    const pause = Math.floor(timeoutSeconds / times) - 2;
    for (let i = 1; i <= times; i += 1) {
      client.sleep({ seconds: pause });
      const next = ctx.connection();
      next.setSession(session);
      next.open(server);
      w.expect(next.reused(), 1, 'within the timeout');
      next.close();
      next.free();
    }
    client.sleep({ seconds: timeoutSeconds - times * pause + 2 });
    const late = ctx.connection();
    late.setSession(session);
    w.expect(late.open(server), 'ok', 'too late is no failure');
    w.expect(late.reused(), 0, 'the timeout counts from the first handshake');
    late.close();
    client.exit();
  },
});

export default resumedUntilExpiry;
