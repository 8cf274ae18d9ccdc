import { type Scenario, scenario } from 'simtls/sim';

const serverRestart: Scenario = scenario({
  name: 'server-restart',
  title: 'the server crashes and comes back: sessions by id are gone, tickets live as long as their keys',
  answers: 'openssl/openssl#19514, wolfSSL/wolfssl#5463: resumption after a restart of the server',
  tls: '1.2',
  record(w) {
    const state = w.draw.pick('state', ['session ids', 'ticket keys lost', 'ticket keys kept']);
    const server = w.server({
      tickets: state !== 'session ids',
      ticketKeys: state === 'ticket keys kept' ? { shared: 'deployment' } : 'lost',
    });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    first.free();

    const us = w.draw.int('crashUs', { min: 0, max: 2_000_000 });
    const downUs = w.draw.int('downUs', { min: 1, max: 3_000_000 });
    w.crash(server, { after: closed, us }, w.draw.pick('how', ['reset', 'half-open']));
    w.restart(server, { after: closed, us: us + downUs });
    client.sleep({ seconds: 10 });

    const second = ctx.connection();
    second.setSession(session);
    w.expect(second.open(server), 'ok', 'a server without the state makes a full handshake, no failure');
    w.expect(second.reused(), state === 'ticket keys kept' ? 1 : 0, `resumption with ${state}`);
    second.close();
    second.free();
    client.exit();
  },
});

export default serverRestart;
