import { type Scenario, scenario } from 'simtls/sim';

/** How the first connection ends: what the server does, what its client is told of it, and how many tickets that has read. */
const ends = {
  'in good order': { told: 'ok', tickets: 2 },
  'FIN alone': { misbehave: 'half-answer', told: 'truncated', tickets: 2 },
  reset: { misbehave: 'reset-after-answer', told: 'reset', tickets: 2 },
  'reset at once': { misbehave: 'reset-after-handshake', told: 'reset', tickets: 0 },
} as const;

const ticketsLost: Scenario = scenario({
  name: 'tickets-lost',
  title: 'a server goes away early: its tickets are behind the handshake, and the client has those that it has read',
  answers: 'openssl/openssl#11378: how a server ends a connection decides which tickets its client still has',
  record(w) {
    const how = w.draw.pick('end', ['in good order', 'FIN alone', 'reset', 'reset at once']);
    const end = ends[how];
    const server = w.server('misbehave' in end ? { misbehave: { name: end.misbehave, nth: 1 } } : {});
    const client = w.client();
    const latencyUs = w.draw.int('latencyUs', { min: 500, max: 60_000 });
    w.link(client, server, { latencyUs, resetOvertakes: how === 'reset at once' });
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    ctx.keepSessions();
    const first = ctx.connection();
    w.expect(first.open(server), 'ok', 'for the client the handshake is over before the tickets leave');
    const answer = w.draw.int('answerBytes', { min: 1_000, max: 15_000 });
    w.expect(first.request({ answer, ends: 'until-close' }), end.told, `the connection ends: ${how}`);

    const fatal = how === 'FIN alone' && w.profile !== '1.1.1'; // since 3.0 an end without close_notify is an error
    w.expect(ctx.cached(), end.tickets - (fatal ? 1 : 0), 'one entry a ticket, and an error takes the current one');
    const last = first.session();
    w.expect(last.resumable(), end.tickets > 0 && !fatal ? 1 : 0, 'the session in use is that of the last ticket read');
    first.disconnect();
    first.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    const kept = end.tickets > 0 ? ctx.takeSession('oldest') : last;
    const second = ctx.connection();
    second.setSession(kept);
    w.expect(second.open(server), 'ok', 'without a ticket that is any good a full handshake is made');
    w.expect(second.reused(), end.tickets > 0 ? 1 : 0, 'the other ticket has not suffered');
    second.request({ answer: 100 });
    second.close();
    client.exit();
  },
});

export default ticketsLost;
