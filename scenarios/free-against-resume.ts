import { type Scenario, scenario } from 'simtls/sim';

/** Both sides' flights: hello; hello, certificate, key exchange, done; key exchange, change, finished; change, finished. */
const recordsOfFullHandshake = 10;

const freeAgainstResume: Scenario = scenario({
  name: 'free-against-resume',
  title: 'a thread frees a connection that was not shut down, while another resumes its session',
  answers: 'openssl/openssl#20223: SSL_free marks a session that another thread has just found in the cache',
  tls: '1.2',
  record(w) {
    // Both ends in one process, without a network: what matters is what happens inside one call.
    const host = w.host('process');
    const server = host.context({ method: 'TLS_server_method', certificate: true, options: 'SSL_OP_NO_TICKET' });
    const client = host.context();
    const pair = (): readonly [ReturnType<typeof client.connection>, ReturnType<typeof server.connection>] => {
      const [c, s] = [client.connection(), server.connection()];
      host.call('sim_pair', [c, s]);
      return [c, s];
    };
    const [oneClient, oneServer] = pair();
    host.call('sim_handshake', [oneClient, oneServer]);
    const session = oneClient.session();
    host.sleep({ ms: w.draw.int('pauseMs', { min: 0, max: 240_000 }) });
    const [twoClient, twoServer] = pair();
    twoClient.setSession(session);
    const resumed = host.call('sim_handshake', [twoClient, twoServer]);

    const when = w.draw.pick('when', ['as it is found', 'before it is looked for']);
    host.task('other', () => {
      oneServer.free();
    });
    // What reads a record in the second handshake first is the server, which has the client's hello: the lookup comes behind it.
    const found = { point: 'lookup:unlocked', on: host };
    const before = { point: 'record:read', on: host, nth: recordsOfFullHandshake + 1 };
    w.enter({ name: 'other', steps: 1 }, when === 'as it is found' ? found : before);

    if (when === 'as it is found') {
      w.expect(
        resumed,
        w.byProfile({ '1.1.1': 'client failed', '3.0': 'ok', '3.5': 'ok' }),
        '1.1.1 sends no id for a session that is marked, and goes on as if it resumed; 3.0 and 3.5 resume',
      );
    } else {
      w.expect(resumed, 'ok', 'a session that is gone from the cache is answered with a full handshake');
      w.expect(twoServer.reused(), 0, 'it was not found');
    }
  },
});

export default freeAgainstResume;
