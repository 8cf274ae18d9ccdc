import { type Scenario, scenario } from 'simtls/sim';

const restartWithDisk: Scenario = scenario({
  name: 'restart-with-disk',
  title: 'a server loses power: what it had synced resumes, what it kept in memory does not',
  answers: 'wolfSSL/wolfssl#5463: which state a server has to keep so that sessions outlive a restart',
  tls: '1.2',
  record(w) {
    const state = w.draw.pick('state', ['memory alone', 'store on disk', 'ticket keys on disk']);
    const server = w.server({
      tickets: state === 'ticket keys on disk',
      ticketKeys: { file: '/ticket.keys' },
      context: { cache: 'SSL_SESS_CACHE_SERVER' },
      ...(state === 'store on disk' ? { store: { directory: '/sessions' } } : {}),
    });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    first.free();

    const us = w.draw.int('crashUs', { min: 0, max: 2_000_000 });
    w.crash(server, { after: closed, us }, 'half-open');
    w.restart(server, { after: closed, us: us + w.draw.int('downUs', { min: 1, max: 3_000_000 }) });
    client.sleep({ seconds: 10 });

    const second = ctx.connection();
    second.setSession(session);
    w.expect(second.open(server), 'ok', 'without the state a full handshake is made, no failure');
    w.expect(second.reused(), state === 'memory alone' ? 0 : 1, `resumption with ${state}`);
    second.close();
    second.free();
    client.exit();
  },
});

export default restartWithDisk;
