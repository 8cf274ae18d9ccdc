import type { Broken, Invariant } from './violation.js';

export const resumedWithinLifetime: Invariant = {
  code: 'TIME',
  name: 'resumed-within-lifetime',
  judged: 'handshake',
  under: 'own faults',
  on: 'the model',
  owner: 'libssl',
  reason:
    'who was authenticated once is so for the timeout of the session, and not for as long as it comes back in time',
  source:
    'RFC 5246 §F.1.4: "An upper limit of 24 hours is suggested for session ID lifetimes"; SSL_CTX_set_timeout(3): "how long a session may be used"',
  where:
    'ssl_get_prev_session, ssl/ssl_sess.c: the comparison with time and timeout, which a resumption leaves (TLS 1.2)',
  helps:
    'only a repaired OpenSSL helps; until then remember in the session when its client was authenticated (SSL_SESSION_set1_ticket_appdata)',
};

/** @param seconds - since the end of the handshake that authenticated, and what that session was given */
export function resumedTooLate(
  connection: number,
  seconds: { readonly age: number; readonly timeout: number },
): Broken {
  return {
    invariant: resumedWithinLifetime,
    text: `connection ${connection} resumes what was authenticated ${Math.floor(seconds.age)} s before, with a timeout of ${seconds.timeout} s`,
  };
}
