import { type Scenario, scenario } from 'simtls/sim';

const idContextMissing: Scenario = scenario({
  name: 'id-context-missing',
  title:
    'a server asks for client certificates and has no session id context: whoever resumes by ticket is turned away',
  answers:
    'SSL_CTX_set_session_id_context(3): "If the session id context is not set on an SSL/TLS server and client certificates are used, stored sessions will not be reused but a fatal error will be flagged and the handshake will fail."',
  tls: '1.2',
  record(w) {
    const tickets = w.draw.chance('tickets', { oneIn: 2 });
    const set = w.draw.chance('idContext', { oneIn: 2 });
    const certificate = w.draw.chance('certificate', { oneIn: 2 }); // asked for is enough: it need not be shown
    const server = w.server({ tickets, context: set ? { sessionIdContext: 'shop' } : {} });
    server.boot(() => {
      server.call('trust', [server.ownContext]);
      server.call('SSL_CTX_set_verify', [server.ownContext, 'SSL_VERIFY_PEER']);
    });
    const client = w.client();
    const ctx = client.context({ certificate });
    const first = ctx.connection();
    w.expect(first.open(server), 'ok', 'the first handshake is none the wiser');
    const session = first.session();
    first.close();
    first.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    const second = ctx.connection();
    second.setSession(session);
    const fails = tickets && !set;
    w.expect(second.open(server), fails ? 'failed' : 'ok', fails ? 'a fatal error' : 'no error');
    if (fails) w.expect.violation('handshake-falls-back', 'the id context is left out');
    w.expect(second.reused(), set ? 1 : 0, set ? 'it resumes' : 'a server without id context stores nothing');
    second.close();
    second.free();
    client.exit();
  },
});

export default idContextMissing;
