import { type Scenario, scenario } from 'simtls/sim';

const secondContext: Scenario = scenario({
  name: 'second-context',
  title: 'a session used with a second SSL_CTX: it works, and it is against the manual',
  answers:
    'SSL_set_session(3), NOTES: "One SSL_SESSION object, regardless of its reference count, must therefore only be used with one SSL_CTX object"',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const own = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const other = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const first = own.connection();
    first.open(server);
    const session = first.session();
    first.close();
    first.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    const second = other.connection();
    const set = second.setSession(session);
    w.expect(set, 1, 'libssl does not look at the owner');
    w.expect.violation('session-with-second-context', 'the manual forbids it', set);
    second.open(server);
    w.expect(second.reused(), 1, 'it is even resumed');
    w.expect(own.cached(), 1, 'it stays in the cache of its own context');
    w.expect(other.cached(), 0, 'a resumption stores nothing');
    second.close();
    second.free();
    client.exit();
  },
});

export default secondContext;
