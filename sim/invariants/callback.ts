import type { Broken, Invariant } from './violation.js';

export const callbackGetsLiveSession: Invariant = {
  code: 'UAF',
  name: 'callback-gets-live-session',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'libssl',
  reason: 'a callback looks at what it is handed: it must not be gone yet',
  source: 'SSL_CTX_sess_set_remove_cb(3): "The remove_session_cb() is passed the ctx and the ssl session sess."',
  where: 'remove_session_lock, ssl/ssl_sess.c: the remove callback, then SSL_SESSION_free',
  helps: 'only a repaired OpenSSL helps; until then a remove callback takes no look at the session that it is handed',
};

/** A callback of the application and the dead session that it is handed. */
export interface DeadHandover {
  readonly callback: string;
  readonly context: string;
  readonly session: string;
  readonly object: number;
  /** Who gave the last reference back, and in which step. */
  readonly by: string;
  readonly step: string;
}

export function handedDead(handover: DeadHandover): Broken {
  const { callback, context, session, object, by, step } = handover;
  return {
    invariant: callbackGetsLiveSession,
    object,
    text: `the ${callback} callback of ${context} was handed ${session}, whose last reference ${by} had given back in ${step}`,
  };
}
