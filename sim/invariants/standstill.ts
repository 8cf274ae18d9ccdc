import type { Broken, Invariant } from './violation.js';

export const nobodyWaitsForEver: Invariant = {
  code: 'LIVE',
  name: 'nobody-waits-for-ever',
  judged: 'call',
  under: 'own faults',
  on: 'both stacks',
  owner: 'libssl',
  reason: 'two that both wait until the other has read will wait until somebody gives up',
  source: 'openssl/openssl#7967: a server that writes its tickets reads nothing meanwhile',
  where:
    'tls13 tickets in ossl_statem_server_post_work, ssl/statem/statem_srvr.c: the handshake is over when they are written',
  helps: 'read while you write, or have buffers that take the tickets (SSL_CTX_set_num_tickets(3): 0 sends none)',
};

/** Both ends of a connection wait to write, and one has given up. */
export function stoodStill(connection: number, step: string): Broken {
  return {
    invariant: nobodyWaitsForEver,
    text: `connection ${connection}: both ends waited to write, and neither read, until ${step} gave up`,
  };
}
