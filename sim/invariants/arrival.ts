import type { Broken, Invariant } from './violation.js';

export const acceptedBytesArrive: Invariant = {
  code: 'DATA',
  name: 'accepted-bytes-arrive',
  judged: 'quiet',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason:
    'who has written, shut down and closed believes that it was read: a reset on the way takes it from the reader',
  source:
    'RFC 2525 §2.17: a close with unread data sends a reset; openssl/openssl#10880, proftpd/proftpd#959: tickets that the client has not read',
  where: 'no part of OpenSSL: the socket is closed with bytes that SSL_read has never taken, such as NewSessionTicket',
  helps:
    "read until the peer's close_notify before you close; a server of clients that only write sends no tickets (SSL_CTX_set_num_tickets)",
};

/** A writer that said close_notify and closed with bytes unread, and its reader. */
export interface Arrival {
  readonly connection: number;
  readonly writer: 'client' | 'server';
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly unreadBytes: number;
}

export function lostByReset({ connection, writer, sentBytes, receivedBytes, unreadBytes }: Arrival): Broken {
  return {
    invariant: acceptedBytesArrive,
    text: `connection ${connection}: the ${writer} has written ${sentBytes} bytes, shut down and closed with ${unreadBytes} unread; the reset left ${receivedBytes} of them to its peer`,
  };
}
