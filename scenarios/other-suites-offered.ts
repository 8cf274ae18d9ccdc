import { type Scenario, scenario } from 'simtls/sim';

const strong = 'ECDHE-ECDSA-AES256-GCM-SHA384';
const weak = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA'];

const otherSuitesOffered: Scenario = scenario({
  name: 'other-suites-offered',
  title: 'somebody offers the id of a session, and not its cipher suite: what becomes of the session?',
  answers: 'CVE-2010-4180: a session in the cache of a server takes the weaker suite of whoever knows its id',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: false });
    const client = w.client();
    const latencyUs = w.draw.int('latencyUs', { min: 500, max: 60_000 });
    w.link(client, server, { latencyUs });
    const ctx = client.context();
    client.call('SSL_CTX_set_cipher_list', [ctx, { text: strong }]);
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const encoded = session.encode();
    first.close();
    first.free();

    const attacker = client.context();
    client.call('SSL_CTX_set_cipher_list', [attacker, { text: w.draw.pick('weak', weak) }]);
    const known = client.bind('session', 'd2i_SSL_SESSION', [encoded]);
    const attempt = attacker.connection();
    attempt.setSession(known);
    w.expect(attempt.open(server), 'failed', 'a session keeps its suite: illegal_parameter');
    attempt.close();
    attempt.free();

    // The alert has taken it out of the cache.
    const again = ctx.connection();
    again.setSession(session);
    w.expect(again.open(server), 'ok', 'who made it is let in');
    w.expect(again.reused(), 0, 'by a full handshake');
    w.expect(again.request({ answer: 100 }), 'ok', 'and served');
    again.close();
    client.exit();
  },
});

export default otherSuitesOffered;
