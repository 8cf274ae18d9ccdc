import { type Scenario, scenario } from 'simtls/sim';

const setOnServer: Scenario = scenario({
  name: 'set-on-server',
  title: 'a session set on the server side of a connection: nothing refuses it, and it is of no use',
  answers: 'SSL_set_session(3): "SSL_set_session() is only useful for TLS/SSL clients."',
  tls: '1.2',
  record(w) {
    const tickets = w.draw.chance('tickets', { oneIn: 2 });
    const both = w.host('both');
    const clientCtx = both.context();
    const serverCtx = both.context({
      method: 'TLS_server_method',
      certificate: true,
      options: tickets ? 'SSL_OP_ALL' : 'SSL_OP_NO_TICKET',
    });
    const pair = () => {
      const client = clientCtx.connection();
      const server = serverCtx.connection();
      both.call('sim_pair', [client, server]);
      return { client, server };
    };
    const first = pair();
    w.expect(both.call('sim_handshake', [first.client, first.server]), 'ok', 'an ordinary handshake');
    const session = first.server.session();
    both.call('sim_close', [first.client, first.server]);
    first.client.free();
    first.server.free();
    both.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });

    const second = pair();
    w.expect(second.server.setSession(session), 1, 'a server may set one');
    const cached = tickets ? 0 : 1; // a session that lives in a ticket is in no cache
    w.expect(session.refs(), 2 + cached, 'the connection takes a reference');
    w.expect(both.call('sim_handshake', [second.client, second.server]), 'ok', 'the handshake goes its own way');
    w.expect(second.server.reused(), 0, 'the client offered nothing, so nothing was resumed');
    w.expect(session.refs(), 1 + cached, 'the reference was given back meanwhile');
    both.call('sim_close', [second.client, second.server]);
    both.exit();
  },
});

export default setOnServer;
