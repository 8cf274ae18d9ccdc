import { type Scenario, scenario } from 'simtls/sim';

const serverCrashAtTicket: Scenario = scenario({
  name: 'server-crash-at-ticket',
  title: 'a server dies between two tickets of one connection: those that have left it were on its disk before',
  answers: 'wolfSSL/wolfssl#5463: which state a server has to keep so that sessions outlive a restart',
  record(w) {
    const nth = w.draw.int('ticket', { min: 1, max: 2 });
    // Tickets that are ids of sessions in files: the callback that writes one runs while its message is made.
    const server = w.server({ tickets: false, store: { directory: '/sessions', sync: 'each' } });
    const client = w.client();
    w.link(client, server, { latencyUs: w.draw.int('latencyUs', { min: 500, max: 60_000 }) }); // what is written leaves at once
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const first = ctx.connection();
    const opened = first.open(server);
    w.expect(opened, 'ok', 'the client is through before the server makes tickets');
    const how = w.draw.pick('how', ['reset', 'half-open']);
    w.crash(server, { point: 'callback:new', on: server, nth }, how);
    w.restart(server, { after: opened, us: w.draw.int('downUs', { min: 2_000_000, max: 10_000_000 }) });

    first.receive({ bytes: 1 });
    w.expect(ctx.cached(), nth - 1, 'the tickets that left the server');
    const session = first.session();
    w.expect(session.resumable(), nth - 1, 'a connection without a ticket has nothing to resume');
    first.close({ wait: false });
    first.free();

    client.sleep({ seconds: 90 });
    const second = ctx.connection();
    second.setSession(session);
    w.expect(second.open(server), 'ok', 'the server is up again');
    w.expect(second.reused(), nth - 1, 'whatever a client was given is on the disk of the server');
    w.expect(second.request({ answer: w.draw.int('answerBytes', { min: 1, max: 5_000 }) }), 'ok', 'it serves');
    second.close();
    client.exit();
  },
});

export default serverCrashAtTicket;
