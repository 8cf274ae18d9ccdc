// The session cache, full: what one session costs to add (and another to evict, since the cache is full) and to find.
import { libssl } from '../../dist/src/index.js';
import { each, idOf, roundSessions, soughtAt, timeoutOf, tls12 } from './cache-ids.mjs';

/** A million sessions are swept in less. */
const sweepingMs = 700;

/**
 * A context whose cache holds `size` sessions.
 * @param expiry `equal`: all expire at once; `unequal`: 3.x has to find the place of each in its list
 * @returns what adds so many more sessions than are held, and what finds as many: each the microseconds a session, of processor time
 */
export function fullCache(size, expiry) {
  const L = libssl({ profile: '3.0', seed: 'bench', crypto: 'fast' });
  const ctx = L.SSL_CTX_new(L.TLS_method());
  L.SSL_CTX_sess_set_cache_size(ctx, size + 1); // 3.x keeps one less than its size once it has evicted
  let made = 0;
  const make = () => {
    const session = L.SSL_SESSION_new();
    L.SSL_SESSION_set_protocol_version(session, tls12);
    L.SSL_SESSION_set1_id(session, idOf(made));
    if (expiry === 'unequal') L.SSL_SESSION_set_timeout(session, timeoutOf(made));
    made++;
    return session;
  };
  const add = (session) => {
    L.SSL_CTX_add_session(ctx, session);
    L.SSL_SESSION_free(session);
  };
  while (L.SSL_CTX_sess_number(ctx) < size) add(make());
  return {
    add() {
      const sessions = Array.from({ length: roundSessions }, make);
      settle();
      return each(roundSessions, (i) => add(sessions[i]));
    },
    find() {
      const ids = Array.from(ctx.cache.listed(), ({ sessionId }) => sessionId);
      const keys = Array.from({ length: roundSessions }, (_, i) => ({
        version: tls12,
        sessionId: ids[soughtAt(i, ids.length)].slice(),
      }));
      let found = 0;
      const us = each(roundSessions, (i) => {
        if (ctx.cache.find(keys[i]) !== undefined) found++;
      });
      if (found < roundSessions) throw new Error(`${roundSessions - found} sessions were not found`);
      return us;
    },
  };
}

/** Leaves nothing for the collector's own threads to do later, whose time would be counted as well. */
function settle() {
  globalThis.gc?.();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, sweepingMs);
}
