import { type Scenario, scenario } from 'simtls/sim';

const siblingFails: Scenario = scenario({
  name: 'sibling-fails',
  title:
    'two connections resume one session of a small server cache, and one of them fails: does the cache stay small?',
  answers: 'CVE-2024-2511: a cache that grows without bound, with TLS 1.3 and SSL_OP_NO_TICKET',
  tls: '1.3',
  record(w) {
    const size = w.draw.int('cacheSize', { min: 2, max: 4 });
    const server = w.server({ tickets: false, context: { cache: 'SSL_SESS_CACHE_SERVER', cacheSize: size } });
    const client = w.client();
    const latencyUs = w.draw.int('latencyUs', { min: 2_000, max: 60_000 });
    w.link(client, server, { latencyUs });
    const ctx = client.context();
    const [failing, lasting, first] = [ctx.connection(), ctx.connection(), ctx.connection()];
    first.open(server);
    first.request({ answer: 100 });
    const session = first.session();
    const ready = first.close();
    first.free();

    // What the failing one says last is damaged, and comes while the server waits for the same of the other.
    client.task('failing', () => {
      client.await(ready);
      failing.setSession(session);
      const connect = failing.connect(server);
      w.corrupt(connect, { from: client, record: 3, byte: w.draw.int('damagedByte', { min: 5, max: 50 }) });
      failing.handshake();
      failing.receive({ bytes: 1 });
      failing.disconnect();
      failing.free();
    });
    let renewed = session;
    const made = { over: ready };
    client.task('lasting', () => {
      client.await(ready);
      client.sleep({ us: w.draw.int('laterUs', { min: 1_000, max: 2 * latencyUs - 1_000 }) });
      lasting.setSession(session);
      w.expect(lasting.open(server), 'ok', 'it has nothing to do with the other');
      w.expect(lasting.reused(), 1, 'the session was there when it was asked for');
      w.expect(lasting.request({ answer: 100 }), 'ok', 'and stays good for it');
      renewed = lasting.session();
      made.over = lasting.close();
      lasting.free();
    });
    client.await(made.over);
    client.sleep({ seconds: 1 });

    const next = ctx.connection();
    next.setSession(renewed);
    w.expect(next.open(server), 'ok', 'a ticket of its own');
    w.expect(next.reused(), 1, 'it resumes');
    next.close();
    next.free();
    const more = size + w.draw.int('more', { min: 1, max: 3 });
    for (let i = 0; i < more; i += 1) {
      const another = ctx.connection();
      another.open(server);
      another.request({ answer: 10 });
      another.close();
      another.free();
    }
    // The copy for the new ticket had the mark of the failure, and whoever resumed it emptied its id.
    if (w.profile === '1.1.1') {
      w.expect.violation('published-session-unchanged', '1.1.1v has CVE-2024-2511, which y repaired');
      w.expect.violation('cache-within-bound', 'it cannot be evicted without its id');
    }
    client.exit();
  },
});

export default siblingFails;
