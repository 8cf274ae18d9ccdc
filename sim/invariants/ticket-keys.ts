import type { Broken, Invariant } from './violation.js';

export const ticketKeysAreOwn: Invariant = {
  code: 'KEY',
  name: 'ticket-keys-are-own',
  judged: 'handshake',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason: 'who can tell the key of a ticket opens every session, and makes some of anybody',
  source: 'RFC 5077 §5.5: "The keys should be generated randomly"; CVE-2020-13777 (GnuTLS)',
  where: 'SSL_CTX_new, ssl/ssl_lib.c: RAND_bytes of tick_key_name and its keys; tls_decrypt_ticket, ssl/t1_lib.c',
  helps:
    'set keys of your own (SSL_CTX_set_tlsext_ticket_keys, random bytes), and the same ones only where sessions are to be shared',
};

/** A key of which every byte is the same. */
export function guessable(connection: number, key: Uint8Array): Broken {
  return {
    invariant: ticketKeysAreOwn,
    text: `connection ${connection}: the server seals its tickets with a key of ${key.length} times ${key[0] ?? 0}`,
  };
}

/** A ticket was opened by a context that has other keys than the one that sealed it. */
export function openedByAnother(connection: number, sealedOn: number): Broken {
  return {
    invariant: ticketKeysAreOwn,
    text: `connection ${connection}: a ticket of connection ${sealedOn} is opened, and the server has other keys than those it was sealed with`,
  };
}
