/** Calls on SSL: SSL_new(3), SSL_set_session(3), SSL_do_handshake(3), SSL_shutdown(3), SSL_read(3) and their neighbours. */
import {
  askForCertificate,
  askForKeyUpdate,
  askForTicket,
  Connection,
  clearConnection,
  doHandshake,
  errorOf,
  OwnCertificate,
  read,
  readEarlyData,
  renegotiate,
  runHandshake,
  type SslErrorName,
  setRole,
  shutdown,
  write,
  writeEarlyData,
} from '../connection/index.js';
import { parseAddress, type VerifyStep } from '../crypto/index.js';
import type { Transport } from '../environment.js';
import { LibraryCrash } from '../handshake/index.js';
import {
  type Context,
  fromLong,
  type Library,
  type Method,
  type Session,
  sessionIdBytesMax,
  sessionIdContextBytesMax,
} from '../session/index.js';
import type { Long } from './context-calls.js';
import { foreignContext } from './foreign.js';
import { uint32 } from './integers.js';
import { setOwnCipherList, setOwnCipherSuites } from './lists.js';
import { setMaxFragmentLength } from './max-fragment-length.js';

const program = 'program';
const hostNameBytesMax = 255; // TLSEXT_MAXLEN_host_name
const hostNameType = 0; //       TLSEXT_NAMETYPE_host_name
const tls13 = 0x0304;
const earlyDataStatus = { 'not-sent': 0, rejected: 1, accepted: 2 } as const;

const versionNames: Readonly<Record<number, string>> = {
  [0x0300]: 'SSLv3',
  [0x0301]: 'TLSv1',
  [0x0302]: 'TLSv1.1',
  [0x0303]: 'TLSv1.2',
  [tls13]: 'TLSv1.3',
};

export interface ConnectionCalls {
  /** A connection that the caller owns: give it back with SSL_free. It claims its context twice. NULL for no context. */
  SSL_new(ctx: Context | null): Connection | null;
  SSL_up_ref(ssl: Connection): number;
  SSL_free(ssl: Connection | null): void;
  SSL_clear(ssl: Connection): number;
  /** A copy that the caller owns; once a handshake has begun the same connection, with one reference more. */
  SSL_dup(ssl: Connection): Connection;
  /** @returns the context that is current now; the caller does not own it */
  SSL_set_SSL_CTX(ssl: Connection, ctx: Context | null): Context;
  SSL_get_SSL_CTX(ssl: Connection): Context;
  /** What was under way is forgotten where the versions of the methods differ; SSL_set_session and SSL_clear go back to the context's. */
  SSL_set_ssl_method(ssl: Connection, method: Method): number;
  /** Whether the context's cache has a session of that id and of the version that the connection has now. */
  SSL_has_matching_session_id(ssl: Connection, id: Uint8Array): number;
  /** Takes a reference of its own. Always 1. */
  SSL_set_session(ssl: Connection, session: Session | null): number;
  /** The session in use, or null; the caller does not own it. */
  SSL_get_session(ssl: Connection): Session | null;
  /** The session in use, or null. The caller owns it: release with SSL_SESSION_free. */
  SSL_get1_session(ssl: Connection): Session | null;
  SSL_session_reused(ssl: Connection): number;
  SSL_copy_session_id(to: Connection, from: Connection): number;
  SSL_set_session_id_context(ssl: Connection, id: Uint8Array): number;
  SSL_set_connect_state(ssl: Connection): void;
  SSL_set_accept_state(ssl: Connection): void;
  SSL_set_tlsext_host_name(ssl: Connection, name: string | null): number;
  /** Before TLS 1.3 the name is the session's once that is resumed; in TLS 1.3 it is what this handshake asks for. */
  SSL_get_servername(ssl: Connection, type?: Long): string | null;
  /** TLSEXT_NAMETYPE_host_name (0) where there is a name, else −1. */
  SSL_get_servername_type(ssl: Connection): number;
  /** Whom the peer's certificate has to be for: a name or, from 3.0 on, an address as it is written; null for anybody. */
  SSL_set1_host(ssl: Connection, host: string | null): number;
  /** Of SSL_get0_param(ssl), which here is the connection: an address that the certificate has to be for, in every line. 0 for none. */
  X509_VERIFY_PARAM_set1_ip_asc(param: Connection, address: string): number;
  /** X509_CHECK_FLAG_…: how that name is compared. See X509_check_host(3). */
  SSL_set_hostflags(ssl: Connection, flags: Long): void;
  SSL_set_options(ssl: Connection, options: Long): Long;
  SSL_set_quiet_shutdown(ssl: Connection, mode: Long): void;
  /** What SSL_set_SSL_CTX does not do: a connection keeps the mode of the context that it was made with. */
  SSL_set_verify(ssl: Connection, mode: Long, callback?: ((ssl: Connection, step: VerifyStep) => number) | null): void;
  SSL_set_info_callback(
    ssl: Connection,
    callback: ((ssl: Connection, where: number, value: number) => void) | null,
  ): void;
  /** As SSL_CTX_set_tlsext_max_fragment_length, for this connection alone. */
  SSL_set_tlsext_max_fragment_length(ssl: Connection, mode: Long): number;
  SSL_set_shutdown(ssl: Connection, flags: Long): void;
  SSL_get_shutdown(ssl: Connection): number;
  SSL_shutdown(ssl: Connection): number;
  SSL_do_handshake(ssl: Connection): number;
  /** @returns how many bytes were written, or −1 */
  SSL_write(ssl: Connection, bytes: Uint8Array): number;
  /** @returns how many bytes were read, or 0 or −1; and the bytes */
  SSL_read(ssl: Connection, length: Long): [result: number, bytes: Uint8Array];
  SSL_renegotiate(ssl: Connection): number;
  /** As SSL_renegotiate, and a client offers the session that it has. */
  SSL_renegotiate_abbreviated(ssl: Connection): number;
  SSL_key_update(ssl: Connection, type: Long): number;
  SSL_set_max_early_data(ssl: Connection, bytes: Long): number;
  SSL_get_max_early_data(ssl: Connection): number;
  /** A client before its handshake is over, or a server after reading: 1 when all bytes are out; 0: see SSL_get_error. */
  SSL_write_early_data(ssl: Connection, bytes: Uint8Array): number;
  /** A server's first calls: 1 and bytes, 2 when there are no more, 0: see SSL_get_error. */
  SSL_read_early_data(ssl: Connection, length: Long): [result: number, bytes: Uint8Array];
  /** 0: not sent; 1: rejected; 2: accepted. */
  SSL_get_early_data_status(ssl: Connection): number;
  SSL_new_session_ticket(ssl: Connection): number;
  /** As SSL_CTX_set_generate_session_id, for one connection. */
  SSL_set_generate_session_id(ssl: Connection, callback: ((ssl: Connection) => Uint8Array | null) | null): number;
  /** As SSL_CTX_set_not_resumable_session_callback, for one connection. */
  SSL_set_not_resumable_session_callback(
    ssl: Connection,
    callback: ((ssl: Connection, forwardSecure: number) => number) | null,
  ): void;
  /** Of a client before its handshake: whether it will show a certificate when it is asked for one later. */
  SSL_set_post_handshake_auth(ssl: Connection, value: Long): void;
  /** Of a server in TLS 1.3: asks for the client's certificate, with the next call that writes. */
  SSL_verify_client_post_handshake(ssl: Connection): number;
  SSL_set_num_tickets(ssl: Connection, count: Long): number;
  SSL_get_num_tickets(ssl: Connection): number;
  SSL_is_init_finished(ssl: Connection): number;
  SSL_in_before(ssl: Connection): number;
  SSL_in_init(ssl: Connection): number;
  /** As on the wire: 0x303 for TLS 1.2. */
  SSL_version(ssl: Connection): number;
  SSL_get_version(ssl: Connection): string;
  /** What SSL_state_string(3) tells apart: an error, before, finished, or in between. */
  SSL_state(ssl: Connection): 'error' | 'before' | 'ok' | 'init';
  SSL_get_error(ssl: Connection, result: number): SslErrorName;
  /** The peer's certificate (DER), or null. */
  SSL_get0_peer_certificate(ssl: Connection): Uint8Array | null;
  SSL_get_verify_result(ssl: Connection): number;
  /** The protocol agreed by ALPN, empty for none. */
  SSL_get0_alpn_selected(ssl: Connection): Uint8Array;
  /** As SSL_CTX_set_cipher_list and SSL_CTX_set_ciphersuites, for this connection alone. */
  SSL_set_cipher_list(ssl: Connection, rules: string | null): number;
  SSL_set_ciphersuites(ssl: Connection, names: string): number;
  /** Code point of the session's cipher suite, in place of an SSL_CIPHER; null for none. */
  SSL_get_current_cipher(ssl: Connection): number | null;
  /** As in RFC 5289, `ECDHE-…` as OpenSSL names it, or null before there is one. */
  SSL_get_cipher_name(ssl: Connection): string | null;
  /** Joins the connection to what carries its bytes; without one, what it writes is lost and its reads want more. */
  SSL_set_transport(ssl: Connection, transport: Transport): void;
}

/** How a program's connections come to be. */
const born = { holder: program, machine: runHandshake } as const;

/** SSL_new, whose context may be NULL: it alone has to know the library from elsewhere than its arguments. */
export function newConnection(library: Library, ctx: Context | null): Connection | null {
  if (ctx !== null) return new Connection(library, ctx.use(), born);
  library.errors.push('NULL_SSL_CTX');
  return null;
}

/** All others: one table for every instance, since each finds its library in the object that it is called with. */
export function connectionCalls(): Omit<ConnectionCalls, 'SSL_new'> {
  const setSession = (ssl: Connection, session: Session | null): number => {
    const { profile } = ssl;
    if (session !== null) foreignContext(ssl.sessionContext, session, ssl);
    if (profile.setSessionTakesReferenceFirst) session?.upRef(ssl.label);
    ssl.clearBadSession();
    ssl.switchMethod(profile.keepsDefaultMethod ? ssl.defaultMethod : ssl.context.method);
    if (!profile.setSessionTakesReferenceFirst) session?.upRef(ssl.label);
    if (session !== null) ssl.verifyResult = session.verifyResult;
    ssl.setSession(session ?? undefined);
    return 1;
  };

  const setIdContext = (ssl: Connection, id: Uint8Array): number => {
    if (id.length > sessionIdContextBytesMax) return refuse(ssl, 'SSL_SESSION_ID_CONTEXT_TOO_LONG');
    ssl.sessionIdContext = id.slice();
    return 1;
  };

  const copySessionId = (to: Connection, from: Connection): number => {
    setSession(to, from.session ?? null);
    if (to.method !== from.method) {
      to.method = from.method;
      to.resetMethodState();
    }
    to.certificate = from.certificate.share();
    return setIdContext(to, from.sessionIdContext);
  };

  return {
    SSL_up_ref(ssl) {
      ssl.upRef(program);
      return 1;
    },
    SSL_free(ssl) {
      ssl?.release(program);
    },
    SSL_clear: (ssl) => (clearConnection(ssl.use()) ? 1 : 0),
    SSL_dup(ssl) {
      if (!ssl.use().inInit || !ssl.inBefore) return ssl.upRef(program);
      const copy = new Connection(ssl.library, ssl.context, born);
      if (ssl.session === undefined) {
        copy.switchMethod(ssl.method);
        copy.certificate = new OwnCertificate(ssl.credential);
        setIdContext(copy, ssl.sessionIdContext);
      } else {
        copySessionId(copy, ssl);
      }
      copy.takeExData(ssl);
      copy.version = ssl.version;
      copy.options = ssl.options;
      copy.minVersion = ssl.minVersion;
      copy.maxVersion = ssl.maxVersion;
      copy.verifyMode = ssl.verifyMode;
      copy.verifyCallback = ssl.verifyCallback ?? copy.verifyCallback; // SSL_set_verify with NULL leaves that of the context
      copy.expectedHost = ssl.expectedHost;
      copy.ownCipherSuites = ssl.ownCipherSuites;
      copy.ownCipherSuitesById = ssl.ownCipherSuitesById;
      copy.generateSessionId = ssl.generateSessionId;
      copy.infoCallback = ssl.infoCallback;
      copy.server = ssl.server;
      if (ssl.handshakeKind !== undefined) setRole(copy, ssl.server ? 'accept' : 'connect');
      copy.shutdown = ssl.shutdown;
      copy.hit = ssl.hit;
      return copy;
    },
    SSL_set_SSL_CTX(ssl, ctx) {
      const wanted = ctx?.use() ?? ssl.use().sessionContext;
      const old = ssl.use().context;
      if (old === ctx) return old; // by NULL the certificate is taken anew
      if (sameBytes(ssl.sessionIdContext, old.sessionIdContext)) ssl.sessionIdContext = wanted.sessionIdContext;
      wanted.upRef(ssl.label);
      ssl.certificate = new OwnCertificate(wanted.credential);
      ssl.context = wanted;
      old.release(ssl.label);
      return wanted;
    },
    SSL_get_SSL_CTX: (ssl) => ssl.use().context,
    SSL_set_ssl_method(ssl, method) {
      ssl.use().switchMethod(method);
      return 1;
    },
    SSL_has_matching_session_id(ssl, sessionId) {
      if (sessionId.length > sessionIdBytesMax) return 0;
      const { sessionContext, version } = ssl.use();
      return sessionContext.cache.find({ version, sessionId }) === undefined ? 0 : 1;
    },
    SSL_set_session: (ssl, session) => setSession(ssl.use(), session?.use() ?? null),
    SSL_get_session: (ssl) => ssl.use().session ?? null,
    SSL_get1_session: (ssl) => ssl.use().session?.upRef(program) ?? null,
    SSL_session_reused: (ssl) => (ssl.use().hit ? 1 : 0),
    SSL_copy_session_id: (to, from) => copySessionId(to.use(), from.use()),
    SSL_set_session_id_context: (ssl, id) => setIdContext(ssl.use(), id),
    SSL_set_connect_state(ssl) {
      setRole(ssl.use(), 'connect');
    },
    SSL_set_accept_state(ssl) {
      setRole(ssl.use(), 'accept');
    },
    SSL_set_tlsext_host_name(ssl, name) {
      ssl.use().hostname = undefined;
      if (name === null) return 1;
      if (name.length === 0 || name.length > hostNameBytesMax) return refuse(ssl, 'SSL3_EXT_INVALID_SERVERNAME');
      ssl.hostname = name;
      return 1;
    },
    SSL_get_servername: (ssl, type = hostNameType) =>
      int(type) === hostNameType ? (servernameOf(ssl.use()) ?? null) : null,
    SSL_get_servername_type: (ssl) => (servernameOf(ssl.use()) === undefined ? -1 : hostNameType),
    SSL_set1_host(ssl, host) {
      const { profile } = ssl;
      const address =
        host === null || profile.setsHost === 'name' ? undefined : parseAddress(host, profile.addressNumbers);
      const name = host === null || host === '' || address !== undefined ? undefined : host;
      const before = ssl.use().expectedHost;
      if (profile.setsHost === 'name-or-address') ssl.expectedHost = { ...before, name, address };
      else ssl.expectedHost = address === undefined ? { ...before, name } : { ...before, address };
      return 1;
    },
    X509_VERIFY_PARAM_set1_ip_asc(ssl, text) {
      const address = parseAddress(text, ssl.use().profile.addressNumbers);
      if (address === undefined) return 0;
      ssl.expectedHost = { ...ssl.expectedHost, address };
      return 1;
    },
    SSL_set_hostflags(ssl, flags) {
      ssl.use().expectedHost = { ...ssl.expectedHost, flags: int(flags) };
    },
    SSL_set_options(ssl, options) {
      ssl.use().options |= BigInt.asUintN(ssl.profile.optionBits, BigInt(options));
      return fromLong(ssl.options);
    },
    SSL_set_verify(ssl, mode, callback = null) {
      ssl.use().verifyMode = int(mode);
      // NULL leaves the callback that is there; the stack passes connections alone
      if (callback !== null) ssl.verifyCallback = (about, step) => callback(about as Connection, step);
    },
    SSL_set_info_callback(ssl, callback) {
      // the stack passes connections alone
      ssl.use().infoCallback =
        callback === null ? undefined : (about, ...told) => callback(about as Connection, ...told);
    },
    SSL_set_quiet_shutdown(ssl, mode) {
      ssl.use().quietShutdown = int(mode);
    },
    SSL_set_tlsext_max_fragment_length: (ssl, mode) => setMaxFragmentLength(ssl.library, ssl.use(), mode),
    SSL_set_shutdown(ssl, flags) {
      ssl.use().shutdown = int(flags);
    },
    SSL_get_shutdown: (ssl) => ssl.use().shutdown,
    SSL_shutdown: (ssl) => shutdown(ssl.use()),
    SSL_do_handshake: (ssl) => doHandshake(ssl.use()),
    SSL_write: (ssl, bytes) => write(ssl.use(), bytes),
    SSL_read(ssl, length) {
      const wanted = int(length);
      if (wanted < 0) {
        refuse(ssl.use(), 'BAD_LENGTH');
        return [-1, new Uint8Array(0)];
      }
      const { result, bytes } = read(ssl.use(), wanted);
      return result > 0 ? [bytes.length, bytes.slice()] : [result, new Uint8Array(0)];
    },
    SSL_renegotiate: (ssl) => renegotiate(ssl.use(), { session: 'new' }),
    SSL_renegotiate_abbreviated: (ssl) => renegotiate(ssl.use(), { session: 'offered' }),
    SSL_set_max_early_data(ssl, bytes) {
      ssl.use().earlyData.max = uint32(bytes);
      return 1;
    },
    SSL_get_max_early_data: (ssl) => ssl.use().earlyData.max,
    SSL_write_early_data: (ssl, bytes) => writeEarlyData(ssl.use(), bytes),
    SSL_read_early_data(ssl, length) {
      const { result, bytes } = readEarlyData(ssl.use(), Number(length));
      return [result, bytes.slice()];
    },
    SSL_get_early_data_status: (ssl) => earlyDataStatus[ssl.use().earlyData.status],
    SSL_key_update: (ssl, type) => askForKeyUpdate(ssl.use(), int(type)),
    SSL_set_generate_session_id(ssl, callback) {
      // the stack passes connections alone
      ssl.use().generateSessionId = callback === null ? undefined : (about) => callback(about as Connection);
      return 1;
    },
    SSL_set_not_resumable_session_callback(ssl, callback) {
      // as above
      ssl.use().notResumableSession =
        callback === null ? undefined : (about, secure) => callback(about as Connection, secure);
    },
    SSL_new_session_ticket: (ssl) => askForTicket(ssl.use()),
    SSL_set_post_handshake_auth(ssl, value) {
      ssl.use().offersLateAuthentication = int(value) !== 0;
    },
    SSL_verify_client_post_handshake: (ssl) => askForCertificate(ssl.use()),
    SSL_set_num_tickets(ssl, count) {
      ssl.use().ticketCount = Number(count);
      return 1;
    },
    SSL_get_num_tickets: (ssl) => ssl.use().ticketCount,
    SSL_is_init_finished: (ssl) => (ssl.use().isInitFinished ? 1 : 0),
    SSL_in_before: (ssl) => (ssl.use().inBefore ? 1 : 0),
    SSL_in_init: (ssl) => (ssl.use().inInit ? 1 : 0),
    SSL_version: (ssl) => ssl.use().version,
    SSL_get_version: (ssl) => versionNames[ssl.use().version] ?? 'unknown',
    SSL_state(ssl) {
      if (ssl.use().flow === 'error') return 'error';
      if (ssl.handState === 'BEFORE') return 'before';
      return ssl.handState === 'OK' ? 'ok' : 'init';
    },
    SSL_get_error: (ssl, result) => errorOf(ssl.use(), result),
    SSL_get0_peer_certificate: (ssl) => ssl.use().session?.peerCertificate ?? null,
    SSL_get_verify_result: (ssl) => ssl.use().verifyResult,
    SSL_get0_alpn_selected: (ssl) => ssl.use().handshake.alpnSelected ?? new Uint8Array(0),
    SSL_set_cipher_list: (ssl, rules) => setOwnCipherList(ssl.use(), rules),
    SSL_set_ciphersuites: (ssl, names) => setOwnCipherSuites(ssl.use(), names),
    SSL_get_current_cipher: (ssl) => ssl.use().session?.cipherSuite ?? null,
    SSL_get_cipher_name: (ssl) => ssl.use().handshake.suite13?.name ?? ssl.handshake.suite?.opensslName ?? null,
    SSL_set_transport(ssl, transport) {
      ssl.use().transport = transport;
    },
  };
}

/** SSL_get_servername(3): whose name it is depends on the side, on how far the handshake is, and on the version. */
function servernameOf(ssl: Connection): string | undefined {
  const { hit, hostname, isTls13, session } = ssl;
  const isServer = ssl.handshakeKind !== undefined && ssl.server;
  if (!isServer && ssl.inBefore) return hostname ?? (session?.version === tls13 ? undefined : session?.hostname);
  if (!hit || isTls13) return hostname;
  if (session === undefined) throw new LibraryCrash('SSL_get_servername of a resumed connection without a session');
  return isServer ? session.hostname : (session.hostname ?? hostname);
}

function refuse(ssl: Connection, reason: string): 0 {
  ssl.library.errors.push(reason);
  return 0;
}

function int(value: Long): number {
  return Number(BigInt.asIntN(32, BigInt(value)));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
