import type { Broken, Invariant } from './violation.js';

export const cacheFindsWhatItHolds: Invariant = {
  code: 'EVT',
  name: 'cache-finds-what-it-holds',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason: 'a session that is held and not found costs its place and a full handshake each time',
  source:
    'SSL_CTX_set_session_cache_mode(3): what is in the internal cache is looked up there when a client offers its id',
  where: 'lookup_sess_in_cache, ssl/ssl_sess.c; lh_SSL_SESSION_retrieve',
  helps: 'leave id and version of a session as they are once it is in a cache',
};

export function notFound(session: { readonly object: number; readonly name: string }, context: string): Broken {
  return {
    invariant: cacheFindsWhatItHolds,
    object: session.object,
    text: `${context} holds ${session.name}, and did not find it when its id was asked for`,
  };
}
