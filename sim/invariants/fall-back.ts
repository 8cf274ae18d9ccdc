import type { Broken, Invariant, Owner } from './violation.js';

export const handshakeFallsBack: Invariant = {
  code: 'LIVE',
  name: 'handshake-falls-back',
  judged: 'quiet',
  under: 'any faults',
  on: 'both stacks',
  owner: 'libssl',
  reason:
    'resumption is an optimisation: whoever cannot resume makes a full handshake, and nobody is turned away for his ticket',
  source:
    'RFC 5246 §7.4.1.2, RFC 5077 §3.2, RFC 8446 §2.2: where the server takes no session, it goes on with a full handshake',
  where:
    'ssl_get_prev_session, ssl/ssl_sess.c; tls_parse_ctos_psk, ssl/statem/extensions_srvr.c; tls_construct_new_session_ticket, ssl/statem/statem_srvr.c',
  helps:
    'SESSION_ID_CONTEXT_UNINITIALIZED: call SSL_CTX_set_session_id_context; else only a repaired OpenSSL helps, or a client that tries again without its session',
};

/** What a full handshake between two ends that nobody disturbs does not end with. */
const notOfFullHandshakes: readonly string[] = [
  'internal error',
  'unexpected message',
  'digest check failed',
  'decryption failed or bad record mac',
  'bad record type',
  'binder does not verify',
  'bad extension',
  'bad length',
  'length mismatch',
  'length too short',
  'bad psk',
  'bad psk identity',
  'callback failed',
  'invalid session id',
  'unsolicited extension',
  'wrong cipher returned',
  'old session cipher not returned',
  'ssl session version mismatch',
  'inconsistent extms',
];

/** The same, where the program has left something out that only resumption needs. */
const leftOut: readonly string[] = [
  'session id context uninitialized',
  'attempt to reuse session in different context',
];

/** One end whose handshake has failed, undisturbed. */
export interface FailedEnd {
  readonly connection: number;
  readonly side: 'client' | 'server';
  /** Reasons of its error queue, oldest first. */
  readonly errors: readonly string[];
}

export function judgeFailure({ connection, side, errors }: FailedEnd): Broken | undefined {
  const why = errors.find((reason) => leftOut.includes(reason) || notOfFullHandshakes.includes(reason));
  if (why === undefined) return undefined;
  const owner: Owner = leftOut.includes(why) ? 'program' : 'libssl';
  return {
    invariant: handshakeFallsBack,
    owner,
    text: `connection ${connection}: its handshake ends on the ${side} with "${why}", and nobody has touched it`,
  };
}
