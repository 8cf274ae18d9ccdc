import { type Scenario, scenario } from 'simtls/sim';

const sharedTicketKeys: Scenario = scenario({
  name: 'shared-ticket-keys',
  title: 'two servers behind one name: a ticket of the one resumes at the other while they share its keys',
  answers: 'envoyproxy/gateway#8462: how to show that ticket keys across nodes, and their rotation, work',
  tls: '1.2',
  record(w) {
    const rotated = w.draw.chance('rotated', { oneIn: 2 });
    const one = w.server({ name: 'one', ticketKeys: { shared: 'first' } });
    const two = w.server({ name: 'two', ticketKeys: { shared: 'first' } });
    const alone = w.server({ name: 'alone' });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(one);
    const session = first.session();
    const closed = first.close();
    first.free();

    if (rotated) {
      two.await(closed);
      two.useTicketKeys('second');
    }
    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 1, max: 50 }) });
    for (const { server, resumes } of [
      { server: two, resumes: !rotated },
      { server: alone, resumes: false },
      { server: one, resumes: true },
    ]) {
      const connection = ctx.connection();
      connection.setSession(session);
      w.expect(connection.open(server), 'ok', 'a ticket that cannot be opened is no failure');
      w.expect(connection.reused(), resumes ? 1 : 0, `resumption at ${server.name}${rotated ? ', rotated' : ''}`);
      connection.close();
      connection.free();
    }
    client.exit();
  },
});

export default sharedTicketKeys;
