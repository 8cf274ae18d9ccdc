import { type Scenario, scenario } from 'simtls/sim';

const hostsShareTicketKeys: Scenario = scenario({
  name: 'hosts-share-ticket-keys',
  title:
    'two hosts with the same ticket keys, of which one wants to see a certificate: a session of the other does not do',
  answers:
    'CVE-2025-23419, CVE-2025-23048: a session of one host is offered to another; SSL_CTX_set_session_id_context(3) keeps them apart',
  record(w) {
    const tls = w.draw.pick('tls', ['1.2', '1.3']);
    const ticketKeys = { shared: 'fleet' };
    const open = w.server({ name: 'open', ticketKeys, context: { tls, sessionIdContext: 'open.test' } });
    const closed = w.server({
      name: 'closed',
      ticketKeys,
      context: { tls, sessionIdContext: 'closed.test', verify: true },
    });
    const client = w.client();
    const latencyUs = w.draw.int('latencyUs', { min: 500, max: 60_000 });
    for (const server of [open, closed]) w.link(client, server, { latencyUs });
    const stranger = client.context();
    const to = (host: typeof open, from = stranger) => {
      const connection = from.connection();
      client.call('SSL_set_tlsext_host_name', [connection, { text: `${host.name}.test` }]);
      return connection;
    };
    const first = to(open);
    first.open(open);
    first.request({ answer: 100 });
    const session = first.session();
    first.close();
    first.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    const other = to(closed);
    other.setSession(session);
    const opened = other.open(closed);
    w.expect(other.reused(), 0, 'it is of another host');
    if (tls === '1.2') w.expect(opened, 'failed', 'no certificate, no handshake');
    else w.expect(other.receive({ bytes: 1 }), 'failed', 'certificate_required, behind the handshake');
    other.close();
    other.free();

    const known = to(closed, client.context({ certificate: true }));
    w.expect(known.open(closed), 'ok', 'whoever has a certificate is let in');
    w.expect(known.request({ answer: 100 }), 'ok', 'and served');
    known.close();
    known.free();
    const again = to(open);
    again.setSession(session);
    again.open(open);
    w.expect(again.reused(), 1, 'where it comes from it is as good as before');
    again.close();
    client.exit();
  },
});

export default hostsShareTicketKeys;
