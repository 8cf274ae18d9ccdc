import { type Scenario, scenario } from 'simtls/sim';

const demand = 'SSL_VERIFY_PEER|SSL_VERIFY_FAIL_IF_NO_PEER_CERT';

const ticketOutlives: Scenario = scenario({
  name: 'ticket-outlives',
  title:
    'a ticket and what it stands for: the certificate of its client, the policy of its server, the key that sealed it',
  answers:
    'apache/apisix#9525, envoyproxy/envoy#42668 and openssl/openssl#32808: what is asked again where a session is resumed',
  record(w) {
    const change = w.draw.pick('change', ['none', 'key', 'id context', 'verify', 'verify, no id context']);
    const verifiesLater = change.startsWith('verify');
    const named = change === 'verify, no id context' ? {} : { sessionIdContext: 'shop' };
    const server = w.server({ context: { verify: !verifiesLater, ...named } });
    const client = w.client();
    // In whole segments: what comes of a flight after its sender was refused is answered with a reset, which may eat the alert.
    w.link(client, server, { latencyUs: w.draw.int('latencyUs', { min: 500, max: 60_000 }) });
    const known = client.context({ certificate: !verifiesLater });
    const first = known.connection();
    w.expect(first.open(server), 'ok', 'the first handshake');
    w.expect(first.request({ answer: 100 }), 'ok', 'the server is content with the client');
    const encoded = first.session().encode();
    first.close();
    first.free();

    server.sleep({ seconds: 100 });
    if (change === 'key') server.useTicketKeys('another');
    if (change === 'id context') server.call('SSL_CTX_set_session_id_context', [server.ownContext, { text: 'bank' }]);
    if (verifiesLater) {
      server.call('trust', [server.ownContext]);
      server.call('SSL_CTX_set_verify', [server.ownContext, demand]);
    }

    // From here on the client has no certificate, and a session from a file.
    const bare = client.context();
    let session = client.bind('session', 'd2i_SSL_SESSION', [encoded]);
    const resumes = change === 'none' || change === 'verify';
    if (change === 'verify') w.expect.violation('resumption-meets-policy', 'a policy that is newer than its tickets');
    const times = resumes ? w.draw.int('times', { min: 2, max: 4 }) : 1;
    for (let i = 1; i <= times; i += 1) {
      // Each within the lifetime of its ticket, all together far beyond that of the first.
      client.sleep({ seconds: w.draw.int(`pauseSeconds/${i}`, { min: 4_000, max: 7_000 }) });
      const next = bare.connection();
      next.setSession(session);
      const fatal = change === 'verify, no id context';
      w.expect(next.open(server), fatal ? 'failed' : 'ok', fatal ? 'a session of nobody' : 'the client is done first');
      if (fatal) w.expect.violation('handshake-falls-back', 'the id context is left out');
      w.expect(next.reused(), resumes ? 1 : 0, `resumption ${i}, what has changed: ${change}`);
      if (resumes) {
        if (i === times) w.expect.violation('resumed-within-lifetime', 'each ticket begins a lifetime of its own');
        w.expect(
          next.request({ answer: 100 }),
          'ok',
          'nobody asks for a certificate, and nobody asks when it was seen',
        );
        session = next.session();
      } else if (!fatal) {
        w.expect(next.receive({ bytes: 1 }), 'failed', 'a full handshake asks for a certificate: certificate_required');
      }
      next.close();
      next.free();
    }
    if (change === 'none')
      w.expect.violation('client-resumes-as-itself', 'the session has the certificate, the client none');
    client.exit();
  },
});

export default ticketOutlives;
