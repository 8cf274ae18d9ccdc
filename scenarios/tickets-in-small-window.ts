import { type Scenario, scenario } from 'simtls/sim';

const ticketsInSmallWindow: Scenario = scenario({
  name: 'tickets-in-small-window',
  title: 'a client writes much before it reads, and its window is smaller than the tickets that come meanwhile',
  answers: 'openssl/openssl#7967, python-trio/trio#819: whether a server waits for its tickets to be read',
  tls: '1.3',
  record(w) {
    const server = w.server();
    // The rest waits in the buffer of the server, which is large enough for them.
    const client = w.client('client', { receiveBufferBytes: w.draw.int('windowBytes', { min: 60, max: 400 }) });
    w.link(client, server, { latencyUs: w.draw.int('latencyUs', { min: 500, max: 60_000 }) });
    const ctx = client.context();
    const connection = ctx.connection();
    w.expect(connection.open(server), 'ok', 'the client is done once it has written its Finished');
    const bytes = w.draw.int('bodyBytes', { min: 200_000, max: 400_000 });
    w.expect(connection.request({ bytes, answer: 1_000 }), 'ok', 'the server reads, whatever of its own is under way');
    w.expect(connection.close(), 'ok', 'and closes');
    connection.free();
    client.exit();
  },
});

export default ticketsInSmallWindow;
