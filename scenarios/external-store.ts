import { type Scenario, scenario } from 'simtls/sim';

const externalStore: Scenario = scenario({
  name: 'external-store',
  title: 'sessions in files in place of the internal cache, and a get callback that lies about whose the reference is',
  answers:
    'SSL_CTX_sess_set_get_cb(3): "By setting the parameter copy to 1, the callback can require the SSL engine to increment the reference count": who then gives the first one back?',
  tls: '1.2',
  record(w) {
    const lies = w.draw.chance('lies', { oneIn: 2 });
    const server = w.server({
      tickets: false,
      context: { cache: 'SSL_SESS_CACHE_SERVER|SSL_SESS_CACHE_NO_INTERNAL' },
      store: { directory: '/sessions', reference: lies ? 'keep' : 'hand-over' },
    });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    let closed = first.close();
    first.free();

    const resumptions = w.draw.int('resumptions', { min: 1, max: 4 });
    for (let i = 0; i < resumptions; i++) {
      const connection = ctx.connection();
      connection.setSession(session);
      connection.open(server);
      w.expect(connection.reused(), 1, 'the file resumes it');
      closed = connection.close();
      connection.free();
    }
    client.exit();

    server.await(closed);
    server.sleep({ seconds: 5 });
    w.expect(server.ownContext.cached(), 0, 'the internal cache has nothing');
    const exit = server.exit();
    if (lies) w.expect.violation('nothing-leaked-at-exit', 'each lookup leaves a session behind', exit);
  },
});

export default externalStore;
