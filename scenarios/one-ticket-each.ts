import { type Scenario, scenario } from 'simtls/sim';

const oneTicketEach: Scenario = scenario({
  name: 'one-ticket-each',
  title: 'connections opened in parallel by several tasks: a ticket for each of them, or one for all',
  answers:
    'RFC 8446 §4.6.1: "Multiple tickets are useful for clients for a variety of purposes, including: Opening multiple parallel HTTP connections."',
  record(w) {
    const tasks = w.draw.int('tasks', { min: 2, max: 5 });
    const how = w.draw.pick('how', ['one each', 'one for all at once', 'one for all in turn']);
    const server = w.server({ tickets: w.draw.chance('stateless', { oneIn: 2 }) });
    server.boot(() => server.call('SSL_CTX_set_num_tickets', [server.ownContext, tasks]));
    const client = w.client();
    w.link(client, server, { latencyUs: w.draw.int('latencyUs', { min: 500, max: 60_000 }) });
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    ctx.keepSessions();
    const first = ctx.connection();
    first.open(server);
    first.request({ answer: 100 });
    w.expect(ctx.cached(), tasks, 'each ticket is a session of its own');
    const shared = ctx.takeSession('newest');
    let ready = first.close();
    first.free();
    const closed: (typeof ready)[] = [];

    for (let i = 0; i < tasks; i += 1) {
      client.task(`task${i}`, () => {
        client.await(ready);
        // Less than a round trip: all have offered it before the first is through.
        client.sleep({ us: w.draw.int(`beginUs/${i}`, { min: 0, max: 900 }) });
        const session = how === 'one each' && i > 0 ? ctx.takeSession('oldest') : shared;
        const connection = ctx.connection();
        connection.setSession(session);
        w.expect(connection.open(server), 'ok', 'they do not disturb each other');
        const spent = how === 'one for all in turn' && i > 0;
        w.expect(connection.reused(), spent ? 0 : 1, spent ? 'the first has used it up' : `it is offered: ${how}`);
        w.expect(session.resumable(), 0, 'used up');
        connection.request({ answer: w.draw.int(`answerBytes/${i}`, { min: 1, max: 20_000 }) });
        closed.push(connection.close());
        connection.free();
      });
      if (how === 'one for all in turn') ready = closed[i] ?? ready;
    }
    for (const close of closed) client.await(close);
    // Of the tickets there were, those that were offered are gone; a resumption brings one, a full handshake all.
    const left = { 'one each': 0, 'one for all at once': tasks - 1, 'one for all in turn': tasks - 1 }[how];
    const brought = how === 'one for all in turn' ? 1 + (tasks - 1) * tasks : tasks;
    w.expect(ctx.cached(), left + brought, 'what there is to offer next');
    client.exit();
  },
});

export default oneTicketEach;
