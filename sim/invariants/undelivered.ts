import type { Broken, Invariant } from './violation.js';

export const acceptedBytesArrive: Invariant = {
  code: 'DATA',
  name: 'accepted-bytes-arrive',
  judged: 'quiet',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason:
    'whoever closes a socket with something unread resets the connection: the other side loses what it has not read yet, although all of it was accepted',
  source:
    'RFC 2525 §2.17: a close with received data pending sends a RST; openssl/openssl#10880: the tickets of a TLS 1.3 server are such data for a client that never reads',
  where:
    'no part of OpenSSL: what tls_construct_new_session_ticket, ssl/statem/statem_srvr.c, has sent waits to be read',
  helps:
    'read to the close_notify of the other side before the socket is closed (SSL_shutdown until it returns 1), or have the server send no tickets (SSL_CTX_set_num_tickets)',
};

/** One direction of a connection whose writer said close_notify, and then closed its socket with something unread. */
export interface Undelivered {
  readonly connection: number;
  readonly writer: string;
  readonly step: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly unreadBytes: number;
}

export function judgeUndelivered(found: Undelivered): Broken | undefined {
  const { connection, writer, step, sentBytes, receivedBytes, unreadBytes } = found;
  if (receivedBytes >= sentBytes) return undefined;
  return {
    invariant: acceptedBytesArrive,
    text: `connection ${connection}: ${receivedBytes} of the ${sentBytes} bytes that ${writer} sent arrived before the reset: it closed its socket in ${step} with ${unreadBytes} bytes unread`,
  };
}
