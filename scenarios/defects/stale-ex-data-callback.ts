import { type ApplicationDefect, applicationDefect, scenario } from 'simtls/sim';

const staleExDataCallback: ApplicationDefect = applicationDefect({
  name: 'stale-ex-data-callback',
  entry: 'M-10',
  mechanism:
    'the new-session callback follows the ex_data of the connection to the transfer that opened it, which is over and freed when a late ticket comes',
  repaired: 'a transfer that is over takes itself out of the ex_data, and the next one puts itself in',
  source: 'CVE-2021-22901: curl 7.75.0 to 7.76.1',
  invariant: 'no-use-after-free',
  program: ({ repaired }) =>
    scenario({
      name: 'transfers-over-one-connection',
      title:
        'transfers one after the other over one connection of a pool, each with the session that its tickets bring',
      answers: 'SSL_CTX_sess_set_new_cb(3): when does the callback run, and what may it look at?',
      tls: '1.3',
      record(w) {
        const server = w.server({ context: { numTickets: w.draw.int('tickets', { min: 1, max: 3 }) } });
        const client = w.client();
        const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT|SSL_SESS_CACHE_NO_INTERNAL' });
        const connection = ctx.connection();
        const transfers = w.draw.int('transfers', { min: 2, max: 4 });
        for (let n = 1; n <= transfers; n += 1) {
          // The transfer has room for the latest session, which the callback finds by way of the ex_data.
          const room = client.bind('session', 'SSL_SESSION_new', []);
          if (n === 1 || repaired) {
            client.call('SSL_set_ex_data', [connection, n]);
            ctx.on('new', {
              record: ({ ssl, session }) => {
                client.call('SSL_get_ex_data', [ssl]);
                const bytes = client.bind('bytes', 'i2d_SSL_SESSION', [session]);
                client.call('d2i_SSL_SESSION', [bytes, room]);
              },
              returns: 0,
            });
          }
          if (n === 1) connection.open(server);
          // Uploads have no answer to be read.
          const isUpload = w.draw.chance(`upload/${n}`, { oneIn: 2 });
          const bytes = w.draw.int(`bytes/${n}`, { min: 1, max: 9_000 });
          connection.request(isUpload ? { bytes, answer: 0 } : { answer: bytes });
          room.free(); // and with it the transfer
          if (repaired) {
            client.call('SSL_set_ex_data', [connection, 0]);
            ctx.on('new', { record: ({ ssl }) => client.call('SSL_get_ex_data', [ssl]), returns: 0 });
          }
          client.sleep({ ms: w.draw.int(`idleMs/${n}`, { min: 0, max: 2_000 }) });
        }
        connection.close();
        client.exit();
      },
    }),
});

export default staleExDataCallback;
