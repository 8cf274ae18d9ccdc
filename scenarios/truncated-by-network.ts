import { type Scenario, scenario } from 'simtls/sim';

const truncatedByNetwork: Scenario = scenario({
  name: 'truncated-by-network',
  title: 'somebody on the way ends the stream in the middle of an answer that ends with the connection',
  answers: 'openssl/openssl#11378: what becomes of a session, and of the data, at an end of file without close_notify',
  tls: '1.2',
  record(w) {
    const server = w.server();
    const client = w.client();
    // Since 3.0 this option takes such an end for a clean one: 1.1.1 does not know it.
    const ignore = w.draw.chance('ignoreUnexpectedEof', { oneIn: 3 }) && w.profile !== '1.1.1';
    const ctx = client.context(ignore ? { options: 'SSL_OP_IGNORE_UNEXPECTED_EOF' } : {});
    const connection = ctx.connection();
    const connect = connection.connect(server);
    connection.handshake();
    const session = connection.session();
    const answer = w.draw.int('answerBytes', { min: 60_000, max: 120_000 });
    w.cut(connect, { from: server, afterBytes: w.draw.int('cutAfterBytes', { min: 3_000, max: 50_000 }) });
    const request = connection.request({ answer, ends: 'until-close' });

    w.expect(request, ignore ? 'ok' : 'truncated', 'how the application is told of the end');
    if (ignore) {
      w.expect.violation('truncated-is-not-complete', 'with the option the cut passes for a clean end', request);
    }
    const untouched = ignore || w.profile === '1.1.1';
    w.expect(session.resumable(), untouched ? 1 : 0, 'since 3.0 such an end is a fatal error, and the session bad');
    connection.disconnect();
    connection.free();
    client.exit();
  },
});

export default truncatedByNetwork;
