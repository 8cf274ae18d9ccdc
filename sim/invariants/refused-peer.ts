import type { Broken, Invariant } from './violation.js';

export const refusedPeerStaysRefused: Invariant = {
  code: 'AUTH',
  name: 'refused-peer-stays-refused',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'program',
  reason: 'a session vouches for what its first handshake has shown, and the program has said that this is not enough',
  source:
    'RFC 5246 §F.1.4: "If either party suspects that the session may have been compromised, or that certificates may have expired or been revoked, it should force a full handshake"',
  where:
    'no part of OpenSSL: what is checked behind the handshake it does not know of, so that it goes on to resume (ssl_get_prev_session, ssl/ssl_sess.c)',
  helps:
    'let the session go where a check of its connection fails, or make the check on resumed connections, too: the session has the certificate of its peer (SSL_SESSION_get0_peer)',
};

/** A connection whose peer the program has refused, and one that carries data by its session. */
export interface Readmission {
  /** The session's id in its process, and its name. */
  readonly object: number;
  readonly session: string;
  /** The steps that checked, and that carry data. */
  readonly refusedIn: string;
  readonly resumed: string;
}

export function readmitted({ object, session, refusedIn, resumed }: Readmission): Broken {
  return {
    invariant: refusedPeerStaysRefused,
    object,
    text: `${resumed} carries data by ${session}, whose peer the program had refused in ${refusedIn}, and was not checked`,
  };
}
