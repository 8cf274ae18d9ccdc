import { type Scenario, scenario } from 'simtls/sim';

const clientNeverReads: Scenario = scenario({
  name: 'client-never-reads',
  title:
    'a client that only writes: it has no ticket, its close is a reset, and where buffers are small nobody gets on',
  answers:
    'openssl/openssl#6904 and #7948: a client that writes and closes, and the tickets that a server writes meanwhile',
  record(w) {
    const how = w.draw.pick('how', ['closes at once', 'waits for close_notify', 'small buffers']);
    const stuck = how === 'small buffers';
    // What one side takes and the other keeps ready: together they are less than two tickets.
    const bytes = w.draw.int('bufferBytes', { min: 60, max: 200 });
    const server = w.server(stuck ? { sendBufferBytes: bytes } : {});
    const client = w.client('client', stuck ? { receiveBufferBytes: bytes } : {});
    w.link(client, server, { latencyUs: w.draw.int('latencyUs', { min: 500, max: 60_000 }), resetOvertakes: true });
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const first = ctx.connection();
    w.expect(first.open(server), 'ok', 'the client is done once it has written its Finished');
    const sent = first.send(w.draw.int('bytes', { min: 300_000, max: 600_000 }));
    w.expect(
      sent,
      stuck ? 'timeout' : 'ok',
      stuck ? 'the server still writes tickets, and reads nothing' : 'it is read',
    );
    if (stuck) w.expect.violation('nobody-waits-for-ever', 'no end reads before it has written', sent);
    if (how === 'closes at once')
      w.expect.violation('accepted-bytes-arrive', 'it closes on tickets that it has not read');
    w.expect(ctx.cached(), 0, 'no ticket was read');

    const waits = how === 'waits for close_notify';
    if (stuck) first.disconnect();
    else w.expect(first.close({ wait: waits }), 'ok', 'the client is content');
    // Tickets that nobody has read make a reset of the close (RFC 2525 §2.17), which eats what is still under way.
    const served = waits ? 'ok' : stuck ? 'timeout' : 'reset';
    w.expect(server.accepted(1), served, 'what the server is told');
    w.expect(ctx.cached(), waits ? 2 : 0, waits ? 'SSL_shutdown has read them on its way to close_notify' : 'lost');
    const session = first.session();
    w.expect(session.resumable(), waits ? 1 : 0, 'without a ticket a session of TLS 1.3 is none');
    first.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    const second = ctx.connection();
    second.setSession(session);
    w.expect(second.open(server), 'ok', 'the next connection is as any other');
    w.expect(second.reused(), waits ? 1 : 0, how);
    second.disconnect();
    client.exit();
  },
});

export default clientNeverReads;
