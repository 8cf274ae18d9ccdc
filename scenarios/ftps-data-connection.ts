import { type Scenario, scenario } from 'simtls/sim';

/** Of FTP over TLS from the first byte. */
const ports = { control: 990, data: 989 };

const ftpsDataConnection: Scenario = scenario({
  name: 'ftps-data-connection',
  title:
    'an FTP server serves only data connections that resume (require_ssl_reuse): which session does the client bring?',
  answers:
    'curl/curl#4654, robinrodricks/FluentFTP#1738 and many more: "522 SSL connection failed: session reuse required", since TLS 1.3',
  record(w) {
    const by = w.draw.pick('by', ['1.2 id', '1.2 ticket', '1.3 id', '1.3 ticket']);
    const isTls13 = by.startsWith('1.3');
    // In TLS 1.3 the session of the handshake has no ticket yet: one comes with what is read next.
    const isEarly = w.draw.chance('takenAfterHandshake', { oneIn: 3 });
    const caches = w.draw.chance('clientCaches', { oneIn: 2 });
    const renews = !isEarly && w.draw.chance('renews', { oneIn: 2 });
    const server = w.server({
      port: ports.control,
      tickets: by.endsWith('ticket'),
      context: { tls: isTls13 ? '1.3' : '1.2', timeoutSeconds: 100 },
    });
    const data = server.serveToo({ port: ports.data, resumedOnly: true });
    const client = w.client();
    const ctx = client.context(caches ? { cache: 'SSL_SESS_CACHE_CLIENT' } : {});

    const control = ctx.connection();
    control.open(server, { port: ports.control });
    let session = control.session();
    w.expect(control.request({ answer: 220 }), 'ok', 'the server greets');
    if (!isEarly) session = control.session();

    const transfers = w.draw.int('transfers', { min: 1, max: 4 });
    const isLong = w.draw.chance('longJob', { oneIn: 3 });
    for (let i = 1; i <= transfers; i += 1) {
      client.sleep({ seconds: w.draw.int(`idleSeconds/${i}`, { min: 0, max: 10 }) });
      // Meanwhile the session grows old, and nobody sends the control connection another ticket (proftpd/proftpd#1931).
      const isOld = isLong && i === transfers;
      for (let n = 0; isOld && n < 3; n += 1) {
        w.expect(control.request({ answer: 4 }), 'ok', 'NOOP');
        client.sleep({ seconds: 40 });
      }
      w.expect(control.request({ bytes: 30, answer: 150 }), 'ok', 'a command, and its reply');
      const transfer = ctx.connection();
      transfer.setSession(session);
      transfer.open(server, { port: ports.data });
      // A client that has a cache takes a session of TLS 1.3 out of it once it is used, which makes it useless.
      const isUsedUp = caches && !renews && i > 1;
      const isUseless = isOld || (isTls13 && (isEarly || isUsedUp));
      w.expect(transfer.reused(), isUseless ? 0 : 1, 'old, without a ticket yet, or used up: nothing to resume');
      transfer.request({ bytes: w.draw.int(`uploadBytes/${i}`, { min: 0, max: 30_000 }), answer: 226 });
      if (renews) session = transfer.session();
      transfer.close();
      transfer.free();
      w.expect(data.accepted(i), isUseless ? 'not resumed' : 'ok', 'the server looks at SSL_session_reused alone');
    }
    control.close();
    client.exit();
  },
});

export default ftpsDataConnection;
