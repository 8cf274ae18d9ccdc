import { type Scenario, scenario } from 'simtls/sim';

const clientCrash: Scenario = scenario({
  name: 'client-crash',
  title: 'the client dies in the middle of a connection, and its next process connects anew',
  answers: 'aws/s2n-tls#4818: what an ungraceful end leaves behind on both sides',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    const connect = first.connect(server);
    first.handshake();
    first.request({ answer: w.draw.int('answerBytes', { min: 100_000, max: 400_000 }) });
    first.close();
    first.free();

    const how = w.draw.pick('how', ['reset', 'half-open']);
    const us = w.draw.int('crashUs', { min: 0, max: 600_000 });
    w.crash(client, { after: connect, us }, how);
    w.restart(client, { after: connect, us: us + w.draw.int('downUs', { min: 1_000, max: 2_000_000 }) });

    client.task('again', () => {
      client.sleep({ seconds: 5 });
      const again = client.context();
      const second = again.connection();
      w.expect(second.open(server), 'ok', 'the server is as it was');
      w.expect(second.reused(), 0, 'what the first process knew has died with it');
      w.expect(second.request({ answer: 1_000 }), 'ok', 'the answer arrives whole');
      second.close();
      second.free();
      again.free();
      client.exit();
    });
    w.expect(server.accepted(2), 'ok', 'the server serves the second client to its end');
  },
});

export default clientCrash;
