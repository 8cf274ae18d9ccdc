import { type Scenario, scenario } from 'simtls/sim';

const narrow = { sendBufferBytes: 4_096, receiveBufferBytes: 4_096 };

const keyUpdateFlood: Scenario = scenario({
  name: 'key-update-flood',
  title: 'a client changes its keys hundreds of times in a row, and asks for as many answers that it does not read',
  answers:
    'RFC 8446 §4.6.3: who "receives multiple KeyUpdates while it is silent" is "to respond with a single update": does libssl, and what does a flood cost?',
  tls: '1.3',
  record(w) {
    const requested = w.draw.chance('requested', { oneIn: 2 });
    const isNarrow = w.draw.chance('narrow', { oneIn: 2 });
    const count = isNarrow ? 1_000 : w.draw.int('count', { min: 1, max: 300 });
    const server = w.server(isNarrow ? narrow : {});
    const client = w.client('client', isNarrow ? narrow : {});
    const connection = client.context().connection();
    connection.open(server);
    w.expect(connection.request({ answer: w.draw.int('answerBytes', { min: 0, max: 40_000 }) }), 'ok', 'before');

    // An answer fills what a client has not read: then the server reads no more, and the flood waits. Nothing grows.
    const stuck = isNarrow && requested;
    const flood = connection.updateKeys({ requested, count });
    w.expect(flood, stuck ? 'timeout' : 'ok', stuck ? 'nobody reads' : 'libssl counts KeyUpdates nowhere');
    if (stuck) w.expect.violation('nobody-waits-for-ever', 'the client reads no answer', flood);
    if (!stuck) {
      w.expect(connection.request({ answer: 100 }), 'ok', 'both sides have followed');
      w.expect(
        connection.keyUpdates(),
        requested ? count : 0,
        'each that asks for an answer has its own, silence or not',
      );
    }
    const closed = connection.close({ wait: false });
    client.exit();
    server.await(closed);
    server.sleep({ seconds: 70 });
    if (!stuck) w.expect(server.accepted(1, 'key_updates'), count, 'all of them came');
    w.expect(server.accepted(1, 'requests'), stuck ? 1 : 2, 'nothing else was lost');
  },
});

export default keyUpdateFlood;
