import type { Broken, Invariant } from './violation.js';

export const workWithinWhatItTouches: Invariant = {
  code: 'LIVE',
  name: 'work-within-what-it-touches',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason:
    'a call that looks at all sessions to find the few that it is about holds up every connection, the longer the more there are',
  source:
    'openssl/openssl#8687 (3.0): sessions are listed by expiry, and a flush ends at the first that lives; before, every 255th handshake walked through the whole table, under the lock that every lookup wants',
  where:
    'SSL_CTX_flush_sessions_ex and SSL_CTX_add_session, ssl/ssl_sess.c; 1.1.1: timeout_cb of the same file, for each entry',
  helps: 'OpenSSL 3.0 or newer; with 1.1.1 SSL_SESS_CACHE_NO_AUTO_CLEAR, and flushes at moments of your own',
};

/** What the caches of a process did in one call. */
export interface Work {
  /** Walks that they began: flushes, and evictions. */
  readonly walks: number;
  /** Sessions that the walks looked at and left where they were. */
  readonly passed: number;
  /** How many they may pass: the one at which a walk ends; in 1.1.1, where a flush is a walk through the table, all. */
  readonly passedMax: number;
}

export function judgeWork({ walks, passed, passedMax }: Work): Broken | undefined {
  if (passed <= passedMax) return undefined;
  return {
    invariant: workWithinWhatItTouches,
    text: `${walks} walk(s) through caches looked at ${passed} sessions that they left there, where ${passedMax} are enough`,
  };
}
