import { type ApplicationDefect, applicationDefect, scenario } from 'simtls/sim';

const lateTicketWrongPeer: ApplicationDefect = applicationDefect({
  name: 'late-ticket-wrong-peer',
  entry: 'A-04',
  mechanism:
    'once the tunnel stands, the client files every session that comes under the name of the origin, also a late ticket of the proxy: that can then take the place of the origin',
  repaired: 'it files a session by the connection that it came on',
  source: 'CVE-2021-22890: curl 7.63.0 to 7.75.0, HTTPS proxies with TLS 1.3',
  invariant: 'session-used-for-its-name',
  // TLS inside TLS is told by two connections of one program: what matters is when it reads from which.
  program: ({ repaired }) =>
    scenario({
      name: 'client-behind-a-proxy',
      title:
        'a client reaches its server by way of a proxy, each with a connection of TLS, and keeps a session for the next time',
      answers: 'in TLS 1.3 a session comes at any time: whose is it?',
      tls: '1.3',
      record(w) {
        const proxy = w.server({ name: 'proxy', context: { numTickets: w.draw.int('tickets', { min: 1, max: 3 }) } });
        const origin = w.server({ name: 'origin' });
        const client = w.client();
        const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT|SSL_SESS_CACHE_NO_INTERNAL', verify: true });
        ctx.keepSessions();

        const outer = ctx.connection();
        outer.expectHost('proxy.simtls.test');
        outer.open(proxy);
        // CONNECT: who waits for the answer has read all that came before it, who does not goes on at once.
        outer.request({ answer: w.draw.chance('waits', { oneIn: 2 }) ? 40 : 0 });
        for (let n = 0; n < 3; n += 1) ctx.dropSession('oldest'); // those that came so far are of the proxy

        const inner = ctx.connection();
        inner.expectHost('origin.simtls.test');
        inner.open(origin);
        inner.request({ answer: w.draw.int('innerBytes', { min: 1, max: 9_000 }) });
        outer.request({ answer: w.draw.int('outerBytes', { min: 1, max: 9_000 }) });
        const session = ctx.takeSession('newest', repaired ? { of: inner } : {});
        inner.close();
        outer.close();
        inner.free();
        outer.free();

        // The way to the origin is up to the proxy.
        const closed = client.call('sleep', [{ us: w.draw.int('pauseUs', { min: 1, max: 60_000_000 }) }], 'outcome');
        if (w.draw.chance('intercepted', { oneIn: 2 })) {
          w.fault({ do: 'redirect', from: 'client', to: 'origin', host: 'proxy' }, { after: closed });
        }
        client.sleep({ seconds: 1 });
        const next = ctx.connection();
        next.expectHost('origin.simtls.test');
        next.setSession(session);
        next.open(origin);
        next.request({ bytes: 100, answer: 100 });
        next.close();
        client.exit();
      },
    }),
});

export default lateTicketWrongPeer;
