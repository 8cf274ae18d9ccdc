/** Which steps want the lock of an SSL_CTX: while another thread holds it they wait, so they cannot come inside its call. */
import type { ReadyStep } from './step.js';

/**
 * Calls and verbs that may take the lock of a context: those that reach its cache (ssl_sess.c), and those that may reach it
 * because they free or clear a connection, or shake hands. Taken as wanting it whichever context it is, and whether or not the
 * state of the objects would bring them there.
 */
const wanting: ReadonlySet<string> = new Set([
  'SSL_CTX_add_session',
  'SSL_CTX_remove_session',
  'SSL_CTX_flush_sessions',
  'SSL_CTX_free',
  'SSL_SESSION_set_time',
  'SSL_SESSION_set_timeout',
  'SSL_free',
  'SSL_clear',
  'SSL_set_session',
  'SSL_copy_session_id',
  'SSL_do_handshake',
  'SSL_read',
  'SSL_write',
  'SSL_shutdown',
  'sim_handshake',
  'sim_exchange',
  'sim_close',
  'handshake',
  'send',
  'receive',
  'request',
  'close',
  'exit',
]);

export function wantsContextLock(step: ReadyStep): boolean {
  return wanting.has(step.call);
}
