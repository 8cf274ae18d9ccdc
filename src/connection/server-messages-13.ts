/** The messages that a server makes and reads in TLS 1.3, tickets apart: RFC 8446 §4.1.3, §4.3, §4.4. */
import { groupName, HandshakeFailure, requestedSchemes } from '../handshake/index.js';
import { equalBytes } from '../session/index.js';
import {
  type Extension,
  ExtensionType,
  helloRetryRequestRandom,
  ProtocolVersion,
  Reader,
  writeAlpn,
  writeCertificateAuthorities,
  writeCertificateOfTls13,
  writeCertificateRequestOfTls13,
  writeEncryptedExtensions,
  writeKeyShareOfRetry,
  writeKeyShareOfServer,
  writeMaxFragmentLength,
  writePreSharedKeyOfServer,
  writeServerHello,
  writeSignatureAlgorithms,
  writeSupportedGroups,
  writeSupportedVersionsOfServer,
} from '../wire/index.js';
import { badShare } from './bad-share.js';
import { checkFinished } from './client-messages-13.js';
import type { Connection } from './connection.js';
import { isFragmentLengthCode } from './fragment-length.js';
import { groupsOf } from './groups.js';
import {
  agreeHandshakeSecret,
  agreeResumptionSecret,
  changeKeys13,
  derivationOf,
  digestOf,
  requireRecordBoundary,
  suiteOf,
  verifyDataOf,
} from './keys-13.js';
import { keepTranscript, restoreTranscript } from './late-authentication.js';
import { parsed } from './parsed.js';
import { acceptClientChain, wholeList } from './peer-chain.js';
import { dropSessionId } from './sessions.js';

const none: Uint8Array = new Uint8Array(0);
const contextBytes = 32;
const contextBounds = { min: 0, max: 2 ** 8 - 1 };

/** tls_construct_server_hello for TLS 1.3, or the HelloRetryRequest in its stead. */
export function makeServerHello13(connection: Connection): Uint8Array {
  const { handshake, tls13, environment } = connection;
  dropSessionId(connection);
  const isRetry = tls13.helloRetry === 'pending';
  if (tls13.helloRetry === 'none' || isRetry)
    handshake.transcript.start(environment.crypto, derivationOf(connection).hash);
  const body = writeServerHello({
    legacyVersion: ProtocolVersion.tls12,
    random: isRetry ? helloRetryRequestRandom : handshake.serverRandom,
    legacySessionId: connection.temporarySessionId,
    cipherSuite: suiteOf(connection).code,
    compressionMethod: 0,
    extensions: isRetry ? retryExtensions(connection) : helloExtensions(connection),
  });
  if (isRetry) {
    connection.setSession(undefined); // another comes next time
    connection.hit = false;
    handshake.transcript.replaceWithMessageHash(environment.crypto, derivationOf(connection).hash);
  }
  return body;
}

function helloExtensions(connection: Connection): Extension[] {
  const { handshake, tls13 } = connection;
  const list = [versionExtension];
  const share = makeShare(connection);
  if (share !== undefined) {
    const data = writeKeyShareOfServer({ namedGroup: handshake.group, keyExchange: share });
    list.push({ type: ExtensionType.keyShare, data });
  }
  if (connection.hit)
    list.push({ type: ExtensionType.preSharedKey, data: writePreSharedKeyOfServer(tls13.pskIdentity) });
  return list;
}

function retryExtensions(connection: Connection): Extension[] {
  const list = [versionExtension];
  const { group, peerShare } = connection.handshake;
  if (peerShare === undefined) list.push({ type: ExtensionType.keyShare, data: writeKeyShareOfRetry(group) });
  return list;
}

const versionExtension: Extension = {
  type: ExtensionType.supportedVersions,
  data: writeSupportedVersionsOfServer(ProtocolVersion.tls13),
};

/** tls_construct_stoc_key_share: our share, and the handshake's secret with it. */
function makeShare(connection: Connection): Uint8Array | undefined {
  const { handshake, hit, tls13 } = connection;
  const group = groupName(handshake.group);
  if (handshake.peerShare === undefined || group === undefined) {
    if (!hit) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    agreeHandshakeSecret(connection, undefined);
    return undefined;
  }
  if (hit && !tls13.pskModes.pskDheKe) return undefined;
  const { answer } = handshake;
  if (answer === undefined) throw badShare(connection, group, handshake.peerShare);
  agreeHandshakeSecret(connection, answer.secret);
  return answer.publicKey;
}

export function makeEncryptedExtensions(connection: Connection): Uint8Array {
  const { handshake, session } = connection;
  const list: Extension[] = [];
  if (handshake.servernameDone) list.push({ type: ExtensionType.serverName, data: none });
  const agreed = session?.maxFragmentLength ?? 0;
  if (isFragmentLengthCode(agreed))
    list.push({ type: ExtensionType.maxFragmentLength, data: writeMaxFragmentLength(agreed) });
  const groups = groupsOf(connection);
  if (handshake.group !== 0 && handshake.group !== groups[0])
    list.push({ type: ExtensionType.supportedGroups, data: writeSupportedGroups(groups) });
  if (handshake.alpnSelected !== undefined)
    list.push({ type: ExtensionType.alpn, data: writeAlpn([handshake.alpnSelected]) });
  if (connection.earlyData.status === 'accepted') list.push({ type: ExtensionType.earlyData, data: none });
  return writeEncryptedExtensions(list);
}

export function makeCertificateRequest13(connection: Connection): Uint8Array {
  const { context, handshake, tls13 } = connection;
  if (tls13.lateAuthentication === 'request-pending') {
    handshake.certificateContext = new Uint8Array(contextBytes);
    connection.fillRandom('certificate-request-context', handshake.certificateContext);
    restoreTranscript(connection);
  }
  connection.certificateRequestsSent += 1;
  handshake.certificateRequested = 1;
  const schemes = requestedSchemes(connection.profile);
  const extensions: Extension[] = [
    { type: ExtensionType.signatureAlgorithms, data: writeSignatureAlgorithms(schemes) },
  ];
  const authorities = context.trusted.map((one) => one.subjectName);
  if (authorities.length > 0)
    extensions.push({ type: ExtensionType.certificateAuthorities, data: writeCertificateAuthorities(authorities) });
  return writeCertificateRequestOfTls13({ certificateRequestContext: handshake.certificateContext, extensions });
}

export function makeCertificateOfServer(connection: Connection): Uint8Array {
  const chain = connection.handshake.certificate?.credential?.chain ?? [];
  return writeCertificateOfTls13({
    certificateRequestContext: none,
    certificateList: chain.map((certData) => ({ certData, extensions: [] })),
  });
}

export function makeFinishedOfServer(connection: Connection): Uint8Array {
  const { handshake } = connection;
  const data = verifyDataOf(connection, 'server');
  handshake.finishedLength = data.length;
  return data;
}

/** tls_process_client_certificate. */
export function onCertificateOfClient(connection: Connection, body: Uint8Array): void {
  const { handshake, tls13 } = connection;
  tls13.allowsPlainAlerts = false;
  const r = new Reader(body);
  const context = parsed(() => r.opaque(contextBounds), 'INVALID_CONTEXT');
  if (!equalBytes(context, handshake.certificateContext)) throw new HandshakeFailure('decode_error', 'INVALID_CONTEXT');
  acceptClientChain(connection, wholeList(r), 'certificate_required');
  handshake.certificateVerifyHash = digestOf(connection);
  tls13.sentTickets = 0;
}

/** tls_process_end_of_early_data: the handshake's keys protect what the client sends from here on. */
export function onEndOfEarlyData(connection: Connection, body: Uint8Array): void {
  const { earlyData } = connection;
  if (body.length > 0) throw new HandshakeFailure('decode_error', 'LENGTH_MISMATCH');
  if (earlyData.phase !== 'reading' && earlyData.phase !== 'read-retry')
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  requireRecordBoundary(connection);
  earlyData.phase = 'finished-reading';
  changeKeys13(connection, 'read', 'handshake');
}

/** tls_process_finished: from here on the client's application data may come. */
export function onFinishedOfClient(connection: Connection, body: Uint8Array): void {
  const { handshake, tls13 } = connection;
  const isLate = tls13.lateAuthentication === 'requested';
  tls13.allowsPlainAlerts = false;
  if (!isLate) connection.cleanupAfterHandshake = true;
  keepTranscript(connection);
  requireRecordBoundary(connection);
  const expected = handshake.peerVerifyData;
  checkFinished(body, expected);
  handshake.peerFinishedLength = expected.length;
  if (isLate) return;
  agreeResumptionSecret(connection);
  changeKeys13(connection, 'read', 'application');
}
