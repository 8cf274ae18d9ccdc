/** A ticket key callback without keys, on the model and on each line of real OpenSSL. */
import test from 'ava';
import { profileNames, type Ssl } from '../../../src/index.js';
import { Bench, tls12, tls13 } from '../../_bench.js';
import { type NoTicketCase, noTicketSteps, playOnLibssl } from '../../_libssl/play.js';

const noAntiReplay = 0x0100_0000;
const cases: readonly NoTicketCase[] = [tls12, tls13].flatMap((version) =>
  [0, 100].flatMap((early) => [false, true].map((onRemove) => ({ version, early, onRemove }))),
);

for (const profile of profileNames) {
  test(`${profile}: a callback that has no keys for tickets ends as with OpenSSL`, (t) => {
    const played = playOnLibssl(t, profile, { noTickets: cases });
    if (played === undefined) return;
    const noTickets = cases.map((one) => {
      const b = new Bench(profile);
      const { L } = b;
      const [cc, sc] = [b.ctx({ version: tls13 }), b.serverCtx('ticket', { version: one.version })];
      L.SSL_CTX_set_max_early_data(sc, one.early);
      L.SSL_CTX_set_options(sc, noAntiReplay);
      L.SSL_CTX_set_tlsext_ticket_key_cb(sc, () => 'none');
      let fresh = 0;
      L.SSL_CTX_sess_set_new_cb(sc, () => {
        fresh += 1;
        return 0;
      });
      if (one.onRemove) L.SSL_CTX_sess_set_remove_cb(sc, () => undefined);
      const ends = b.pair(cc, sc);
      const said = (ssl: Ssl, result: number, data = ''): string => {
        const error = L.SSL_get_error(ssl, result).replace('SSL_ERROR_', '');
        return [result, ...(result > 0 ? [data] : [error, ...L.takeErrors()])].join(' ').trim();
      };
      const answers = noTicketSteps.map((step) => {
        const [who, name, word = ''] = step.split(' ');
        const ssl = who === 'client' ? ends.c : ends.s;
        if (name === 'SSL_do_handshake') return said(ssl, L.SSL_do_handshake(ssl));
        if (name === 'SSL_write') return said(ssl, L.SSL_write(ssl, new Uint8Array(Buffer.from(word))));
        const [result, bytes] = L.SSL_read(ssl, 100);
        return said(ssl, result, Buffer.from(bytes).toString());
      });
      return [...answers, `new ${fresh}, cached ${L.SSL_CTX_sess_number(sc)}`];
    });
    t.deepEqual(noTickets, played.noTickets);
    t.is(
      played.noTickets.some((answers) => answers.some((one) => one.includes('length mismatch'))),
      profile === '1.1.1',
    );
  });
}
