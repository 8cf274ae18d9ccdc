import { type Scenario, scenario } from 'simtls/sim';

const acrossClientIdentities: Scenario = scenario({
  name: 'across-client-identities',
  title:
    'a program that acts for two clients offers the session of the one in the name of the other: the server sees the first',
  answers: 'CVE-2016-5419: libcurl resumed a session although the client certificate was another one by then',
  record(w) {
    const tls = w.draw.pick('tls', ['1.2', '1.3']);
    const server = w.server({
      tickets: w.draw.chance('tickets', { oneIn: 2 }),
      context: { tls, verify: true, trusts: ['ec-p256', 'rsa-2048'], sessionIdContext: 'accounts' },
    });
    const client = w.client();
    const ofOne = client.context({ certificate: 'ec-p256' });
    const first = ofOne.connection();
    first.open(server);
    w.expect(first.request({ answer: 100 }), 'ok', 'the first client is let in');
    const session = first.session();
    first.close();
    first.free();
    w.expect(server.accepted(1, 'peer_key'), 'ec-p256', 'in its own name');

    // A context for each, or one whose certificate changes: libssl looks at neither.
    const apart = w.draw.chance('contextEach', { oneIn: 2 });
    const ofOther = apart ? client.context({ certificate: 'rsa-2048' }) : ofOne;
    if (!apart) ofOne.show('rsa-2048');
    const offers = w.draw.chance('offers', { oneIn: 2 });
    const second = ofOther.connection();
    if (offers) {
      const set = second.setSession(session);
      if (apart) w.expect.violation('session-with-second-context', 'the manual allows it to one context alone', set);
    }
    second.open(server);
    w.expect(second.request({ answer: 100 }), 'ok', 'the other is let in too');
    w.expect(second.reused(), offers ? 1 : 0, 'a certificate that nobody asks for is none that differs');
    if (offers) w.expect.violation('client-resumes-as-itself', 'it acts in the name of the first');
    second.close();
    second.free();
    w.expect(
      server.accepted(2, 'peer_key'),
      offers ? 'ec-p256' : 'rsa-2048',
      offers ? 'and acts in the name of the first' : 'a session of its own has its own name',
    );
    client.exit();
  },
});

export default acrossClientIdentities;
