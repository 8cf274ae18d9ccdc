// The session cache, full: what one session costs to add (and another to evict, since the cache is full) and to find.
import { libssl } from '../../dist/src/index.js';

const tls12 = 0x0303;
const timeoutSecondsMax = 1_000_003;
const roundSessions = 20_000;

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
    if (expiry === 'unequal') L.SSL_SESSION_set_timeout(session, 1 + ((made * 7_919) % timeoutSecondsMax));
    made++;
    return session;
  };
  const add = (session) => {
    L.SSL_CTX_add_session(ctx, session);
    L.SSL_SESSION_free(session);
  };
  while (L.SSL_CTX_sess_number(ctx) < size) add(make());
  return {
    add(count = roundSessions) {
      const sessions = Array.from({ length: count }, make);
      globalThis.gc?.();
      return each(count, (i) => add(sessions[i]));
    },
    find(count = roundSessions) {
      const keys = Array.from({ length: count }, (_, i) => ({
        version: tls12,
        sessionId: idOf(Math.max(0, made - size) + ((i * 7_919) % size)),
      }));
      let found = 0;
      const us = each(count, (i) => {
        if (ctx.cache.find(keys[i]) !== undefined) found++;
      });
      if (found === 0) throw new Error('no session was found');
      return us;
    },
  };
}

function each(count, work) {
  const begun = process.cpuUsage();
  for (let i = 0; i < count; i++) work(i);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / count;
}

/** 32 bytes that begin with a number spread over the first four, by which the cache finds a session. */
function idOf(number) {
  const id = new Uint8Array(32);
  new DataView(id.buffer).setUint32(0, Math.imul(number, 0x9e3779b1) >>> 0);
  return id;
}
