/** A client reads the ServerHello of TLS 1.3, or the HelloRetryRequest that looks like one: RFC 8446 §4.1.3, §4.1.4. */
import {
  cipherSuiteOfTls13,
  groupName,
  HandshakeFailure,
  isSignalling,
  NeedsUnknownGroups,
} from '../handshake/index.js';
import type { Session } from '../session/index.js';
import { equalBytes, isKnownCipherSuite } from '../session/index.js';
import {
  type Extension,
  ExtensionType,
  ProtocolVersion,
  Reader,
  readCookie,
  readKeyShareOfRetry,
  readKeyShareOfServer,
  readPreSharedKeyOfServer,
  readSupportedVersionsOfServer,
} from '../wire/index.js';
import { badShare, requireForm } from './bad-share.js';
import { changesKeysLate } from './client-messages-13.js';
import type { Connection } from './connection.js';
import { decide } from './decide.js';
import { useExternalPsk } from './external-psk.js';
import { groupsOf } from './groups.js';
import {
  agreeHandshakeSecret,
  agreeHandshakeTraffic,
  changeKeys13,
  derivationOf,
  requireRecordBoundary,
} from './keys-13.js';
import { parsed } from './parsed.js';
import { hashOfSuite } from './psk.js';
import { extensionsOf, type ServerHelloFields } from './read-server-hello.js';
import { newSession } from './sessions.js';
import { takesSuite } from './suites.js';
import { beginWriting } from './write-buffer.js';

const helloTypes: ReadonlySet<number> = new Set([
  ExtensionType.supportedVersions,
  ExtensionType.keyShare,
  ExtensionType.preSharedKey,
]);
const retryTypes: ReadonlySet<number> = new Set([
  ExtensionType.supportedVersions,
  ExtensionType.keyShare,
  ExtensionType.cookie,
]);

/** What both hellos of TLS 1.3 have in common: no compression, and the echo of our session id. */
export function checkLegacyFields(connection: Connection, hello: ServerHelloFields): void {
  if (hello.compressionMethod !== 0) throw new HandshakeFailure('illegal_parameter', 'INVALID_COMPRESSION_ALGORITHM');
  if (!equalBytes(hello.legacySessionId, connection.temporarySessionId))
    throw new HandshakeFailure('illegal_parameter', 'INVALID_SESSION_ID');
}

/** ssl_get_cipher_by_char: one that OpenSSL has in its tables, whether offered or not. */
export function requireKnownSuite({ profile }: Connection, code: number): void {
  if (isSignalling(code) || !isKnownCipherSuite(profile, code))
    throw new HandshakeFailure('illegal_parameter', 'UNKNOWN_CIPHER_RETURNED');
}

/** tls_process_as_hello_retry_request: another ClientHello is due, with what the server asks for. */
export function onHelloRetryRequest(connection: Connection, hello: ServerHelloFields, raw: Uint8Array): void {
  const { tls13, handshake, environment } = connection;
  if (tls13.helloRetry !== 'none') throw new HandshakeFailure('unexpected_message', 'UNEXPECTED_MESSAGE');
  tls13.helloRetry = 'pending';
  if (connection.profile.recordLayer === 'separate') connection.records.version = ProtocolVersion.tls13;
  checkLegacyFields(connection, hello);
  chooseSuite13(connection, hello.cipherSuite);
  beginWriting(connection, undefined);
  const extensions = extensionsOf(hello);
  checkTypes(connection, extensions, retryTypes);
  let isChanged = false;
  let hasVersion = false;
  for (const { type, data } of extensions) {
    if (type === ExtensionType.supportedVersions) {
      checkVersion(data);
      hasVersion = true;
    } else if (type === ExtensionType.keyShare) {
      askFor(
        connection,
        parsed(() => readKeyShareOfRetry(data), 'LENGTH_MISMATCH'),
      );
      isChanged = true;
    } else if (type === ExtensionType.cookie) {
      handshake.cookie = parsed(() => readCookie(data), 'LENGTH_MISMATCH').slice();
      isChanged = true;
    }
  }
  if (!hasVersion) throw new HandshakeFailure('missing_extension', 'MISSING_SUPPORTED_VERSIONS_EXTENSION');
  if (!isChanged) throw new HandshakeFailure('illegal_parameter', 'NO_CHANGE_FOLLOWING_HRR');
  const { hash } = derivationOf(connection);
  handshake.transcript.start(environment.crypto, hash);
  handshake.transcript.replaceWithMessageHash(environment.crypto, hash);
  handshake.transcript.add(raw);
}

/**
 * tls_process_server_hello from where the version is TLS 1.3.
 * @param extensions - its own, collected
 */
export function onServerHello13(
  connection: Connection,
  hello: ServerHelloFields,
  extensions: readonly Extension[],
): void {
  const { handshake, sessionContext, environment } = connection;
  checkTypes(connection, extensions, helloTypes);
  requireRecordBoundary(connection);
  connection.hit = false;
  const psk = dataOf(extensions, ExtensionType.preSharedKey);
  if (psk !== undefined)
    takePsk(
      connection,
      parsed(() => readPreSharedKeyOfServer(psk), 'LENGTH_MISMATCH'),
    );
  const offered = sessionOf(connection);
  if (connection.hit) {
    if (!equalBytes(connection.sessionIdContext, offered.sessionIdContext)) {
      decide(connection, 'refused', 'client-context-differs', { session: offered.id, field: 'sid_ctx' });
      throw new HandshakeFailure('illegal_parameter', 'ATTEMPT_TO_REUSE_SESSION_IN_DIFFERENT_CONTEXT');
    }
    decide(connection, 'accepted', 'server-resumed', { session: offered.id, field: 'pre_shared_key' });
  } else {
    if (offered.sessionId.length > 0) {
      sessionContext.statistics.misses += 1;
      decide(connection, 'refused', 'server-started-new', { session: offered.id, field: 'pre_shared_key' });
      newSession(connection, { id: 'empty' });
    }
    sessionOf(connection).version = connection.version;
  }
  if (sessionOf(connection).version !== connection.version)
    throw new HandshakeFailure('protocol_version', 'SSL_SESSION_VERSION_MISMATCH');
  chooseSuite13(connection, hello.cipherSuite);
  agreeOnShare(connection, dataOf(extensions, ExtensionType.keyShare));
  if (connection.tls13.helloRetry === 'none')
    handshake.transcript.start(environment.crypto, derivationOf(connection).hash);
  agreeHandshakeTraffic(connection);
  changeKeys13(connection, 'read', 'handshake');
  if (!changesKeysLate(connection)) changeKeys13(connection, 'write', 'handshake');
}

function checkTypes(connection: Connection, extensions: readonly Extension[], allowed: ReadonlySet<number>): void {
  for (const { type } of extensions) {
    if (allowed.has(type)) {
      const isAsked = type === ExtensionType.cookie || connection.handshake.offeredExtensions.has(type);
      if (!isAsked) throw new HandshakeFailure('unsupported_extension', 'UNSOLICITED_EXTENSION');
    } else {
      throw new HandshakeFailure('illegal_parameter', 'BAD_EXTENSION');
    }
  }
}

/** tls_parse_stoc_supported_versions. */
export function checkVersion(data: Uint8Array): void {
  const version = parsed(() => readSupportedVersionsOfServer(data), 'LENGTH_MISMATCH');
  if (version !== ProtocolVersion.tls13) throw new HandshakeFailure('illegal_parameter', 'BAD_PROTOCOL_VERSION_NUMBER');
}

/** A retry names a group that we have and sent no share for. */
function askFor(connection: Connection, group: number): void {
  const { handshake } = connection;
  const isSent = handshake.keyShares.some((one) => one.namedGroup === group);
  if (isSent || !groupsOf(connection).includes(group)) throw new HandshakeFailure('illegal_parameter', 'BAD_KEY_SHARE');
  if (groupName(group) === undefined) throw new NeedsUnknownGroups(`the server asked for ${group}`);
  handshake.group = group;
  handshake.keyShares = [];
}

/** tls_parse_stoc_psk. */
function takePsk(connection: Connection, identity: number): void {
  const { tls13, externalPsk } = connection;
  if (identity >= tls13.pskIdentity) throw new HandshakeFailure('illegal_parameter', 'BAD_PSK_IDENTITY');
  connection.hit = true;
  if (identity === 0 && (externalPsk === undefined || tls13.pskIdentity === 2)) connection.setExternalPsk(undefined);
  else useExternalPsk(connection, identity);
}

/** set_client_ciphersuite: resumed, another suite will do if it has the same hash. */
function chooseSuite13(connection: Connection, code: number): void {
  const { handshake } = connection;
  const suite = cipherSuiteOfTls13(code);
  requireKnownSuite(connection, code);
  const isOffered = takesSuite(connection, code);
  const isOther = handshake.suite13 !== undefined && handshake.suite13 !== suite;
  if (suite === undefined || !isOffered || isOther)
    throw new HandshakeFailure('illegal_parameter', 'WRONG_CIPHER_RETURNED');
  const { session } = connection;
  if (session !== undefined) session.cipherId = session.cipherSuite ?? session.cipherId;
  const before = connection.hit ? session?.cipherSuite : undefined;
  // the session's may be one of TLS 1.2 by now (SSL_SESSION_set_cipher), which has a hash all the same
  if (before !== undefined && before !== code && hashOfSuite(before) !== suite.hash)
    throw new HandshakeFailure('illegal_parameter', 'CIPHERSUITE_DIGEST_HAS_CHANGED');
  handshake.suite13 = suite;
}

/** tls_parse_stoc_key_share and final_key_share. */
function agreeOnShare(connection: Connection, data: Uint8Array | undefined): void {
  const { handshake, tls13 } = connection;
  if (data === undefined) {
    const isIllegal = !tls13.pskModes.pskKe && connection.profile.missingShareAlert === 'illegal_parameter';
    if (isIllegal) throw new HandshakeFailure('illegal_parameter', 'NO_SUITABLE_KEY_SHARE');
    if (!connection.hit || !tls13.pskModes.pskKe)
      throw new HandshakeFailure('missing_extension', 'NO_SUITABLE_KEY_SHARE');
    agreeHandshakeSecret(connection, undefined);
    return;
  }
  const namedGroup = parsed(() => new Reader(data).u16(), 'LENGTH_MISMATCH');
  const own = handshake.keyShares.find((one) => one.namedGroup === namedGroup);
  if (own === undefined) throw new HandshakeFailure('illegal_parameter', 'BAD_KEY_SHARE');
  const share = parsed(() => readKeyShareOfServer(data), 'LENGTH_MISMATCH');
  handshake.group = share.namedGroup;
  rememberGroup(connection, share.namedGroup);
  const { group } = own.share;
  requireForm(connection, group, share.keyExchange);
  const secret = own.share.agree(share.keyExchange);
  if (secret === undefined) throw badShare(connection, group, share.keyExchange);
  agreeHandshakeSecret(connection, secret);
}

/** A resumed session may be in use elsewhere: for another group a duplicate takes its place (3.x). */
function rememberGroup(connection: Connection, group: number): void {
  const session = sessionOf(connection);
  const { profile } = connection;
  if (!profile.sessionsKnowGroup) return;
  if (!connection.hit) {
    session.keyExchangeGroup = group;
    return;
  }
  if (session.keyExchangeGroup === group) return;
  const fresh = session.duplicate({ ticket: 'left out', holder: connection.label });
  if (fresh === undefined) throw new HandshakeFailure('internal_error', profile.noMemoryReasons.session);
  fresh.notResumable = false;
  connection.setSession(fresh);
  fresh.keyExchangeGroup = group;
}

function dataOf(extensions: readonly Extension[], type: number): Uint8Array | undefined {
  return extensions.find((one) => one.type === type)?.data;
}

function sessionOf(connection: Connection): Session {
  if (connection.session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  return connection.session;
}
