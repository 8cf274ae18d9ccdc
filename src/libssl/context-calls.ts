/** Calls on SSL_CTX: SSL_CTX_new(3), SSL_CTX_set_session_cache_mode(3), SSL_CTX_add_session(3), SSL_CTX_flush_sessions(3) and their neighbours. */

import type { Connection, ExternalPsk } from '../connection/index.js';
import {
  CertificateError,
  type CertificateInfo,
  type Credential,
  type HashName,
  readCertificate,
  type VerifyStep,
} from '../crypto/index.js';
import {
  Context,
  fromLong,
  type GetAnswer,
  type Library,
  type Method,
  type ServernameAnswer,
  type Session,
  type Statistics,
  sessionIdContextBytesMax,
  type TicketKeyAnswer,
  type TicketKeys,
  timeFromSeconds,
  timeToSeconds,
  toLong,
} from '../session/index.js';
import { foreignContext } from './foreign.js';
import { uint32 } from './integers.js';
import { setCipherList, setCipherSuites, setGroups } from './lists.js';
import { setMaxFragmentLength } from './max-fragment-length.js';
import { acceptedBound } from './version-bounds.js';

/** A C `long`: a number, or a bigint past ±(2^53−1). */
export type Long = number | bigint;

const program = 'program';

export interface ContextCalls {
  /** A context that the caller owns: give it back with SSL_CTX_free. NULL for no method. */
  SSL_CTX_new(method: Method | null): Context | null;
  SSL_CTX_up_ref(ctx: Context): number;
  SSL_CTX_free(ctx: Context | null): void;
  /** @returns the mode before. These five are macros over SSL_CTX_ctrl, which answers 0 to NULL. */
  SSL_CTX_set_session_cache_mode(ctx: Context | null, mode: Long): Long;
  SSL_CTX_get_session_cache_mode(ctx: Context | null): Long;
  /** @returns the size before; a negative size changes nothing and gives 0 */
  SSL_CTX_sess_set_cache_size(ctx: Context | null, size: Long): Long;
  SSL_CTX_sess_get_cache_size(ctx: Context | null): Long;
  SSL_CTX_sess_number(ctx: Context | null): number;
  /** Seconds; for sessions made later. @returns the timeout before */
  SSL_CTX_set_timeout(ctx: Context, seconds: Long): Long;
  SSL_CTX_get_timeout(ctx: Context): Long;
  SSL_CTX_add_session(ctx: Context, session: Session): number;
  SSL_CTX_remove_session(ctx: Context, session: Session | null): number;
  /** Seconds since the Unix epoch; 0 removes all. */
  SSL_CTX_flush_sessions(ctx: Context, seconds: Long): void;
  SSL_CTX_set_session_id_context(ctx: Context, id: Uint8Array): number;
  /** @returns the options afterwards */
  SSL_CTX_set_options(ctx: Context, options: Long): Long;
  SSL_CTX_clear_options(ctx: Context, options: Long): Long;
  SSL_CTX_set_min_proto_version(ctx: Context, version: Long): number;
  SSL_CTX_set_max_proto_version(ctx: Context, version: Long): number;
  SSL_CTX_set_num_tickets(ctx: Context, count: Long): number;
  /** Bytes of early data that the tickets of a server allow; 0: none. */
  SSL_CTX_set_max_early_data(ctx: Context, bytes: Long): number;
  SSL_CTX_get_max_early_data(ctx: Context): number;
  /** Bytes of early data that a server reads at most, whatever the ticket allowed. */
  SSL_CTX_set_recv_max_early_data(ctx: Context, bytes: Long): number;
  SSL_CTX_get_recv_max_early_data(ctx: Context): number;
  /** 0 rejects the early data of a connection, which is resumed all the same. */
  SSL_CTX_set_allow_early_data_cb(ctx: Context, callback: ((ssl: Connection) => number) | null): void;
  /**
   * A client's key from elsewhere: the callback gives it with a session that the connection owns from then on, none, or fails.
   * The hash is that of the server's cipher suite, once a HelloRetryRequest has named it.
   */
  SSL_CTX_set_psk_use_session_callback(
    ctx: Context,
    callback: ((ssl: Connection, hash: HashName | undefined) => ExternalPsk | undefined | 'fail') | null,
  ): void;
  /** A server's: the session of that identity, which the connection owns from then on, none, or a failure. */
  SSL_CTX_set_psk_find_session_callback(
    ctx: Context,
    callback: ((ssl: Connection, identity: Uint8Array) => Session | undefined | 'fail') | null,
  ): void;
  SSL_CTX_set_quiet_shutdown(ctx: Context, mode: Long): void;
  /** What clients ask for: 1 to 4 for 512 to 4,096 bytes of plaintext a record, 0 for none. RFC 6066 §4. */
  SSL_CTX_set_tlsext_max_fragment_length(ctx: Context, mode: Long): number;
  /** Connections made from now on ask `callback`, or none: SSL_CTX_set_verify(3). It is told what X509_STORE_CTX_get_error and …_get_error_depth give. */
  SSL_CTX_set_verify(ctx: Context, mode: Long, callback?: ((ssl: Connection, step: VerifyStep) => number) | null): void;
  /** Told of the states of connections that have no callback of their own, and of alerts, with SSL_CB_… : SSL_CTX_set_info_callback(3). */
  SSL_CTX_set_info_callback(
    ctx: Context,
    callback: ((ssl: Connection, where: number, value: number) => void) | null,
  ): void;
  SSL_CTX_get_verify_mode(ctx: Context): number;
  SSL_CTX_sess_set_new_cb(ctx: Context, callback: ((ssl: Connection, session: Session) => number) | null): void;
  SSL_CTX_sess_set_remove_cb(ctx: Context, callback: ((ctx: Context, session: Session) => void) | null): void;
  SSL_CTX_sess_set_get_cb(ctx: Context, callback: ((ssl: Connection, id: Uint8Array) => GetAnswer | null) | null): void;
  SSL_CTX_set_not_resumable_session_callback(
    ctx: Context,
    callback: ((ssl: Connection, forwardSecure: number) => number) | null,
  ): void;
  SSL_CTX_set_tlsext_servername_callback(
    ctx: Context,
    callback: ((ssl: Connection, name: string | undefined) => ServernameAnswer) | null,
  ): void;
  SSL_CTX_set_tlsext_ticket_keys(ctx: Context, keys: TicketKeys): void;
  /** Asked without a key name for a new ticket, with one for a ticket that came. */
  SSL_CTX_set_tlsext_ticket_key_cb(
    ctx: Context,
    callback: ((ssl: Connection, keyName: Uint8Array | undefined) => TicketKeyAnswer) | null,
  ): void;
  SSL_CTX_get_tlsext_ticket_keys(ctx: Context): TicketKeys;
  /**
   * Sees tickets: `generate` before one is made, 0 fails; `decrypt` each that came, with the session where it opened and
   * SSL_TICKET_STATUS (3 to 6), and answers SSL_TICKET_RETURN (0 to 4).
   */
  SSL_CTX_set_session_ticket_cb(
    ctx: Context,
    generate: ((ssl: Connection) => number) | null,
    decrypt: ((ssl: Connection, session: Session | null, keyName: Uint8Array, status: number) => number) | null,
  ): number;
  /** Ids of sessions from the application: null where none can be made. */
  SSL_CTX_set_generate_session_id(ctx: Context, callback: ((ssl: Connection) => Uint8Array | null) | null): number;
  /** SSL_CTX_use_certificate and SSL_CTX_use_PrivateKey in one. */
  SSL_CTX_use_credential(ctx: Context, credential: Credential): void;
  /** Cipher suites by code point, preferred first; null: the default list. */
  SSL_CTX_set_cipher_suites(ctx: Context, codes: readonly number[] | null): void;
  /** Up to TLS 1.2, rules with colons between, as `openssl ciphers` takes them: 0 where no suite is left. */
  SSL_CTX_set_cipher_list(ctx: Context, rules: string | null): number;
  /** Of TLS 1.3, whose suites have a list of their own: names of the RFC with colons between. 0 for a name that is none of them. */
  SSL_CTX_set_ciphersuites(ctx: Context, names: string): number;
  /** Groups of the key exchange, names with colons between, preferred first: a client sends a share for the first. */
  SSL_CTX_set1_groups_list(ctx: Context, names: string): number;
  SSL_CTX_set_post_handshake_auth(ctx: Context, value: Long): void;
  SSL_CTX_set_alpn_protos(ctx: Context, protocols: readonly Uint8Array[] | null): void;
  SSL_CTX_set_alpn_select_cb(
    ctx: Context,
    callback: ((offered: readonly Uint8Array[]) => Uint8Array | undefined) | null,
  ): void;
  /**
   * The store of trusted certificates (DER), as X509_STORE_add_cert(3) fills it: a peer's chain has to end in one of them that
   * is signed by itself. A server names their subjects when it asks for a certificate. One whose key is of a kind that is not
   * supported verifies nothing here and is left out; what is no certificate throws CertificateError.
   */
  SSL_CTX_trust(ctx: Context, certificates: readonly Uint8Array[]): void;
  /** All counters of SSL_CTX_sess_number(3) but the number itself. */
  SSL_CTX_sess_statistics(ctx: Context): Readonly<Statistics>;
}

/** SSL_CTX_new: no argument of it knows the library. */
export function newContext(library: Library, method: Method | null): Context | null {
  if (method !== null) return new Context(library, method);
  library.errors.push('NULL_SSL_METHOD_PASSED');
  return null;
}

/** All others: one table for every instance, since each finds its library in the object that it is called with. */
export function contextCalls(): Omit<ContextCalls, 'SSL_CTX_new'> {
  const setBound = (ctx: Context, which: 'minVersion' | 'maxVersion', version: Long): number => {
    const bound = acceptedBound(ctx.use().method, {
      version: Number(BigInt.asIntN(32, BigInt(version))),
      current: ctx[which],
      other: which === 'minVersion' ? ctx.maxVersion : ctx.minVersion,
    });
    if (bound === undefined) return 0;
    ctx[which] = bound;
    return 1;
  };
  const int = (value: Long): number => Number(BigInt.asIntN(32, BigInt(value)));

  return {
    SSL_CTX_up_ref(ctx) {
      ctx.upRef(program);
      return 1;
    },
    SSL_CTX_free(ctx) {
      ctx?.release(program);
    },
    SSL_CTX_set_session_cache_mode(ctx, mode) {
      if (ctx === null) return 0;
      const before = ctx.use().cacheMode;
      ctx.cacheMode = Number(BigInt.asUintN(32, BigInt(mode)));
      return before;
    },
    SSL_CTX_get_session_cache_mode: (ctx) => ctx?.use().cacheMode ?? 0,
    SSL_CTX_sess_set_cache_size(ctx, size) {
      if (ctx === null) return 0;
      const before = ctx.use().cacheSize;
      const wanted = toLong(size);
      if (wanted < 0n) return 0;
      ctx.cacheSize = wanted;
      return fromLong(before);
    },
    SSL_CTX_sess_get_cache_size: (ctx) => fromLong(ctx?.use().cacheSize ?? 0n),
    SSL_CTX_sess_number: (ctx) => ctx?.use().cache.number ?? 0,
    SSL_CTX_set_timeout(ctx, seconds) {
      const { profile } = ctx.use().library;
      const before = timeToSeconds(profile, ctx.sessionTimeout);
      ctx.sessionTimeout = timeFromSeconds(profile, toLong(seconds));
      return fromLong(before);
    },
    SSL_CTX_get_timeout: (ctx) => fromLong(timeToSeconds(ctx.library.profile, ctx.use().sessionTimeout)),
    SSL_CTX_add_session(ctx, session) {
      foreignContext(ctx.use(), session.use(), undefined);
      return ctx.cache.add(session);
    },
    SSL_CTX_remove_session: (ctx, session) => ctx.use().cache.remove(session?.use() ?? null),
    SSL_CTX_flush_sessions(ctx, seconds) {
      ctx.use().cache.flush(toLong(seconds));
    },
    SSL_CTX_set_session_id_context(ctx, id) {
      if (id.length > sessionIdContextBytesMax) {
        ctx.library.errors.push('SSL_SESSION_ID_CONTEXT_TOO_LONG');
        return 0;
      }
      ctx.use().sessionIdContext = id.slice();
      return 1;
    },
    SSL_CTX_set_options(ctx, options) {
      ctx.use().options |= BigInt.asUintN(ctx.library.profile.optionBits, BigInt(options));
      return fromLong(ctx.options);
    },
    SSL_CTX_clear_options(ctx, options) {
      ctx.use().options &= BigInt.asUintN(ctx.library.profile.optionBits, ~BigInt(options));
      return fromLong(ctx.options);
    },
    SSL_CTX_set_min_proto_version: (ctx, version) => setBound(ctx, 'minVersion', version),
    SSL_CTX_set_max_proto_version: (ctx, version) => setBound(ctx, 'maxVersion', version),
    SSL_CTX_set_num_tickets(ctx, count) {
      ctx.use().ticketCount = Number(count);
      return 1;
    },
    SSL_CTX_set_max_early_data(ctx, bytes) {
      ctx.use().maxEarlyData = uint32(bytes);
      return 1;
    },
    SSL_CTX_get_max_early_data: (ctx) => ctx.use().maxEarlyData,
    SSL_CTX_set_recv_max_early_data(ctx, bytes) {
      ctx.use().receivedEarlyDataMax = uint32(bytes);
      return 1;
    },
    SSL_CTX_get_recv_max_early_data: (ctx) => ctx.use().receivedEarlyDataMax,
    SSL_CTX_set_allow_early_data_cb(ctx, callback) {
      // as with SSL_CTX_sess_set_new_cb
      ctx.use().allowEarlyData = callback === null ? undefined : (ssl) => callback(ssl as Connection);
    },
    SSL_CTX_set_psk_use_session_callback(ctx, callback) {
      // as with SSL_CTX_sess_set_new_cb
      ctx.use().psk.use = callback === null ? undefined : (ssl, hash) => callback(ssl as Connection, hash);
    },
    SSL_CTX_set_psk_find_session_callback(ctx, callback) {
      // as with SSL_CTX_sess_set_new_cb
      ctx.use().psk.find = callback === null ? undefined : (ssl, identity) => callback(ssl as Connection, identity);
    },
    SSL_CTX_set_quiet_shutdown(ctx, mode) {
      ctx.use().quietShutdown = int(mode);
    },
    SSL_CTX_set_tlsext_max_fragment_length: (ctx, mode) => setMaxFragmentLength(ctx.library, ctx.use(), mode),
    SSL_CTX_set_verify(ctx, mode, callback = null) {
      ctx.use().verifyMode = int(mode);
      // as with SSL_CTX_sess_set_new_cb
      ctx.verifyCallback = callback === null ? undefined : (ssl, step) => callback(ssl as Connection, step);
    },
    SSL_CTX_set_info_callback(ctx, callback) {
      // as with SSL_CTX_sess_set_new_cb
      ctx.use().infoCallback = callback === null ? undefined : (ssl, ...told) => callback(ssl as Connection, ...told);
    },
    SSL_CTX_get_verify_mode: (ctx) => ctx.use().verifyMode,
    SSL_CTX_sess_set_new_cb(ctx, callback) {
      // the stack passes connections alone: `Counted` stands there because sessions come before connections
      ctx.use().callbacks.newSession =
        callback === null ? undefined : (ssl, session) => callback(ssl as Connection, session);
    },
    SSL_CTX_sess_set_remove_cb(ctx, callback) {
      ctx.use().callbacks.removeSession = callback ?? undefined;
    },
    SSL_CTX_sess_set_get_cb(ctx, callback) {
      // as above
      ctx.use().callbacks.getSession = callback === null ? undefined : (ssl, id) => callback(ssl as Connection, id);
    },
    SSL_CTX_set_not_resumable_session_callback(ctx, callback) {
      // as above
      ctx.use().notResumableSession =
        callback === null ? undefined : (ssl, secure) => callback(ssl as Connection, secure);
    },
    SSL_CTX_set_tlsext_servername_callback(ctx, callback) {
      // as above
      ctx.use().servername = callback === null ? undefined : (ssl, name) => callback(ssl as Connection, name);
    },
    SSL_CTX_set_tlsext_ticket_keys(ctx, keys) {
      ctx.use().ticketKeys = keys;
    },
    SSL_CTX_set_tlsext_ticket_key_cb(ctx, callback) {
      // as above
      ctx.use().ticketKeyCallback = callback === null ? undefined : (ssl, name) => callback(ssl as Connection, name);
    },
    SSL_CTX_set_session_ticket_cb(ctx, generate, decrypt) {
      const { ticketCallbacks } = ctx.use();
      // as above
      ticketCallbacks.generate = generate === null ? undefined : (ssl) => generate(ssl as Connection);
      ticketCallbacks.decrypt =
        decrypt === null
          ? undefined
          : (ssl, session, keyName, status) => decrypt(ssl as Connection, session, keyName, status);
      return 1;
    },
    SSL_CTX_set_generate_session_id(ctx, callback) {
      // as above
      ctx.use().generateSessionId = callback === null ? undefined : (ssl) => callback(ssl as Connection);
      return 1;
    },
    SSL_CTX_get_tlsext_ticket_keys: (ctx) => ctx.use().ticketKeys,
    SSL_CTX_use_credential(ctx, credential) {
      ctx.use().credential = credential;
    },
    SSL_CTX_set_cipher_suites(ctx, codes) {
      ctx.use().cipherSuites = codes ?? undefined;
    },
    SSL_CTX_set_cipher_list: (ctx, rules) => setCipherList(ctx.use(), rules),
    SSL_CTX_set_ciphersuites: (ctx, names) => setCipherSuites(ctx.use(), names),
    SSL_CTX_set1_groups_list: (ctx, names) => setGroups(ctx.use(), names),
    SSL_CTX_set_post_handshake_auth(ctx, value) {
      ctx.use().offersLateAuthentication = int(value) !== 0;
    },
    SSL_CTX_set_alpn_protos(ctx, protocols) {
      ctx.use().alpnProtocols = protocols ?? undefined;
    },
    SSL_CTX_set_alpn_select_cb(ctx, callback) {
      ctx.use().alpnSelect = callback ?? undefined;
    },
    SSL_CTX_trust(ctx, certificates) {
      ctx.use().trusted = certificates.flatMap((der) => readSupported(der.slice()));
    },
    SSL_CTX_sess_statistics: (ctx) => ctx.use().statistics,
  };
}

function readSupported(der: Uint8Array): CertificateInfo[] {
  try {
    return [readCertificate(der)];
  } catch (error) {
    if (error instanceof CertificateError && error.code === 'UNSUPPORTED_KEY') return [];
    throw error;
  }
}
