import { scenario } from 'simtls/sim';

export default scenario({
  name: 'client-that-knows-a-key',
  title: 'a client that knows the key of its server looks at the certificate behind each full handshake',
  answers: 'where a resumed connection shows no certificate, what is there to be checked?',
  tls: '1.2',
  record(w) {
    const server = w.server({
      tickets: w.draw.chance('tickets', { oneIn: 2 }),
      context: { certificate: w.draw.pick('key', ['ec-p256', 'rsa-2048']) },
    });
    const client = w.client();
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT|SSL_SESS_CACHE_NO_INTERNAL' });
    ctx.keepSessions();
    const visits = w.draw.int('visits', { min: 1, max: 4 });
    for (let visit = 1; visit <= visits; visit += 1) {
      const connection = ctx.connection();
      if (visit > 1) {
        const session = ctx.takeSession('newest');
        connection.setSession(session);
        session.free();
      }
      connection.open(server);
      const reused = connection.reused();
      const ask = { answer: w.draw.int(`answerBytes/${visit}`, { min: 1, max: 9_000 }) };
      w.when(reused, 1, () => connection.request(ask));
      let checked = reused;
      w.when(reused, 0, () => {
        checked = connection.checkPeer({ key: 'ec-p256' });
      });
      w.when(checked, 'ok', () => connection.request(ask));
      w.when(checked, 'refused', () => ctx.dropSession('newest'));
      connection.close();
      connection.free();
    }
    client.exit();
  },
});
