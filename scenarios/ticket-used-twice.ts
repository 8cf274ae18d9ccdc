import { type Scenario, scenario } from 'simtls/sim';

const ticketUsedTwice: Scenario = scenario({
  name: 'ticket-used-twice',
  title:
    'a TLS 1.3 session offered again after it has resumed: once alone is the rule of clients with a cache, not of servers',
  answers: 'RFC 8446 §C.4: "Clients SHOULD NOT reuse a ticket for multiple connections", and wolfSSL/wolfssl#11082',
  record(w) {
    // SSL_OP_NO_TICKET: the server keeps its sessions in the cache, and a ticket is the id of one.
    const server = w.server({ tickets: w.draw.chance('stateless', { oneIn: 2 }) });
    const cache = w.draw.chance('clientCache', { oneIn: 2 });
    const client = w.client();
    const ctx = client.context(cache ? { cache: 'SSL_SESS_CACHE_CLIENT' } : {});
    const first = ctx.connection();
    first.open(server);
    first.request({ answer: 100 });
    const session = first.session();
    first.close();
    first.free();
    const encoded = session.encode();

    const times = w.draw.int('times', { min: 2, max: 4 });
    for (let i = 1; i <= times; i += 1) {
      client.sleep({ seconds: w.draw.int(`pauseSeconds/${i}`, { min: 0, max: 600 }) });
      const next = ctx.connection();
      w.expect(next.setSession(session), 1, 'SSL_set_session takes whatever it is given');
      w.expect(next.open(server), 'ok', 'what is not offered does not hurt');
      w.expect(next.reused(), cache && i > 1 ? 0 : 1, cache ? 'a client with a cache offers it once' : 'nobody minds');
      w.expect(session.resumable(), cache ? 0 : 1, 'used up where the context caches client sessions');
      next.request({ answer: w.draw.int(`answerBytes/${i}`, { min: 1, max: 5_000 }) });
      next.close();
      next.free();
    }
    w.expect(session.refs(), 1, 'every connection, and the cache, has given its reference back');

    // The mark is on the object alone: neither the encoding nor the server knows of it.
    const decoded = client.bind('session', 'd2i_SSL_SESSION', [encoded]);
    const copy = ctx.connection();
    copy.setSession(decoded);
    copy.open(server);
    w.expect(copy.reused(), 1, 'for the server a ticket is good until it is too old');
    copy.request({ answer: 1 });
    copy.close();
    client.exit();
  },
});

export default ticketUsedTwice;
