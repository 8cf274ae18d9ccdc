import type { Broken, Invariant } from './violation.js';

export const storedSessionsCanBeFound: Invariant = {
  code: 'EVT',
  name: 'stored-sessions-can-be-found',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason:
    'a session that its ticket carries whole is never looked up: each one stored evicts another that would have been',
  source:
    'nginx 1.23.2, commit 23ce9baf0: with stateless tickets of TLS 1.3 the cache filled with sessions that nobody could ask for',
  where: 'ssl_update_cache, ssl/ssl_lib.c',
  helps: 'only a repaired OpenSSL helps; until then switch the internal store off (SSL_SESS_CACHE_NO_INTERNAL_STORE)',
};

export function storedInVain(session: { readonly object: number; readonly name: string }, context: string): Broken {
  return {
    invariant: storedSessionsCanBeFound,
    object: session.object,
    text: `${context} has stored ${session.name}, which its ticket carries whole: nobody will ask for it`,
  };
}
