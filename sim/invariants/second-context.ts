import type { Broken, Invariant } from './violation.js';

export const oneContextPerSession: Invariant = {
  code: 'ISO',
  name: 'session-with-second-context',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'a session keeps the links of one cache list in itself, and a second SSL_CTX may use them as its own',
  source:
    'SSL_set_session(3), NOTES: "One SSL_SESSION object, regardless of its reference count, must therefore only be used with one SSL_CTX object"',
  where: 'SSL_SESSION_list_add and remove_session_lock, ssl/ssl_sess.c: the links stand in the session itself',
  helps: 'give each SSL_CTX a session of its own: SSL_SESSION_dup, or i2d_SSL_SESSION and d2i_SSL_SESSION',
};

/** The objects as a report names them, and the steps that made them. */
export interface SecondUse {
  /** The session's id in its process. */
  readonly object: number;
  readonly session: string;
  readonly owner: string;
  readonly ownerStep: string;
  readonly used: string;
  readonly usedStep: string;
}

export function usedWithSecondContext(use: SecondUse): Broken {
  return {
    invariant: oneContextPerSession,
    object: use.object,
    text: `${use.session} belongs to ${use.owner} (made in ${use.ownerStep}) and was used with ${use.used} (made in ${use.usedStep})`,
  };
}
