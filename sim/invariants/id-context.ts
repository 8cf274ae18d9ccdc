import type { Broken, Invariant } from './violation.js';

export const resumedWhereItBegan: Invariant = {
  code: 'ISO',
  name: 'resumed-where-it-began',
  judged: 'handshake',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason:
    'the id context says whose sessions they are: one of another host was authenticated by what that host asks, not by what this one does',
  source:
    'SSL_CTX_set_session_id_context(3): "Sessions are generated within a certain context. When exporting/importing sessions with i2d_SSL_SESSION/d2i_SSL_SESSION it would be possible, to re-import a session generated from another context"',
  where: 'ssl_get_prev_session, ssl/ssl_sess.c: the comparison of sid_ctx',
  helps: 'only a repaired OpenSSL helps; until then give each host ticket keys and a cache of its own',
};

export function resumedElsewhere(connection: number, contexts: { readonly of: string; readonly at: string }): Broken {
  return {
    invariant: resumedWhereItBegan,
    text: `connection ${connection}: a session of the id context "${contexts.of}" is resumed in "${contexts.at}"`,
  };
}
