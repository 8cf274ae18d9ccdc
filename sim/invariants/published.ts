import type { Broken, Invariant } from './violation.js';

export const publishedSessionUnchanged: Invariant = {
  code: 'IMM',
  name: 'published-session-unchanged',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason: 'whoever else has the session reads it without a lock: a buffer that is replaced is gone under their hands',
  source:
    '3.0, ssl/statem/statem_clnt.c, tls_process_new_session_ticket: "Sessions must be immutable once they go into the session cache. Otherwise we can get multi-thread problems. Therefore we don\'t "update" sessions, we replace them with a duplicate."',
  where:
    'tls_process_new_session_ticket, ssl/statem/statem_clnt.c; tls_construct_new_session_ticket, ssl/statem/statem_srvr.c; ssl_get_prev_session, ssl/ssl_sess.c',
  helps: 'only a repaired OpenSSL helps; until then give each connection a session of its own (SSL_SESSION_dup)',
};

/** @param fields - of the session that are not what they were when somebody else first had it */
export function changed(
  session: { readonly object: number; readonly name: string },
  fields: readonly string[],
): Broken {
  return {
    invariant: publishedSessionUnchanged,
    object: session.object,
    text: `${session.name} is in the hands of others, and has got another ${fields.join(', another ')}`,
  };
}
