import { type Scenario, scenario } from 'simtls/sim';

const resetEatsAnswer: Scenario = scenario({
  name: 'reset-eats-answer',
  title: 'a server writes its answer and closes at once, with bytes of the client unread: the reset may eat the answer',
  answers: 'RFC 2525 §2.17, and "write, then close: the client sometimes gets ECONNRESET in place of the answer"',
  tls: '1.2',
  record(w) {
    const unread = w.draw.chance('unread', { oneIn: 2 });
    const server = w.server({ tickets: false });
    const client = w.client();
    w.link(client, server, {
      latencyUs: w.draw.int('latencyUs', { min: 500, max: 60_000 }),
      resetOvertakes: true,
    });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const answer = w.draw.int('answerBytes', { min: 1_000, max: 15_000 });
    const asked = first.request({ answer, ends: 'until-close', beyond: unread ? 20_000 : 0 });
    if (unread) w.expect.violation('accepted-bytes-arrive', 'the server closes on what it has not read');
    w.expect(
      asked,
      unread ? 'reset' : 'ok',
      unread ? 'close with unread bytes is a reset' : 'all was read: it is a FIN',
    );
    w.expect(session.resumable(), 1, 'the transport has failed, TLS has not: nothing is wrong with the session');
    first.disconnect();
    client.exit();
  },
});

export default resetEatsAnswer;
