import { type Scenario, scenario } from 'simtls/sim';

const ticketAge: Scenario = scenario({
  name: 'ticket-age',
  title:
    'a ticket inside and outside its lifetime, by the clock of the client and by that of another server of the fleet',
  answers:
    'RFC 8446 §4.6.1: "Clients MUST NOT attempt to use tickets which have ages greater than the ticket_lifetime", and aws/s2n-tls#4650',
  record(w) {
    const lifetime = 2 * w.draw.int('halfLifetimeSeconds', { min: 100, max: 3_000 });
    const pause = w.draw.chance('early', { oneIn: 2 }) ? lifetime / 2 : (lifetime * 3) / 2;
    // By a whole lifetime, so that no handshake is too slow for what is expected, and no drift too fast.
    const off = { right: 0, ahead: lifetime, behind: -lifetime };
    const clientAge = pause + off[w.draw.pick('clientClock', ['right', 'ahead', 'behind'])];
    const serverAge = pause + off[w.draw.pick('otherServersClock', ['right', 'ahead', 'behind'])];

    const ticketKeys = { shared: 'fleet' };
    const context = { timeoutSeconds: lifetime };
    const one = w.server({ name: 'one', ticketKeys, context });
    const two = w.server({ name: 'two', ticketKeys, context, skewMs: (serverAge - pause) * 1_000 });
    const client = w.client('client', { driftPpm: w.draw.int('driftPpm', { min: -500, max: 500 }) });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(one);
    first.request({ answer: 100 });
    const session = first.session();
    const hint = client.call('SSL_SESSION_get_ticket_lifetime_hint', [session]);
    w.expect(hint, lifetime, 'the ticket says how long its server will take it');
    const closed = first.close();
    first.free();

    w.fault({ do: 'clock', host: client.name, byMs: (clientAge - pause) * 1_000 }, { after: closed });
    client.sleep({ seconds: pause });
    const second = ctx.connection();
    second.setSession(session);
    w.expect(second.open(two), 'ok', 'without the ticket a full handshake is made');
    // An age below zero is a huge one to those who count seconds without a sign, and none at all to 3.5.
    const offered = clientAge < 0 ? w.profile === '3.5' : clientAge < lifetime;
    const accepted = offered && serverAge < lifetime;
    w.expect(second.reused(), accepted ? 1 : 0, offered ? 'the server looks at its own clock' : 'it is not offered');
    second.request({ answer: 100 });
    second.close();
    two.sleep({ seconds: pause + 60 });
    w.expect(two.ownContext.counter('timeouts'), offered && !accepted ? 1 : 0, 'what the server has found too old');
    client.exit();
  },
});

export default ticketAge;
