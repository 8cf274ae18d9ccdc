/** The messages that a server makes and reads in TLS 1.2: RFC 5246 §7.4, RFC 5077 §3.3, RFC 8422. */
import {
  chooseServerVersion,
  emptyRenegotiationInfoScsv,
  groupName,
  HandshakeFailure,
  isSignalling,
  LibraryCrash,
  NeedsOldVersion,
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
  Reader,
  readCertificateVerify,
  readClientHello,
  readClientKeyExchange,
  readSignatureAlgorithms,
  readSupportedGroups,
  readSupportedVersionsOfClient,
  SignatureScheme,
  serverKeyExchangeParams,
  WireError,
  writeCertificate,
  writeCertificateRequest,
  writeNewSessionTicket,
  writeServerHello,
  writeServerKeyExchange,
} from '../wire/index.js';
import { badShare } from './bad-share.js';
import { chooseParameters13 } from './choose-13.js';
import { chooseSuite, requirePointAndCurve, requireSharedScheme, sharedGroup } from './choose-suite.js';
import { checkClientExtensions, orBadExtension } from './collect-extensions.js';
import type { Connection } from './connection.js';
import { decide } from './decide.js';
import { settleEarlyData } from './early-data.js';
import { onOfferedFragmentLength, settleFragmentLength } from './fragment-length.js';
import { agreeMasterSecret, fixVersion, startTranscriptHash } from './handshake-steps.js';
import {
  checkExtendedMasterSecret,
  checkRenegotiationInfo,
  forgetExtendedMasterSecret,
  noExtendedMasterSecret,
  serverExtensions,
} from './hello-extensions.js';
import { checkCompression, checkSuites } from './hello-lists.js';
import { acceptClientChain, wholeList } from './peer-chain.js';
import { findSession } from './resumption.js';
import { onEncryptedPreMaster } from './rsa-key-exchange.js';
import { checkProtocols, chooseProtocol, extension, makeServerRandom, readServerNameOf } from './server-extensions.js';
import { answerServerName } from './server-name.js';
import { dropSessionId, newSession } from './sessions.js';
import { Option } from './state.js';
import { suitesOf12 } from './suites.js';
import { announceTicket, makeTicket } from './tickets.js';
import { readSchemesOfCertificates, readStatusRequest, requirePskModes } from './unused-extensions.js';

const randomBytes = 32;
const versionBytes = 2;
/** What a client takes that sends no signature_algorithms: RFC 5246 §7.4.1.4.1. */
const schemesWhenAbsent: readonly number[] = [SignatureScheme.ecdsaSha1, SignatureScheme.rsaPkcs1Sha1];

/** tls_process_client_hello: parsed, not yet looked at. */
export function onClientHello(connection: Connection, body: Uint8Array): void {
  if (body.length < versionBytes) throw new HandshakeFailure('decode_error', 'LENGTH_TOO_SHORT');
  const hello = readClientHello(body);
  checkClientExtensions(connection.profile, hello.extensions);
  connection.handshake.clientHello = hello;
  forgetExtendedMasterSecret(connection);
  connection.handshake.alpnSelected = undefined; // init_alpn
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
  checkSuites(connection, hello);
  handshake.sendConnectionBinding = hello.cipherSuites.includes(emptyRenegotiationInfoScsv);
  if (handshake.sendConnectionBinding && connection.renegotiate)
    throw new HandshakeFailure('handshake_failure', 'SCSV_RECEIVED_WHEN_RENEGOTIATING');
  if (connection.isTls13) {
    chooseParameters13(connection, hello);
    handshake.clientHello = undefined;
    return;
  }
  connection.hit = false;
  const extendedMasterSecret = extension(hello, ExtensionType.extendedMasterSecret);
  if (extendedMasterSecret !== undefined) {
    if (extendedMasterSecret.length > 0) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
    if (!noExtendedMasterSecret(connection)) handshake.receivedExtendedMasterSecret = true;
  }
  resumeOrStart(connection, hello);
  if (connection.library.defects.has('cached-cipher-downgrade')) takeOfferedSuite(connection, hello);
  const resumedSuite = connection.session?.cipherSuite;
  if (connection.hit && resumedSuite === undefined) throw new LibraryCrash('the resumed session has no cipher suite');
  const isOffered =
    resumedSuite !== undefined && !isSignalling(resumedSuite) && hello.cipherSuites.includes(resumedSuite);
  if (connection.hit && !isOffered) {
    decide(connection, 'refused', 'cipher-not-offered', { session: connection.session?.id ?? 0, field: 'cipher' });
    throw new HandshakeFailure('illegal_parameter', 'REQUIRED_CIPHER_MISSING');
  }
  checkCompression(connection, hello);
  readExtensions(connection, hello);
  if (extension(hello, ExtensionType.earlyData) !== undefined) settleEarlyData(connection); // in vain
  handshake.serverRandom = makeServerRandom(connection);
  if (!connection.hit && extension(hello, ExtensionType.signatureAlgorithms) !== undefined)
    requireSharedScheme(connection);
  chooseSuite(connection, hello);
  chooseProtocol(connection, hello);
  handshake.clientHello = undefined;
}

/** The defect cached-cipher-downgrade: the session takes a suite that this client offers. */
function takeOfferedSuite(connection: Connection, hello: ClientHello): void {
  const { session, hit } = connection;
  if (!hit || session?.cipherSuite === undefined || hello.cipherSuites.includes(session.cipherSuite)) return;
  const offered = suitesOf12(connection).find((code) => hello.cipherSuites.includes(code));
  if (offered !== undefined) session.cipherSuite = offered;
}

function chooseVersion(connection: Connection, hello: ClientHello): void {
  const versionsData = extension(hello, ExtensionType.supportedVersions);
  const canTls13 = canSpeakTls13(connection);
  connection.clientVersion = hello.legacyVersion;
  const supportedVersions = versionsData === undefined ? undefined : readVersions(connection, hello, versionsData);
  const chosen = chooseServerVersion(
    connection.versionLimits,
    { legacyVersion: hello.legacyVersion, supportedVersions },
    canTls13,
  );
  if (typeof chosen === 'string') {
    if (connection.isFirstHandshake) connection.version = hello.legacyVersion;
    throw new HandshakeFailure('protocol_version', chosen);
  }
  if (chosen < ProtocolVersion.tls12) throw new NeedsOldVersion(chosen);
  connection.handshake.mayDowngrade =
    chosen !== ProtocolVersion.tls13 &&
    connection.method.version === 'any' &&
    canTls13 &&
    supportsVersion(connection.versionLimits, ProtocolVersion.tls13);
  const methodOf = supportedVersions === undefined ? 'server' : connection.profile.chosenMethodOfServer;
  fixVersion(connection, chosen, { methodOf });
}

function readVersions(connection: Connection, hello: ClientHello, data: Uint8Array): readonly number[] {
  if (data.length === 1 && data[0] === 0) return []; // an empty list has none that will do
  try {
    return readSupportedVersionsOfClient(data);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    if (connection.isFirstHandshake) connection.version = hello.legacyVersion;
    throw new HandshakeFailure('protocol_version', 'LENGTH_MISMATCH');
  }
}

/** is_tls13_capable: a certificate, or somebody who may yet bring one, or keys from elsewhere. */
function canSpeakTls13({ credential, context, psk, sessionContext }: Connection): boolean {
  const mayBring = context.servername !== undefined || sessionContext.servername !== undefined;
  return credential !== undefined || mayBring || psk.find !== undefined;
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
  if (!connection.hit) readStatusRequest(hello);
  checkProtocols(connection, hello);
  readSchemesOfCertificates(hello);
  const schemes = extension(hello, ExtensionType.signatureAlgorithms);
  handshake.peerSchemes =
    schemes === undefined ? schemesWhenAbsent : orBadExtension(() => readSignatureAlgorithms(schemes)).slice();
  handshake.encryptThenMac =
    extension(hello, ExtensionType.encryptThenMac) !== undefined && !connection.has(Option.noEncryptThenMac);
  answerServerName(connection);
  settleFragmentLength(connection, { offered: fragmentLength !== undefined });
  checkExtendedMasterSecret(connection);
  requirePskModes(hello);
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

/** tls_construct_server_hello: what the session id says of resumption later. */
export function makeServerHello(connection: Connection): Uint8Array {
  const { handshake, session } = connection;
  if (session === undefined || handshake.suite === undefined)
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  dropSessionId(connection);
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
  return writeCertificate({ certificateList: [...(connection.handshake.certificate?.credential?.chain ?? [])] });
}

export function makeServerKeyExchange(connection: Connection): Uint8Array {
  const { handshake, environment } = connection;
  const scheme = handshake.signatureScheme;
  const credential = handshake.certificate?.credential;
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
  acceptClientChain(connection, wholeList(new Reader(body)), 'handshake_failure');
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
  if (handshake.preMaster === undefined) {
    if (handshake.keyShare === undefined) throw new HandshakeFailure('handshake_failure', 'MISSING_TMP_ECDH_KEY');
    throw badShare(connection, handshake.keyShare.group, publicKey);
  }
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
  requirePointAndCurve(connection, handshake.peerCertificate.kind);
  const signed = handshake.transcript.bytesBeforeLast();
  if (!environment.crypto.verify(publicKey, name, signed, verify.signature)) {
    throw new HandshakeFailure('decrypt_error', 'BAD_SIGNATURE');
  }
}

/** The ticket's lifetime hint is the session's timeout, and unspecified (0) for a resumed session. */
export function makeNewSessionTicket(connection: Connection): Uint8Array {
  const { session, profile } = connection;
  if (session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  announceTicket(connection);
  const ticket = makeTicket(connection, session);
  if (ticket.length === 0) return writeNewSessionTicket({ ticketLifetimeHint: 0, ticket });
  const hint = connection.hit ? 0 : Number(BigInt.asUintN(32, timeToSeconds(profile, session.timeout)));
  return writeNewSessionTicket({ ticketLifetimeHint: hint, ticket });
}
