/** The messages that a client makes and reads in TLS 1.2: RFC 5246 §7.4, RFC 5077 §3.3, RFC 8422. */

import { isForSigning } from '../crypto/index.js';
import {
  chooseScheme,
  cipherSuite,
  downgradeIn,
  emptyRenegotiationInfoScsv,
  HandshakeFailure,
  isOfferedAlone,
  LibraryCrash,
  NeedsOldVersion,
  NeedsUnknownCiphers,
  signatureName,
  suiteFitsKey,
  supportsVersion,
  versionRange,
} from '../handshake/index.js';
import { equalBytes, type Session } from '../session/index.js';
import {
  type Extension,
  ExtensionType,
  HandshakeType,
  isHelloRetryRequest,
  ProtocolVersion,
  Reader,
  readNewSessionTicket,
  writeCertificate,
  writeCertificateVerify,
  writeClientHello,
  writeClientKeyExchange,
  writeHandshake,
} from '../wire/index.js';
import { readAuthorities } from './certificate-authorities.js';
import { collectServerExtensions } from './collect-extensions.js';
import type { Connection } from './connection.js';
import { decide } from './decide.js';
import { offersEarlyData } from './early-data.js';
import { askForExternalPsk } from './external-psk.js';
import { fixVersion, startTranscriptHash } from './handshake-steps.js';
import { clientExtensions, readServerExtensions } from './hello-extensions.js';
import { nothing } from './nothing.js';
import { parsed } from './parsed.js';
import { takePeerChain, wholeList } from './peer-chain.js';
import { offeredPsks, signBinders } from './psk.js';
import { extensionsOf, readServerHelloFields } from './read-server-hello.js';
import { makeEncryptedPreMaster } from './rsa-key-exchange.js';
import {
  checkLegacyFields,
  checkVersion,
  onHelloRetryRequest,
  onServerHello13,
  requireKnownSuite,
} from './server-hello-13.js';
import { newSession } from './sessions.js';
import { CacheMode, Option } from './state.js';
import { suitesOf12, suitesOf13, takesSuite } from './suites.js';
import { alertOfVerifyError, verifyPeer } from './verify-peer.js';

const randomBytes = 32;
const certificateTypesBounds = { min: 0, max: 2 ** 8 - 1 };
const schemesBounds = { min: 0, max: 2 ** 16 - 1 };
const temporaryIdBytes = 32;

/** tls_construct_client_hello: decides which session is offered. */
export function makeClientHello(connection: Connection): Uint8Array {
  const { handshake, tls13 } = connection;
  const range = versionRange(connection.versionLimits);
  if (range === undefined) throw new HandshakeFailure('internal_error', 'NO_PROTOCOLS_AVAILABLE');
  if (range.max < ProtocolVersion.tls12) throw new NeedsOldVersion(range.max);
  if (connection.isFirstHandshake) {
    connection.version = range.max;
    connection.clientVersion = Math.min(range.max, ProtocolVersion.tls12);
  }
  if (tls13.helloRetry === 'none') offerSession(connection);
  if (tls13.helloRetry === 'none') {
    handshake.clientRandom = new Uint8Array(randomBytes);
    connection.fillRandom('client-random', handshake.clientRandom);
  }
  const isFor13 = range.max >= ProtocolVersion.tls13;
  if ((isFor13 ? suitesOf13(connection) : suitesOf12(connection)).length === 0)
    throw new HandshakeFailure('internal_error', 'NO_CIPHERS_AVAILABLE');
  if (isFor13) askForExternalPsk(connection);
  const earlyData = isFor13 && offersEarlyData(connection);
  const psks = isFor13 ? offeredPsks(connection) : [];
  const suites = [
    ...(range.max >= ProtocolVersion.tls13 ? suitesOf13(connection) : []),
    ...(range.min <= ProtocolVersion.tls12 ? suitesOf12(connection) : []),
    ...(connection.renegotiate || connection.profile.signalsSecureRenegotiation === 'extension'
      ? []
      : [emptyRenegotiationInfoScsv]),
  ];
  const body = writeClientHello({
    legacyVersion: connection.clientVersion,
    random: handshake.clientRandom,
    legacySessionId: legacySessionId(connection),
    cipherSuites: suites,
    legacyCompressionMethods: Uint8Array.of(0),
    extensions: clientExtensions(connection, { psks, earlyData }),
  });
  if (psks.length > 0) signBinders(connection, body, psks);
  return body;
}

/** A session that cannot be used is replaced by a fresh one, without a word. */
function offerSession(connection: Connection): void {
  const { session } = connection;
  if (session === undefined) {
    newSession(connection, { id: 'empty' });
    decide(connection, 'none', 'no-session-set', { field: 'session' });
    return;
  }
  const { id } = session;
  if (!supportsVersion(connection.versionLimits, session.version)) {
    decide(connection, 'refused', 'session-version-not-enabled', { session: id, field: 'version' });
    newSession(connection, { id: 'empty' });
  } else if (!session.isResumable) {
    decide(connection, 'refused', 'session-not-resumable', { session: id, field: 'not_resumable' });
    newSession(connection, { id: 'empty' });
  } else if (session.version === ProtocolVersion.tls13) {
    return; // by its ticket alone, if at all: see psk.ts
  } else if (session.ticketBytes > 0 && !connection.has(Option.noTicket)) {
    decide(connection, 'offered', 'offered-ticket', { session: id, field: 'ticket' });
  } else {
    decide(connection, 'offered', 'offered-id', { session: id, field: 'session_id' });
  }
}

function legacySessionId(connection: Connection): Uint8Array {
  const session = sessionOf(connection);
  const isFresh = connection.newSession || session.version === ProtocolVersion.tls13;
  if (!isFresh) {
    if (connection.version === ProtocolVersion.tls13) connection.temporarySessionId = session.sessionId;
    return session.sessionId;
  }
  if (connection.tls13.helloRetry === 'pending') return connection.temporarySessionId; // the same once more
  connection.temporarySessionId = nothing;
  if (connection.version !== ProtocolVersion.tls13 || !connection.has(Option.enableMiddleboxCompat))
    return connection.temporarySessionId;
  connection.temporarySessionId = new Uint8Array(temporaryIdBytes);
  connection.fillRandom('compatibility-session-id', connection.temporarySessionId);
  return connection.temporarySessionId;
}

/** A ServerHello of TLS 1.2 has none of these. */
const typesOfTls13: ReadonlySet<number> = new Set([ExtensionType.keyShare, ExtensionType.preSharedKey]);

/** tls_process_server_hello: says whether the offered session was resumed. */
export function onServerHello(connection: Connection, body: Uint8Array): 'continue' | 'done' {
  const { handshake, sessionContext } = connection;
  const mayRetry = connection.version === ProtocolVersion.tls13;
  const hello = readServerHelloFields(body, mayRetry);
  if (mayRetry && hello.legacyVersion === ProtocolVersion.tls12 && isHelloRetryRequest(hello)) {
    onHelloRetryRequest(connection, hello, writeHandshake(HandshakeType.serverHello, body));
    return 'done';
  }
  handshake.serverRandom = hello.random.slice();
  const extensions = collectServerExtensions(connection, extensionsOf(hello));
  chooseVersion(connection, hello.legacyVersion, extensions);
  if (connection.version === ProtocolVersion.tls13) {
    checkLegacyFields(connection, hello);
    onServerHello13(connection, hello, extensions);
    return 'continue';
  }
  if (connection.session === undefined)
    throw new LibraryCrash('SSL_set_session(ssl, NULL) between ClientHello and ServerHello');
  const offered = connection.session;
  if (extensions.some(({ type }) => typesOfTls13.has(type)))
    throw new HandshakeFailure('illegal_parameter', 'BAD_EXTENSION');
  const echoed = hello.legacySessionId;
  connection.hit = echoed.length > 0 && equalBytes(echoed, offered.sessionId);
  if (connection.hit) {
    if (!equalBytes(connection.sessionIdContext, offered.sessionIdContext)) {
      decide(connection, 'refused', 'client-context-differs', { session: offered.id, field: 'sid_ctx' });
      throw new HandshakeFailure('illegal_parameter', 'ATTEMPT_TO_REUSE_SESSION_IN_DIFFERENT_CONTEXT');
    }
    decide(connection, 'accepted', 'server-resumed', { session: offered.id, field: 'session_id' });
  } else {
    if (offered.sessionId.length > 0) {
      sessionContext.statistics.misses += 1;
      decide(connection, 'refused', 'server-started-new', { session: offered.id, field: 'session_id' });
      newSession(connection, { id: 'empty' });
    }
    const fresh = sessionOf(connection);
    fresh.version = connection.version;
    fresh.sessionId = echoed.slice();
  }
  if (sessionOf(connection).version !== connection.version) {
    throw new HandshakeFailure('protocol_version', 'SSL_SESSION_VERSION_MISMATCH');
  }
  chooseSuite(connection, hello.cipherSuite);
  if (hello.compressionMethod !== 0)
    throw new HandshakeFailure('illegal_parameter', 'UNSUPPORTED_COMPRESSION_ALGORITHM');
  readServerExtensions(connection, extensions);
  startTranscriptHash(connection);
  return 'continue';
}

/** ssl_choose_client_version. */
function chooseVersion(connection: Connection, legacyVersion: number, extensions: readonly Extension[]): void {
  const version = versionOf(connection, legacyVersion, extensions);
  if (connection.tls13.helloRetry !== 'none' && version !== ProtocolVersion.tls13)
    throw new HandshakeFailure('protocol_version', 'WRONG_SSL_VERSION');
  if (connection.method.version !== 'any') {
    if (version !== connection.method.version) throw new HandshakeFailure('protocol_version', 'WRONG_SSL_VERSION');
    connection.version = version;
    return;
  }
  const range = versionRange(connection.versionLimits);
  if (range === undefined) throw new HandshakeFailure('protocol_version', 'NO_PROTOCOLS_AVAILABLE');
  if (version < range.min || version > range.max)
    throw new HandshakeFailure('protocol_version', 'UNSUPPORTED_PROTOCOL');
  const isLower = version === ProtocolVersion.tls12 && range.max > version;
  if (isLower && downgradeIn(connection.handshake.serverRandom) === 'tls12') {
    throw new HandshakeFailure('illegal_parameter', 'INAPPROPRIATE_FALLBACK');
  }
  fixVersion(connection, version, { methodOf: 'client' });
}

/** What the server chose: the extension's word before the old field's. */
function versionOf(connection: Connection, legacyVersion: number, extensions: readonly Extension[]): number {
  const data = extensions.find((one) => one.type === ExtensionType.supportedVersions)?.data;
  if (data === undefined) return legacyVersion;
  if (!connection.handshake.offeredExtensions.has(ExtensionType.supportedVersions))
    throw new HandshakeFailure('unsupported_extension', 'UNSOLICITED_EXTENSION');
  checkVersion(data);
  return ProtocolVersion.tls13;
}

/** set_client_ciphersuite. */
function chooseSuite(connection: Connection, code: number): void {
  const suite = cipherSuite(code);
  requireKnownSuite(connection, code);
  const isTaken = takesSuite(connection, code);
  if (isTaken && isOfferedAlone(code)) throw new NeedsUnknownCiphers(`the server took 0x${code.toString(16)}`);
  if (suite === undefined || !isTaken) throw new HandshakeFailure('illegal_parameter', 'WRONG_CIPHER_RETURNED');
  const session = sessionOf(connection);
  session.cipherId = session.cipherSuite ?? session.cipherId;
  if (connection.hit && session.cipherId !== code) {
    throw new HandshakeFailure('illegal_parameter', 'OLD_SESSION_CIPHER_NOT_RETURNED');
  }
  connection.handshake.suite = suite;
}

export function onCertificate(connection: Connection, body: Uint8Array): void {
  const list = wholeList(new Reader(body));
  if (list.remaining === 0) throw new HandshakeFailure('decode_error', 'LENGTH_MISMATCH');
  takePeerChain(connection, list, 'bad_certificate');
}

/** tls_post_process_server_certificate: any verify flag makes a failed verification fatal. */
export function verifyServer(connection: Connection): void {
  const { handshake } = connection;
  const session = sessionOf(connection);
  if (!verifyPeer(connection) && connection.verifyMode !== 0) {
    throw new HandshakeFailure(alertOfVerifyError(connection.verifyResult), 'CERTIFICATE_VERIFY_FAILED');
  }
  const { peerCertificate, suite } = handshake;
  if (peerCertificate === undefined)
    throw new HandshakeFailure('internal_error', 'UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS');
  if (suite !== undefined && !suiteFitsKey(suite, peerCertificate.kind))
    throw new HandshakeFailure('illegal_parameter', 'WRONG_CERTIFICATE_TYPE');
  session.peerCertificate = handshake.peerChain[0];
  session.verifyResult = connection.verifyResult;
}

/** ssl3_check_cert_and_algorithm: a certificate of the ECDSA suites has to be one for signing. */
export function onServerHelloDone({ handshake, library }: Connection): void {
  const { suite, peerCertificate } = handshake;
  if (suite?.authentication !== 'ecdsa' || peerCertificate === undefined || isForSigning(peerCertificate)) return;
  library.errors.push('ECC_CERT_NOT_FOR_SIGNING'); // ssl_check_srvr_ecc_cert_and_alg says so before its caller does
  throw new HandshakeFailure('handshake_failure', 'BAD_ECC_CERT');
}

/** tls_process_certificate_request. */
export function onCertificateRequest(connection: Connection, body: Uint8Array): void {
  const { handshake } = connection;
  const r = new Reader(body);
  const schemes = parsed(() => {
    r.opaque(certificateTypesBounds);
    return r.sub(schemesBounds);
  }, 'LENGTH_MISMATCH');
  if (schemes.remaining === 0 || schemes.remaining % 2 !== 0)
    throw new HandshakeFailure('internal_error', 'SIGNATURE_ALGORITHMS_ERROR');
  readAuthorities(r);
  parsed(() => r.end(), 'LENGTH_MISMATCH');
  handshake.peerSchemes = Array.from({ length: schemes.remaining / 2 }, () => schemes.u16());
  handshake.certificateRequested = 1;
}

/** tls_prepare_client_certificate: without a fitting one an empty list is sent. */
export function prepareCertificate(connection: Connection): void {
  const { handshake, credential } = connection;
  handshake.signatureScheme =
    credential === undefined ? undefined : chooseScheme(handshake.peerSchemes, credential.key);
  handshake.certificate = connection.certificate;
  if (handshake.signatureScheme === undefined) handshake.certificateRequested = 2;
}

export function makeCertificate(connection: Connection): Uint8Array {
  const chain = connection.handshake.certificateRequested === 1 ? (connection.credential?.chain ?? []) : [];
  return writeCertificate({ certificateList: [...chain] });
}

export function makeClientKeyExchange(connection: Connection): Uint8Array {
  const { keyShare, suite } = connection.handshake;
  if (suite?.keyExchange === 'rsa') return makeEncryptedPreMaster(connection);
  if (keyShare === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  return writeClientKeyExchange({ publicKey: keyShare.publicKey });
}

export function makeCertificateVerify(connection: Connection): Uint8Array {
  const { handshake, environment } = connection;
  const scheme = handshake.signatureScheme;
  const credential = handshake.certificate?.credential;
  const name = scheme === undefined ? undefined : signatureName(scheme);
  if (scheme === undefined || name === undefined || credential === undefined) {
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
  const signature = environment.crypto.sign(credential.key, name, handshake.transcript.bytes(), (target) =>
    connection.fillRandom('signature-salt', target),
  );
  return writeCertificateVerify({ scheme, signature });
}

/**
 * tls_process_new_session_ticket. A session that has an id already may be in a cache and is never changed: a duplicate takes
 * its place, and the old one leaves the cache.
 */
export function onNewSessionTicket(connection: Connection, body: Uint8Array): void {
  const { sessionContext, profile } = connection;
  const { ticket, ticketLifetimeHint } = readNewSessionTicket(body);
  if (ticket.length === 0) return;
  let session = sessionOf(connection);
  const keepsSession = connection.library.defects.has('renewal-mutates-shared');
  if (session.sessionId.length > 0 && !keepsSession) {
    const fresh = session.duplicate({ ticket: 'left out', holder: connection.label });
    if (fresh === undefined) throw new HandshakeFailure('internal_error', profile.noMemoryReasons.session);
    if (profile.duplicateIsResumable) fresh.notResumable = false;
    if ((sessionContext.cacheMode & CacheMode.client) !== 0) sessionContext.cache.remove(session);
    connection.setSession(fresh);
    session = fresh;
  }
  session.setTimeToNow();
  session.ticket = undefined;
  if (!connection.library.allocates('ticket', connection.id)) {
    throw new HandshakeFailure('internal_error', profile.noMemoryReasons.ticket);
  }
  session.ticket = ticket.slice();
  session.ticketLifetimeHint = ticketLifetimeHint;
  session.ticketAgeAdd = 0;
  session.sessionId = connection.environment.crypto.ticketId(session.ticket);
  session.notResumable = false;
}

function sessionOf(connection: Connection): Session {
  if (connection.session === undefined) throw new LibraryCrash('the connection has no session any more');
  return connection.session;
}
