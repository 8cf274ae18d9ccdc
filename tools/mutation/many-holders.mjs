// A world in which one context and one session have more holders than the worlds of people: claims are kept in another way from 64 on.
import { scenario } from '../../dist/sim/index.js';

const holders = 40;

export const manyHolders = scenario({
  name: 'many-holders',
  title: 'forty connections of one context share a session, and give it back in any order',
  answers: 'whether each reference is still known by its holder where there are many',
  tls: '1.2',
  record(w) {
    const server = w.server();
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    first.close();
    const session = first.session();
    const order = Array.from({ length: holders }, (_, at) => ({
      at,
      rank: w.draw.int(`rank${at}`, { min: 0, max: 9999 }),
    }));
    const connections = order.map(() => ctx.connection());
    for (const connection of connections) connection.setSession(session);
    for (let at = 0; at < holders; at += 1) client.call('SSL_SESSION_up_ref', [session]);
    const leaving = [...order].sort((a, b) => a.rank - b.rank).map(({ at }) => at);
    for (const at of leaving.slice(holders / 2)) connections[at].free();
    const last = ctx.connection();
    last.setSession(session);
    last.open(server);
    w.expect(last.reused(), 1, 'the session is as good as ever');
    last.close();
    last.free();
    for (let at = 0; at < holders; at += 1) session.free();
    for (const at of leaving.slice(0, holders / 2)) connections[at].free();
    first.free();
    session.free();
    ctx.free();
    client.exit();
  },
});
