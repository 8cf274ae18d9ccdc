import { type Scenario, scenario } from 'simtls/sim';

const resumptionDisabled: Scenario = scenario({
  name: 'resumption-disabled',
  title:
    'which options stop resumption, in which version: no tickets, none of their number, no cache, a cache of size 0',
  answers: 'haproxy/haproxy#1103: what no-tls-tickets and a cache of size 0 mean together, in TLS 1.2 and in TLS 1.3',
  record(w) {
    const tls = w.draw.pick('tls', ['1.2', '1.3']);
    const noTicket = w.draw.chance('SSL_OP_NO_TICKET', { oneIn: 2 });
    const noTicketAtClient = w.draw.chance('SSL_OP_NO_TICKET at the client', { oneIn: 2 });
    const noneOfThem = w.draw.chance('SSL_CTX_set_num_tickets(0)', { oneIn: 2 });
    const off = w.draw.chance('SSL_SESS_CACHE_OFF', { oneIn: 2 });
    const sizeZero = w.draw.chance('SSL_CTX_sess_set_cache_size(0)', { oneIn: 2 });
    const server = w.server({
      tickets: !noTicket,
      context: { tls, ...(off ? { cache: 'SSL_SESS_CACHE_OFF' } : {}), ...(sizeZero ? { cacheSize: 0 } : {}) },
    });
    if (noneOfThem) server.boot(() => server.call('SSL_CTX_set_num_tickets', [server.ownContext, 0]));
    const client = w.client();
    const ctx = client.context(noTicketAtClient ? { options: 'SSL_OP_NO_TICKET' } : {});
    const first = ctx.connection();
    w.expect(first.open(server), 'ok', 'a full handshake');
    first.request({ answer: w.draw.int('answerBytes', { min: 1, max: 5_000 }) });
    const session = first.session();
    first.close();
    first.free();

    // TLS 1.2: a ticket where both sides take one, else an id, which a cache must know. A size of 0 is no limit.
    // TLS 1.3: a ticket in any case; with SSL_OP_NO_TICKET it is an id, given out whether a cache will know it or not.
    const byTicket = !noTicket && !noTicketAtClient;
    const given = tls === '1.2' ? byTicket || !off : !noneOfThem;
    const resumes = tls === '1.2' ? given : given && !(noTicket && off);
    w.expect(session.resumable(), given ? 1 : 0, 'what the client was given');

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    const second = ctx.connection();
    second.setSession(session);
    w.expect(second.open(server), 'ok', 'what cannot be resumed is made anew');
    w.expect(second.reused(), resumes ? 1 : 0, given ? 'a session was given' : 'no session was given');
    second.close();
    client.exit();
  },
});

export default resumptionDisabled;
