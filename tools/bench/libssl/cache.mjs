// Real libssl's session cache, full, as ../cache.mjs has the model's: the same ids, the same calls.
import { each, idOf, roundSessions, soughtAt, tls12 } from '../cache-ids.mjs';
import { C, must } from './functions.mjs';

/** SSL_CTRL_SET_SESS_CACHE_SIZE (ssl.h). */
const setCacheSize = 42;
/** Calls through FFI that adding one takes. */
const addCalls = 2;
const rounds = 3;

/**
 * With sessions that expire together: where they do not, libssl walks the list, and a million cannot be had.
 * @returns microseconds of processor time that adding one (and evicting another) and finding one take, without FFI's
 */
export function cacheUs({ size, ffiUs }) {
  const ctx = must(C.SSL_CTX_new(C.TLS_method()), 'SSL_CTX_new');
  C.SSL_CTX_ctrl(ctx, setCacheSize, size + 1, null);
  let made = 0;
  const make = (number) => {
    const session = must(C.SSL_SESSION_new(), 'SSL_SESSION_new');
    C.SSL_SESSION_set_protocol_version(session, tls12);
    C.SSL_SESSION_set1_id(session, idOf(number), 32);
    return session;
  };
  const add = (session) => {
    C.SSL_CTX_add_session(ctx, session);
    C.SSL_SESSION_free(session);
  };
  const adds = () => {
    const sessions = Array.from({ length: roundSessions }, () => make(made++));
    return each(roundSessions, (i) => add(sessions[i])) - addCalls * ffiUs;
  };
  const finds = () => {
    const keys = Array.from({ length: roundSessions }, (_, i) => make(made - size + soughtAt(i, size)));
    const hash = C.SSL_CTX_sessions(ctx);
    let found = 0;
    const us = each(roundSessions, (i) => {
      if (C.OPENSSL_LH_retrieve(hash, keys[i]) !== null) found++;
    });
    for (const key of keys) C.SSL_SESSION_free(key);
    if (found < roundSessions) throw new Error(`libssl did not find ${roundSessions - found} sessions`);
    return us - ffiUs;
  };
  while (made < size) add(make(made++));
  const result = { add: least(adds), find: least(finds) };
  C.SSL_CTX_free(ctx);
  return result;
}

function least(run) {
  run();
  return Math.min(...Array.from({ length: rounds }, run));
}
