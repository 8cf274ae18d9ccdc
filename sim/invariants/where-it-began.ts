import type { Broken, Invariant } from './violation.js';

export const resumedWhereItBegan: Invariant = {
  code: 'ISO',
  name: 'resumed-where-it-began',
  judged: 'handshake',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason: 'the id context says for which service a session was made: another one has rules of its own for who comes in',
  source:
    'SSL_CTX_set_session_id_context(3): "Sessions are generated within a certain context. When exporting/importing sessions with i2d_SSL_SESSION/d2i_SSL_SESSION it would be possible, to re-import a session generated from another context (e.g. another application), which might lead to malfunctions."',
  where: 'ssl_get_prev_session, ssl/ssl_sess.c: the comparison of sid_ctx',
  helps: 'only a repaired OpenSSL helps; until then give each host tickets and a cache of its own',
};

/** The id contexts in hex: of the handshake that authenticated, and those that the server has now. */
export function judgeIdContext(connection: number, made: string, now: readonly string[]): Broken | undefined {
  if (now.includes(made)) return undefined;
  return {
    invariant: resumedWhereItBegan,
    text: `connection ${connection} resumes a session of id context "${made}", and the server has "${now[0] ?? ''}"`,
  };
}
