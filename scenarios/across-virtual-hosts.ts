import { type Scenario, scenario } from 'simtls/sim';

const acrossVirtualHosts: Scenario = scenario({
  name: 'across-virtual-hosts',
  title: 'a session of one name is offered to another, which asks its clients for a certificate: it resumes',
  answers: 'nginx/nginx#493 (CVE-2025-23419): a session of one name skips the certificate that another name asks for',
  record(w) {
    const tls = w.draw.pick('tls', ['1.2', '1.3']);
    const each = w.draw.chance('idContextEach', { oneIn: 2 });
    const context = (name: string) => ({ tls, sessionIdContext: each ? name : 'all' });
    const shared = w.server({
      tickets: w.draw.chance('tickets', { oneIn: 2 }),
      context: context('default'),
      virtualHosts: { 'open.test': context('open'), 'closed.test': { ...context('closed'), verify: true } },
    });
    const alone = w.server({ name: 'alone', context: { ...context('closed'), verify: true } });
    const client = w.client();
    const latencyUs = w.draw.int('latencyUs', { min: 500, max: 60_000 });
    for (const server of [shared, alone]) w.link(client, server, { latencyUs });
    const ctx = client.context();
    const to = (name: string) => {
      const connection = ctx.connection();
      client.call('SSL_set_tlsext_host_name', [connection, { text: name }]);
      return connection;
    };

    const first = to(w.draw.pick('firstName', ['open.test', 'another.test']));
    w.expect(first.open(shared), 'ok', 'whoever comes is let in');
    first.request({ answer: 100 });
    const session = first.session();
    first.close();
    first.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    for (const server of [alone, shared]) {
      const named = to('closed.test');
      named.setSession(session);
      const skips = server === shared;
      const opened = named.open(server);
      if (skips && tls === '1.3') {
        w.expect.violation('resumption-meets-policy', 'the name comes behind the session, and brings its policy along');
      }
      // Looked for before the name is, by the keys, the cache and the id context of the context that SSL_new was given.
      w.expect(
        named.reused(),
        skips ? 1 : 0,
        skips ? 'the other name makes no difference' : 'a server of its own knows nothing',
      );
      if (tls === '1.2') w.expect(opened, skips ? 'ok' : 'failed', 'no certificate, no handshake');
      if (skips) w.expect(named.request({ answer: 100 }), 'ok', 'served, and nobody has seen a certificate');
      else if (tls === '1.3')
        w.expect(named.receive({ bytes: 1 }), 'failed', 'certificate_required, behind the handshake');
      named.close();
      named.free();
    }
    client.exit();
  },
});

export default acrossVirtualHosts;
