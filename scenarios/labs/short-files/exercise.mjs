import { scenario } from 'simtls/sim';

export default scenario({
  name: 'uploads',
  title: 'a client sends files to a server that has nothing to say, one connection each',
  answers: 'SSL_shutdown(3): when may the socket be closed?',
  tls: '1.3',
  record(w) {
    const server = w.server({
      context: { numTickets: w.draw.int('tickets', { min: 0, max: 3 }) },
      receiveBufferBytes: w.draw.pick('receiveBufferBytes', [8_192, 65_536]),
    });
    const client = w.client();
    w.link(client, server, {
      latencyUs: w.draw.int('latencyUs', { min: 200, max: 60_000 }),
      resetOvertakes: true,
    });
    const ctx = client.context();
    const files = w.draw.int('files', { min: 1, max: 3 });
    for (let file = 1; file <= files; file += 1) {
      const connection = ctx.connection();
      connection.open(server);
      connection.request({ bytes: w.draw.int(`fileBytes/${file}`, { min: 100, max: 200_000 }), answer: 0 });
      connection.close({ wait: false });
      connection.free();
      client.sleep({ seconds: 1 });
    }
    client.exit();
  },
});
