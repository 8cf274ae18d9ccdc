import type { Broken, Invariant } from './violation.js';

export const handshakeFallsBack: Invariant = {
  code: 'LIVE',
  name: 'handshake-falls-back',
  judged: 'handshake',
  under: 'own faults',
  on: 'both stacks',
  owner: 'libssl',
  reason:
    'what stands in the way of a resumption, or of a ticket, is no reason to refuse who would be served without: a full handshake is',
  source:
    'RFC 5077 §3.1: "If the server cannot or does not want to honor the ticket, then it can initiate a full handshake with the client"',
  where:
    'ssl_get_prev_session, ssl/ssl_sess.c; tls_construct_server_hello and tls_construct_new_session_ticket, ssl/statem/statem_srvr.c',
  helps:
    'only a repaired OpenSSL helps; until then offer no session where this happens, and have keys for tickets at all times',
};

/** What a side says that has not understood the other, or itself: nobody has changed a byte, and both are of one make. */
const misunderstandings: readonly string[] = [
  'unexpected message',
  'callback failed',
  'internal error',
  'old session cipher not returned',
  'old session version not returned',
  'digest check failed',
  'bad extension',
];

/** Judges a handshake that has failed on a stream that nobody has touched. @param errors - of the side that gives up */
export function judgeFailedHandshake(connection: number, side: string, errors: readonly string[]): Broken | undefined {
  const said = errors.find((error) => misunderstandings.includes(error));
  if (said === undefined) return undefined;
  return {
    invariant: handshakeFallsBack,
    text: `connection ${connection}: the ${side} gives the handshake up, "${said}", and nobody has changed a byte of it`,
  };
}
