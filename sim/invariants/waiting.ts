import type { Broken, Invariant } from './violation.js';

export const nobodyWaitsForEver: Invariant = {
  code: 'LIVE',
  name: 'nobody-waits-for-ever',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'program',
  reason: 'two ends that both wait until the other reads wait for ever',
  source: 'openssl/openssl#7967, python-trio/trio#819: a server that writes its tickets while its client writes',
  where: 'SSL_accept, ssl/ssl_lib.c: it is not over before the tickets are written; SSL_write',
  helps:
    'read while you wait to write; a server may send its tickets later (SSL_CTX_set_num_tickets of 0, then SSL_new_session_ticket)',
};

/** Both ends of a connection have bytes that they could read, and wait until they can write. */
export function bothWrite(connection: number, { inHandshake }: { readonly inHandshake: boolean }): Broken {
  const what = inHandshake ? 'the server in its handshake, whose tickets do not go out' : 'neither reads';
  return {
    invariant: nobodyWaitsForEver,
    owner: inHandshake ? 'libssl' : 'program',
    text: `connection ${connection}: both ends wait to write, with unread bytes on either side: ${what}`,
  };
}
