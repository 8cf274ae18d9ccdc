import { type Scenario, scenario } from 'simtls/sim';

const secondsUs = 1_000_000;

const serverTakenOut: Scenario = scenario({
  name: 'server-taken-out',
  title: 'one of two servers behind a balancer dies and comes back; the balancer looks every second which are there',
  answers:
    'what do clients notice of it, and what resumes: with ticket keys that both servers share, and with their own?',
  tls: '1.2',
  record(w) {
    const shared = w.draw.chance('shared', { oneIn: 2 });
    const keys = shared ? ({ ticketKeys: { shared: 'both' } } as const) : {};
    const [first, second] = [w.server({ name: 'a', ...keys }), w.server({ name: 'b', ...keys })];
    const fall = w.draw.int('fall', { min: 1, max: 3 });
    const balancer = w.balancer({ to: [first, second], check: { everyUs: secondsUs, fall, rise: 1 } });
    for (const server of [first, second]) w.link(balancer, server, { latencyUs: 300 });

    const client = w.client();
    const ctx = client.context();
    const opening = ctx.connection();
    w.expect(opening.open(balancer), 'ok', 'the first server takes it');
    const session = opening.session();
    opening.close();
    opening.free();

    const downUs = 5 * secondsUs;
    w.crash(first, { atUs: downUs }, w.draw.pick('how', ['reset', 'half-open']));
    w.restart(first, { atUs: 30 * secondsUs });
    // A look that is not answered takes its whole interval, and so does the wait for the next.
    client.sleep({ us: downUs + (fall + 2) * secondsUs });
    for (let i = 0; i < 6; i += 1) {
      const connection = ctx.connection();
      connection.setSession(session);
      w.expect(connection.open(balancer), 'ok', 'the server that is gone was taken out');
      w.expect(connection.reused(), shared ? 1 : 0, shared ? 'both open the ticket' : 'who sealed the ticket is gone');
      connection.close();
      connection.free();
    }
    // The other dies for good: whoever answers now is the first, back in.
    w.crash(second, { atUs: 90 * secondsUs });
    client.sleep({ us: 100 * secondsUs });
    const last = ctx.connection();
    w.expect(last.open(balancer), 'ok', 'the first server is in again');
    last.close();
    last.free();
    client.exit();
  },
});

export default serverTakenOut;
