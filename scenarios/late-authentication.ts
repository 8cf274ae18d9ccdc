import { type Scenario, scenario } from 'simtls/sim';

const lateAuthentication: Scenario = scenario({
  name: 'late-authentication',
  title:
    'a server asks for the client’s certificate after the handshake: what tickets of before and after say of the client',
  answers: 'SSL_verify_client_post_handshake(3): is who resumes still authenticated, and may the server ask again?',
  tls: '1.3',
  record(w) {
    const ticket = w.draw.pick('ticket', ['before', 'after']);
    const server = w.server({
      tickets: w.draw.chance('stateless', { oneIn: 2 }),
      context: { verify: 'late', sessionIdContext: 'shop' },
    });
    const client = w.client();
    const ctx = client.context({ certificate: true, lateAuthentication: true });
    const ask = {
      bytes: w.draw.int('bodyBytes', { min: 0, max: 3_000 }),
      answer: w.draw.int('answerBytes', { min: 1, max: 9_000 }),
    };

    const first = ctx.connection();
    first.open(server);
    client.sleep({ seconds: 1 });
    client.call('SSL_read', [first, 1]); // nothing but the tickets of the handshake
    const before = first.session();
    w.expect(first.request(ask), 'ok', 'the server asks, and the client shows its certificate before it has an answer');
    const after = first.session();
    first.close();
    first.free();
    w.expect(server.accepted(1, 'certificate'), 1, 'the server has it');

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 1_000 }) });
    const second = ctx.connection();
    second.setSession(ticket === 'after' ? after : before);
    second.open(server);
    w.expect(second.reused(), 1, 'either ticket resumes');
    const [asksAgain, canAnswer] = [ticket === 'before', w.byProfile({ '1.1.1': false, '3.0': true, '3.5': true })];
    const answered = !asksAgain || canAnswer;
    second.request(ask);
    const closed = second.close();
    server.await(closed);
    w.expect(
      server.accepted(2),
      answered ? 'ok' : 'failed',
      asksAgain ? 'asked on a resumed connection, a client of 1.1.1 shows none' : 'the session knows the certificate',
    );
    w.expect(server.accepted(2, 'certificate'), answered ? 1 : 0, 'only what was made afterwards carries it');
    w.expect(server.accepted(2, 'requests'), answered ? 1 : 0, 'nobody is answered who has shown none');
    client.exit();
  },
});

export default lateAuthentication;
