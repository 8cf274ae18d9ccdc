/**
 * What `program exhaust` makes programs of: a prelude, and 40 steps of which each may follow any other. Everything is set up so
 * that no step costs public-key cryptography: the two ends share a session of TLS 1.2 that was made from bytes, and can resume
 * it, while the server has no certificate for more.
 */
import type { DraftArgument, DraftStep } from '../generate/draft.js';

/** Two sessions as DER that differ in the second byte of their ids alone (ssl/ssl_asn1.c). */
const session = (number: string): DraftArgument => ({
  hex: [
    '3079020101', // SEQUENCE, version 1
    '02020303', // TLS 1.2
    '0402c02b', // ECDHE-ECDSA-AES128-GCM-SHA256
    `0420${number}${'e1'.repeat(31)}`, // id
    `0430${'4b'.repeat(48)}`, // master key
    'a10402021388', // time: 5000, as no clock tells it
    'a20602047ffff1c0', // timeout: 2,147,480,000 s, not over today
    'a4050403617070', // id context: app
    'ad03020101', // flags: extended master secret
  ].join(''),
});

const step = (call: string, ...args: readonly DraftArgument[]): DraftStep => ({ call, args });
const made = (name: string, call: string, ...args: readonly DraftArgument[]): DraftStep => ({ let: name, call, args });

/** A server whose cache holds the session `a`, and a client that is about to offer it. `b` is in no cache, and nobody's. */
export const prelude: readonly DraftStep[] = [
  made('cc', 'SSL_CTX_new', 'TLS_client_method'),
  made('sc', 'SSL_CTX_new', 'TLS_server_method'),
  step('SSL_CTX_set_max_proto_version', '$cc', 'TLS1_2_VERSION'),
  step('SSL_CTX_set_session_id_context', '$cc', { text: 'app' }),
  step('SSL_CTX_set_session_id_context', '$sc', { text: 'app' }),
  step('SSL_CTX_set_session_cache_mode', '$cc', 'SSL_SESS_CACHE_BOTH'),
  made('a', 'd2i_SSL_SESSION', session('01')),
  made('b', 'd2i_SSL_SESSION', session('02')),
  step('SSL_CTX_add_session', '$sc', '$a'),
  made('c', 'SSL_new', '$cc'),
  made('s', 'SSL_new', '$sc'),
  step('sim_pair', '$c', '$s'),
  step('SSL_set_session', '$c', '$a'),
];

/** The 40. */
export const choices: readonly DraftStep[] = [
  // the cache
  step('SSL_CTX_add_session', '$sc', '$a'),
  step('SSL_CTX_add_session', '$sc', '$b'),
  step('SSL_CTX_add_session', '$cc', '$b'),
  step('SSL_CTX_remove_session', '$sc', '$a'),
  step('SSL_CTX_remove_session', '$sc', '$b'),
  step('SSL_CTX_flush_sessions', '$sc', 0),
  step('SSL_CTX_flush_sessions', '$sc', { now: 60 }),
  step('SSL_CTX_sess_set_cache_size', '$sc', 1),
  step('SSL_CTX_set_session_cache_mode', '$sc', 'SSL_SESS_CACHE_SERVER|SSL_SESS_CACHE_NO_INTERNAL_LOOKUP'),
  step('SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'),
  // callbacks
  step('sim_on_new', '$cc', true),
  step('sim_on_remove', '$sc'),
  step('sim_on_get', '$sc', 'nocopy'),
  // counts of contexts
  step('SSL_CTX_up_ref', '$sc'),
  step('SSL_CTX_free', '$sc'),
  // sessions
  step('SSL_SESSION_up_ref', '$a'),
  step('SSL_SESSION_free', '$a'),
  step('SSL_SESSION_free', '$b'),
  step('SSL_SESSION_dup', '$a'),
  step('SSL_SESSION_set_timeout', '$a', 30),
  step('SSL_SESSION_set_time', '$b', { now: 1000 }),
  step('SSL_SESSION_set1_id', '$b', { hex: `01${'e1'.repeat(31)}` }),
  step('SSL_SESSION_set1_id_context', '$a', { text: 'other' }),
  step('SSL_SESSION_is_resumable', '$a'),
  // sessions of connections
  step('SSL_set_session', '$c', '$b'),
  step('SSL_set_session', '$c', null),
  step('SSL_get1_session', '$c'),
  step('SSL_copy_session_id', '$s', '$c'),
  // connections
  step('SSL_free', '$c'),
  step('SSL_free', '$s'),
  step('SSL_clear', '$c'),
  step('SSL_dup', '$c'),
  step('SSL_set_SSL_CTX', '$s', '$cc'),
  step('sim_pair', '$c', '$s'),
  step('sim_handshake', '$c', '$s'),
  step('sim_exchange', '$c', '$s'),
  step('sim_cut', '$c'),
  step('SSL_shutdown', '$s'),
  step('SSL_set_shutdown', '$c', 'SSL_SENT_SHUTDOWN|SSL_RECEIVED_SHUTDOWN'),
  step('sim_close', '$c', '$s'),
];
