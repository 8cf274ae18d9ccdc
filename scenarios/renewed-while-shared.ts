import { type Scenario, scenario } from 'simtls/sim';

const renewedWhileShared: Scenario = scenario({
  name: 'renewed-while-shared',
  title: 'several connections resume one session at a time, and the server renews its ticket on each of them',
  answers:
    'CVE-2015-1791: what becomes of a session that several connections share, when the server sends each of them a new ticket',
  tls: '1.2',
  record(w) {
    const server = w.server({ ticketKeys: { ring: ['old'] } });
    const client = w.client();
    const ctx = client.context();
    const tasks = w.draw.int('tasks', { min: 2, max: 4 });
    const connections = Array.from({ length: tasks }, () => ctx.connection());
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    first.free();
    server.await(closed);
    const rotated = server.useTicketRing(['new', 'old']);

    const over: (typeof closed)[] = [];
    for (const [i, connection] of connections.entries()) {
      client.task(`task${i}`, () => {
        client.await(rotated);
        client.sleep({ us: w.draw.int(`beginUs/${i}`, { min: 0, max: 2_000 }) });
        connection.setSession(session);
        w.expect(connection.open(server), 'ok', 'they do not disturb each other');
        w.expect(connection.reused(), 1, 'the old key still opens the ticket');
        const renewed = connection.session();
        w.expect(renewed.resumable(), 1, 'each has a session of its own with a ticket of the new key');
        connection.request({ answer: w.draw.int(`answerBytes/${i}`, { min: 0, max: 5_000 }) });
        over.push(connection.close());
        connection.free();
        w.expect(renewed.refs(), 1, 'which nobody else has');
      });
    }
    for (const close of over) client.await(close);
    client.sleep({ seconds: 1 });
    w.expect(session.refs(), 1, 'the one that they began with is the program’s alone');
    const again = ctx.connection();
    again.setSession(session);
    again.open(server);
    w.expect(again.reused(), 1, 'and still has its first ticket');
    w.expect(session.refs(), 1, 'which is renewed once more, elsewhere');
    again.close();
    client.exit();
  },
});

export default renewedWhileShared;
