import type { Broken, Invariant } from './violation.js';

export const resumedWithinLifetime: Invariant = {
  code: 'TIME',
  name: 'resumed-within-lifetime',
  judged: 'handshake',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason: 'what was authenticated once would count for ever, past the end of certificates and accounts',
  source:
    'RFC 8446 §4.6.1: "the lifetime of keying material derived from a single full handshake … it is RECOMMENDED that implementations place limits on the total lifetime of such keying material"; openssl/openssl#31395',
  where:
    'tls_construct_new_session_ticket, ssl/statem/statem_srvr.c: the session of a new ticket is as old as the ticket',
  helps:
    'note in the session when it was authenticated (SSL_SESSION_set1_ticket_appdata), and refuse it in the decrypt callback of SSL_CTX_set_session_ticket_cb',
};

/** Seconds that pass between two readings of one clock, and in which nothing is wrong yet. */
const toleranceSeconds = 1;

export function judgeLifetime(
  connection: number,
  { ageSeconds, limitSeconds }: { readonly ageSeconds: number; readonly limitSeconds: number },
): Broken | undefined {
  if (ageSeconds <= limitSeconds + toleranceSeconds) return undefined;
  return {
    invariant: resumedWithinLifetime,
    text: `connection ${connection} resumes what was authenticated ${Math.floor(ageSeconds)} s ago, and a session lasts ${limitSeconds} s`,
  };
}
