/** The messages that a server makes and reads in TLS 1.2: RFC 5246 §7.4, RFC 5077 §3.3, RFC 8422. */
import {
  chooseServerVersion,
  emptyRenegotiationInfoScsv,
  groupName,
  HandshakeFailure,
  LibraryCrash,
  NeedsOldVersion,
  NeedsTls13,
  offeredSchemes,
  schemeFitsKey,
  signatureName,
  supportsVersion,
} from '../handshake/index.js';
import { timeToSeconds } from '../session/index.js';
import {
  briefBytes,
  ClientCertificateType,
  type ClientHello,
  EcPointFormat,
  ExtensionType,
  ProtocolVersion,
  readAlpn,
  readCertificate,
  readCertificateVerify,
  readClientHello,
  readClientKeyExchange,
  readServerName,
  readSignatureAlgorithms,
  readSupportedGroups,
  readSupportedVersionsOfClient,
  SignatureScheme,
  serverKeyExchangeParams,
  writeCertificate,
  writeCertificateRequest,
  writeNewSessionTicket,
  writeServerHello,
  writeServerKeyExchange,
} from '../wire/index.js';
import { chooseSuite, requireSharedScheme, sharedGroup } from './choose-suite.js';
import { takePeerChain } from './client-messages.js';
import { orBadExtension } from './collect-extensions.js';
import type { Connection } from './connection.js';
import { decide } from './decide.js';
import { onOfferedFragmentLength, settleFragmentLength } from './fragment-length.js';
import { agreeMasterSecret, fixVersion, startTranscriptHash } from './handshake-steps.js';
import {
  checkExtendedMasterSecret,
  checkRenegotiationInfo,
  forgetExtendedMasterSecret,
  moveAccept,
  noExtendedMasterSecret,
  serverExtensions,
} from './hello-extensions.js';
import { findSession } from './resumption.js';
import { onEncryptedPreMaster } from './rsa-key-exchange.js';
import { newSession } from './sessions.js';
import { CacheMode, Option, Verify } from './state.js';
import { makeTicket } from './tickets.js';
import { alertOfVerifyError, verifyPeer } from './verify-peer.js';

const randomBytes = 32;
const downgradeToTls12: Uint8Array = Uint8Array.of(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01); // RFC 8446 §4.1.3
/** What a client takes that sends no signature_algorithms: RFC 5246 §7.4.1.4.1. */
const schemesWhenAbsent: readonly number[] = [SignatureScheme.ecdsaSha1, SignatureScheme.rsaPkcs1Sha1];
const hostNameBytesMax = 255; // TLSEXT_MAXLEN_host_name

/** tls_process_client_hello: parsed, not yet looked at. */
export function onClientHello(connection: Connection, body: Uint8Array): void {
  connection.handshake.clientHello = readClientHello(body);
  forgetExtendedMasterSecret(connection);
  connection.handshake.servernameDone = false;
  connection.hostname = undefined;
}

/** tls_post_process_client_hello: version, resumption, extensions, cipher suite; in libssl's order, since the first failure decides. */
export function chooseParameters(connection: Connection): void {
  const { handshake } = connection;
  const hello = handshake.clientHello;
  if (hello === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  handshake.clientRandom = hello.random.slice(); // it stays, the hello does not
  chooseVersion(connection, hello);
  connection.hit = false;
  handshake.sendConnectionBinding = false;
  if (hello.cipherSuites.includes(emptyRenegotiationInfoScsv)) {
    if (connection.renegotiate) throw new HandshakeFailure('handshake_failure', 'SCSV_RECEIVED_WHEN_RENEGOTIATING');
    handshake.sendConnectionBinding = true;
  }
  const extendedMasterSecret = extension(hello, ExtensionType.extendedMasterSecret);
  if (extendedMasterSecret !== undefined) {
    if (extendedMasterSecret.length > 0) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
    if (!noExtendedMasterSecret(connection)) handshake.receivedExtendedMasterSecret = true;
  }
  resumeOrStart(connection, hello);
  const resumedSuite = connection.session?.cipherSuite;
  if (connection.hit && resumedSuite === undefined) throw new LibraryCrash('the resumed session has no cipher suite');
  if (connection.hit && resumedSuite !== undefined && !hello.cipherSuites.includes(resumedSuite)) {
    decide(connection, 'refused', 'cipher-not-offered', { session: connection.session?.id ?? 0, field: 'cipher' });
    throw new HandshakeFailure('illegal_parameter', 'REQUIRED_CIPHER_MISSING');
  }
  if (!hello.legacyCompressionMethods.includes(0))
    throw new HandshakeFailure('decode_error', 'NO_COMPRESSION_SPECIFIED');
  readExtensions(connection, hello);
  handshake.serverRandom = makeServerRandom(connection);
  if (!connection.hit && extension(hello, ExtensionType.signatureAlgorithms) !== undefined)
    requireSharedScheme(connection);
  chooseSuite(connection, hello);
  chooseProtocol(connection, hello);
  handshake.clientHello = undefined;
}

function chooseVersion(connection: Connection, hello: ClientHello): void {
  const versionsData = extension(hello, ExtensionType.supportedVersions);
  const supportedVersions = versionsData === undefined ? undefined : readSupportedVersionsOfClient(versionsData);
  const canTls13 = connection.credential !== undefined;
  connection.clientVersion = hello.legacyVersion;
  const chosen = chooseServerVersion(
    connection.versionLimits,
    { legacyVersion: hello.legacyVersion, supportedVersions },
    canTls13,
  );
  if (typeof chosen === 'string') {
    if (connection.isFirstHandshake) connection.version = hello.legacyVersion;
    throw new HandshakeFailure('protocol_version', chosen);
  }
  if (chosen === ProtocolVersion.tls13) throw new NeedsTls13();
  if (chosen < ProtocolVersion.tls12) throw new NeedsOldVersion(chosen);
  connection.handshake.mayDowngrade =
    connection.method.version === 'any' && canTls13 && supportsVersion(connection.versionLimits, ProtocolVersion.tls13);
  fixVersion(connection, chosen);
}

function resumeOrStart(connection: Connection, hello: ClientHello): void {
  if (connection.newSession && connection.has(Option.noSessionResumptionOnRenegotiation)) {
    decide(connection, 'none', 'no-resumption-on-renegotiation', { field: 'options' });
    newSession(connection, { id: 'generate' });
    return;
  }
  const found = findSession(connection, {
    sessionId: hello.legacySessionId,
    ticket: extension(hello, ExtensionType.sessionTicket),
  });
  if (found) connection.hit = true;
  else newSession(connection, { id: 'generate' });
}

function readExtensions(connection: Connection, hello: ClientHello): void {
  const { handshake } = connection;
  const renegotiationInfo = extension(hello, ExtensionType.renegotiationInfo);
  if (renegotiationInfo !== undefined) {
    checkRenegotiationInfo(connection, renegotiationInfo, [handshake.previousClientFinished], 'handshake_failure');
  } else if (connection.renegotiate && !connection.has(Option.allowUnsafeLegacyRenegotiation)) {
    throw new HandshakeFailure('handshake_failure', 'UNSAFE_LEGACY_RENEGOTIATION_DISABLED');
  }
  readServerNameOf(connection, hello);
  const fragmentLength = extension(hello, ExtensionType.maxFragmentLength);
  onOfferedFragmentLength(connection, fragmentLength);
  readPointFormats(connection, hello);
  const groups = extension(hello, ExtensionType.supportedGroups);
  handshake.peerGroups = groups && orBadExtension(() => readSupportedGroups(groups)).slice();
  checkProtocols(connection, hello);
  const schemes = extension(hello, ExtensionType.signatureAlgorithms);
  handshake.peerSchemes =
    schemes === undefined ? schemesWhenAbsent : orBadExtension(() => readSignatureAlgorithms(schemes)).slice();
  handshake.encryptThenMac =
    extension(hello, ExtensionType.encryptThenMac) !== undefined && !connection.has(Option.noEncryptThenMac);
  answerServerName(connection);
  settleFragmentLength(connection, { offered: fragmentLength !== undefined });
  checkExtendedMasterSecret(connection);
  moveAccept(connection);
}

/** RFC 6066 §3; a resumed session keeps the name of its first handshake. */
function readServerNameOf(connection: Connection, hello: ClientHello): void {
  const { handshake, session } = connection;
  const data = extension(hello, ExtensionType.serverName);
  if (data === undefined) return;
  const name = orBadExtension(() => readServerName(data));
  if (name === undefined) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  if (connection.hit) {
    handshake.servernameDone = session?.hostname === name;
    return;
  }
  if (name.length > hostNameBytesMax || name.includes('\0'))
    throw new HandshakeFailure('unrecognized_name', 'BAD_EXTENSION');
  connection.hostname = name;
  handshake.servernameDone = true;
}

/** final_server_name: the application may switch contexts, and only its consent puts the name into the session. */
function answerServerName(connection: Connection): void {
  const { handshake, session } = connection;
  const callback = connection.context.servername ?? connection.sessionContext.servername;
  const answer = callback === undefined ? 'noack' : callback(connection, connection.hostname);
  if (answer === 'alert-fatal') throw new HandshakeFailure('unrecognized_name', 'CALLBACK_FAILED');
  if (answer === 'ok' && !connection.hit && session !== undefined && connection.hostname !== undefined) {
    session.hostname = connection.hostname;
  }
  if (answer === 'noack') handshake.servernameDone = false;
}

function makeServerRandom(connection: Connection): Uint8Array {
  const random = new Uint8Array(randomBytes);
  connection.fillRandom('server-random', random);
  if (connection.handshake.mayDowngrade) random.set(downgradeToTls12, randomBytes - downgradeToTls12.length);
  return random;
}

/** tls_parse_ctos_ec_pt_formats: whether uncompressed points will do, were they listed. */
function readPointFormats(connection: Connection, hello: ClientHello): void {
  const { handshake } = connection;
  const data = extension(hello, ExtensionType.ecPointFormats);
  handshake.peerTakesUncompressed = true;
  if (data === undefined) return;
  if (data.length < 2 || data[0] !== data.length - 1) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  handshake.peerTakesUncompressed = data.includes(EcPointFormat.uncompressed, 1);
}

/** tls_parse_ctos_alpn: read whether or not anybody will choose. */
function checkProtocols(connection: Connection, hello: ClientHello): void {
  const data = extension(hello, ExtensionType.alpn);
  if (data !== undefined && connection.isFirstHandshake) orBadExtension(() => readAlpn(data));
}

function chooseProtocol(connection: Connection, hello: ClientHello): void {
  const { handshake, context, session } = connection;
  handshake.alpnSelected = undefined;
  const offered = extension(hello, ExtensionType.alpn);
  if (context.alpnSelect === undefined || offered === undefined || !connection.isFirstHandshake) return;
  handshake.alpnSelected = context.alpnSelect(readAlpn(offered).map((name) => name.slice()));
  if (!connection.hit && session !== undefined) session.alpnSelected = handshake.alpnSelected;
}

/** tls_construct_server_hello: what the session id says of resumption later. */
export function makeServerHello(connection: Connection): Uint8Array {
  const { handshake, session, context, profile } = connection;
  if (session === undefined || handshake.suite === undefined)
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  const cachesSessions = (context.cacheMode & CacheMode.server) !== 0;
  if ((profile.emptiesIdOfNotResumable && session.notResumable) || (!cachesSessions && !connection.hit)) {
    session.sessionId = new Uint8Array(0);
  }
  const extensions = serverExtensions(connection);
  startTranscriptHash(connection);
  return writeServerHello({
    legacyVersion: connection.version,
    random: handshake.serverRandom,
    legacySessionId: session.sessionId,
    cipherSuite: handshake.suite.code,
    compressionMethod: 0,
    extensions,
  });
}

export function makeCertificateMessage(connection: Connection): Uint8Array {
  return writeCertificate({ certificateList: [...(connection.credential?.chain ?? [])] });
}

export function makeServerKeyExchange(connection: Connection): Uint8Array {
  const { handshake, environment, credential } = connection;
  const scheme = handshake.signatureScheme;
  const name = scheme === undefined ? undefined : signatureName(scheme);
  const groupCode = sharedGroup(connection);
  const group = groupCode === undefined ? undefined : groupName(groupCode);
  if (
    scheme === undefined ||
    name === undefined ||
    groupCode === undefined ||
    group === undefined ||
    credential === undefined
  ) {
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
  if (connection.session !== undefined) connection.session.keyExchangeGroup = groupCode;
  handshake.keyShare = environment.crypto.keyShare(group, (target) => connection.fillRandom('key-share', target));
  const params = serverKeyExchangeParams(groupCode, handshake.keyShare.publicKey);
  const signed = briefBytes(2 * randomBytes + params.length);
  signed.set(handshake.clientRandom);
  signed.set(handshake.serverRandom, randomBytes);
  signed.set(params, 2 * randomBytes);
  const signature = environment.crypto.sign(credential.key, name, signed, (target) =>
    connection.fillRandom('signature-salt', target),
  );
  return writeServerKeyExchange({ namedGroup: groupCode, publicKey: handshake.keyShare.publicKey, scheme, signature });
}

export function makeCertificateRequest(connection: Connection): Uint8Array {
  connection.certificateRequestsSent += 1;
  connection.handshake.certificateRequested = 1;
  return writeCertificateRequest({
    certificateTypes: Uint8Array.of(
      ClientCertificateType.rsaSign,
      ClientCertificateType.dssSign,
      ClientCertificateType.ecdsaSign,
    ),
    signatureSchemes: [...offeredSchemes(connection.profile)],
    authorities: connection.context.trusted.map((one) => one.subjectName),
  });
}

export function onClientCertificate(connection: Connection, body: Uint8Array): void {
  const { handshake, session } = connection;
  takePeerChain(connection, readCertificate(body).certificateList);
  const leaf = handshake.peerChain[0];
  if (leaf === undefined) {
    if ((connection.verifyMode & Verify.peer) !== 0 && (connection.verifyMode & Verify.failIfNoPeerCert) !== 0) {
      throw new HandshakeFailure('handshake_failure', 'PEER_DID_NOT_RETURN_A_CERTIFICATE');
    }
  } else {
    connection.verifyResult = verifyPeer(connection);
    if (connection.verifyResult !== 0) {
      throw new HandshakeFailure(alertOfVerifyError(connection.verifyResult), 'CERTIFICATE_VERIFY_FAILED');
    }
  }
  if (session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  session.peerCertificate = leaf;
  session.verifyResult = connection.verifyResult;
}

export function onClientKeyExchange(connection: Connection, body: Uint8Array): void {
  const { handshake } = connection;
  if (handshake.suite?.keyExchange === 'rsa') {
    onEncryptedPreMaster(connection, body);
    agreeMasterSecret(connection);
    return;
  }
  if (body.length === 0) throw new HandshakeFailure('handshake_failure', 'MISSING_TMP_ECDH_KEY');
  const { publicKey } = readClientKeyExchange(body);
  handshake.preMaster = handshake.keyShare?.agree(publicKey);
  if (handshake.preMaster === undefined) throw new HandshakeFailure('illegal_parameter', 'BAD_KEY_SHARE');
  agreeMasterSecret(connection);
}

export function onCertificateVerify(connection: Connection, body: Uint8Array): void {
  const { handshake, environment } = connection;
  const verify = readCertificateVerify(body);
  const name = signatureName(verify.scheme);
  if (handshake.peerCertificate === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  const { publicKey } = handshake.peerCertificate;
  const isOffered = offeredSchemes(connection.profile).includes(verify.scheme);
  if (name === undefined || !isOffered || !schemeFitsKey(verify.scheme, handshake.peerCertificate))
    throw new HandshakeFailure('illegal_parameter', 'WRONG_SIGNATURE_TYPE');
  const signed = handshake.transcript.bytesBeforeLast();
  if (!environment.crypto.verify(publicKey, name, signed, verify.signature)) {
    throw new HandshakeFailure('decrypt_error', 'BAD_SIGNATURE');
  }
}

/** The ticket's lifetime hint is the session's timeout, and unspecified (0) for a resumed session. */
export function makeNewSessionTicket(connection: Connection): Uint8Array {
  const { session, profile } = connection;
  if (session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  const ticket = makeTicket(connection, session);
  if (ticket.length === 0) return writeNewSessionTicket({ ticketLifetimeHint: 0, ticket });
  const hint = connection.hit ? 0 : Number(BigInt.asUintN(32, timeToSeconds(profile, session.timeout)));
  return writeNewSessionTicket({ ticketLifetimeHint: hint, ticket });
}

function extension(hello: ClientHello, type: number): Uint8Array | undefined {
  return hello.extensions.find((one) => one.type === type)?.data;
}
