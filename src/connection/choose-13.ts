/** What a server makes of a ClientHello in TLS 1.3, in libssl's order, since the first failure decides: tls_early_post_process_client_hello. */
import type { KeyShareAnswer } from '../crypto/index.js';
import {
  chooseScheme,
  cipherSuiteOfTls13,
  emptyRenegotiationInfoScsv,
  groupName,
  HandshakeFailure,
} from '../handshake/index.js';
import {
  type ClientHello,
  ExtensionType,
  type KeyShareEntry,
  Reader,
  readKeyShareEntry,
  readSignatureAlgorithms,
  readSupportedGroups,
} from '../wire/index.js';
import { isNoPoint, noPoint, requireForm } from './bad-share.js';
import { readAuthoritiesExtension } from './certificate-authorities.js';
import { isSchemeOf13, schemeFitsKeyOf13 } from './certificate-verify-13.js';
import { requireSharedScheme, sharedSchemes } from './choose-suite.js';
import { orBadExtension } from './collect-extensions.js';
import type { Connection } from './connection.js';
import { settleEarlyData } from './early-data.js';
import { onOfferedFragmentLength, settleFragmentLength } from './fragment-length.js';
import { chooseGroup } from './groups.js';
import { checkCompression } from './hello-lists.js';
import { requireRecordBoundary } from './keys-13.js';
import { parsed } from './parsed.js';
import { findPsk } from './resumption-13.js';
import { checkProtocols, chooseProtocol, extension, makeServerRandom, readServerNameOf } from './server-extensions.js';
import { answerServerName } from './server-name.js';
import { newSession } from './sessions.js';
import { Option } from './state.js';
import { suitesOf13 } from './suites.js';
import {
  readSchemesOfCertificates,
  readStatusRequest,
  requirePskModes,
  takesCertificate,
} from './unused-extensions.js';

export function chooseParameters13(connection: Connection, hello: ClientHello): void {
  const { handshake } = connection;
  requireRecordBoundary(connection);
  connection.hit = false;
  handshake.sendConnectionBinding = hello.cipherSuites.includes(emptyRenegotiationInfoScsv);
  chooseSuite13(connection, hello);
  connection.hit = findPsk(connection, hello);
  if (!connection.hit) newSession(connection, { id: 'empty' });
  connection.temporarySessionId = hello.legacySessionId.slice();
  checkCompression(connection, hello);
  readExtensions13(connection, hello);
  handshake.serverRandom = makeServerRandom(connection);
  if (hello.legacyCompressionMethods.length !== 1)
    throw new HandshakeFailure('illegal_parameter', 'INVALID_COMPRESSION_ALGORITHM');
  if (!connection.hit) prepareFullHandshake(connection, hello);
}

/** ssl3_choose_cipher: before resumption, since a PSK must have the suite's hash. */
function chooseSuite13(connection: Connection, hello: ClientHello): void {
  const { handshake, tls13 } = connection;
  const own = suitesOf13(connection);
  const [preferred, other] = connection.has(Option.cipherServerPreference)
    ? [own, hello.cipherSuites]
    : [hello.cipherSuites, own];
  const code = preferred.find((one) => other.includes(one));
  const suite = code === undefined ? undefined : cipherSuiteOfTls13(code);
  if (suite === undefined) throw new HandshakeFailure('handshake_failure', 'NO_SHARED_CIPHER');
  if (tls13.helloRetry === 'pending' && handshake.suite13 !== suite)
    throw new HandshakeFailure('illegal_parameter', 'BAD_CIPHER');
  handshake.suite13 = suite;
}

const sharesBounds = { min: 0, max: 2 ** 16 - 1 };

function readExtensions13(connection: Connection, hello: ClientHello): void {
  const { handshake } = connection;
  const data = (type: number): Uint8Array | undefined => extension(hello, type);
  readServerNameOf(connection, hello);
  const fragmentLength = data(ExtensionType.maxFragmentLength);
  onOfferedFragmentLength(connection, fragmentLength);
  const groups = data(ExtensionType.supportedGroups);
  handshake.peerGroups = groups && orBadExtension(() => readSupportedGroups(groups)).slice();
  const schemes = data(ExtensionType.signatureAlgorithms);
  handshake.peerSchemes = schemes === undefined ? [] : orBadExtension(() => readSignatureAlgorithms(schemes)).slice();
  if (!connection.hit) readStatusRequest(hello);
  checkProtocols(connection, hello);
  readSchemesOfCertificates(hello);
  const late = data(ExtensionType.postHandshakeAuth);
  if (late !== undefined && late.length > 0)
    throw new HandshakeFailure('decode_error', 'POST_HANDSHAKE_AUTH_ENCODING_ERR');
  connection.tls13.lateAuthentication = late === undefined ? 'none' : 'offered';
  const shares = data(ExtensionType.keyShare);
  if (shares !== undefined) readShares(connection, shares);
  const isRenegotiation = connection.renegotiate && !connection.has(Option.allowUnsafeLegacyRenegotiation);
  if (isRenegotiation && data(ExtensionType.renegotiationInfo) === undefined)
    throw new HandshakeFailure('handshake_failure', 'UNSAFE_LEGACY_RENEGOTIATION_DISABLED');
  answerServerName(connection);
  settleFragmentLength(connection, { offered: fragmentLength !== undefined });
  chooseProtocol(connection, hello);
  if (schemes === undefined && !connection.hit)
    throw new HandshakeFailure('missing_extension', 'MISSING_SIGALGS_EXTENSION');
  const early = data(ExtensionType.earlyData);
  if (early !== undefined) readEarlyDataOffer(connection, early);
  const authorities = data(ExtensionType.certificateAuthorities);
  if (authorities !== undefined) readAuthoritiesExtension(authorities);
  settleShare(connection, { sent: shares !== undefined });
  if (early !== undefined) settleEarlyData(connection);
  requirePskModes(hello);
}

/** tls_parse_ctos_early_data. */
function readEarlyDataOffer(connection: Connection, data: Uint8Array): void {
  if (data.length > 0) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  if (connection.tls13.helloRetry !== 'none') throw new HandshakeFailure('illegal_parameter', 'BAD_EXTENSION');
}

/** tls_parse_ctos_key_share: which of the client's shares will do. */
function readShares(connection: Connection, data: Uint8Array): void {
  const { handshake, tls13, profile, session } = connection;
  if (connection.hit && !tls13.pskModes.pskDheKe) return;
  const list = parsed(() => {
    const r = new Reader(data);
    const whole = r.sub(sharesBounds);
    r.end();
    return whole;
  }, 'LENGTH_MISMATCH');
  const { peerGroups } = handshake;
  if (peerGroups === undefined) throw new HandshakeFailure('missing_extension', 'MISSING_SUPPORTED_GROUPS_EXTENSION');
  const isRetried = handshake.group !== 0;
  const shares: KeyShareEntry[] = [];
  while (list.remaining > 0) {
    const entry = parsed(() => readKeyShareEntry(list), 'LENGTH_MISMATCH');
    shares.push(entry);
    const isWrong = isRetried && (entry.namedGroup !== handshake.group || list.remaining > 0);
    if (isWrong || !peerGroups.includes(entry.namedGroup))
      throw new HandshakeFailure('illegal_parameter', 'BAD_KEY_SHARE');
  }
  if (isRetried && shares.length === 0) throw new HandshakeFailure('illegal_parameter', 'BAD_KEY_SHARE');
  const chosen = chooseGroup(connection, { shares: shares.map((one) => one.namedGroup), groups: peerGroups });
  const namedGroup = isRetried ? handshake.group : chosen.share;
  const share = shares.find((one) => one.namedGroup === namedGroup);
  handshake.groupToAskFor = chosen.retry;
  if (share === undefined) return;
  handshake.group = share.namedGroup;
  if (profile.sessionsKnowGroup && session !== undefined) session.keyExchangeGroup = share.namedGroup;
  handshake.peerShare = share.keyExchange.slice();
  handshake.answer = answerShare(connection, share);
}

/** tls13_set_encoded_pub_key: what is no point is refused as it is read; what gives no secret, once that is wanted. */
function answerShare(connection: Connection, { namedGroup, keyExchange }: KeyShareEntry): KeyShareAnswer | undefined {
  const group = groupName(namedGroup);
  if (group === undefined) return undefined;
  requireForm(connection, group, keyExchange);
  const answer = connection.environment.crypto.answerKeyShare(group, keyExchange, (target) =>
    connection.fillRandom('key-share', target),
  );
  if (answer === undefined && isNoPoint(connection, group, keyExchange)) throw noPoint();
  return answer;
}

/** final_key_share: without a share that fits, another is asked for once. */
function settleShare(connection: Connection, options: { readonly sent: boolean }): void {
  const { handshake, tls13 } = connection;
  if (handshake.peerShare === undefined) {
    const mayRetry = tls13.helloRetry === 'none' && options.sent && (!connection.hit || tls13.pskModes.pskDheKe);
    if (mayRetry && handshake.groupToAskFor !== undefined) {
      handshake.group = handshake.groupToAskFor;
      tls13.helloRetry = 'pending';
      return;
    }
    if (!connection.hit || !tls13.pskModes.pskKe) {
      const alert = options.sent ? 'handshake_failure' : 'missing_extension';
      throw new HandshakeFailure(alert, 'NO_SUITABLE_KEY_SHARE');
    }
  }
  if (tls13.helloRetry === 'pending') tls13.helloRetry = 'complete';
}

function prepareFullHandshake(connection: Connection, hello: ClientHello): void {
  const { handshake, credential, session } = connection;
  requireSharedScheme(connection);
  handshake.peerSchemes = handshake.peerSchemes.filter(isSchemeOf13);
  const { key } = credential ?? {};
  const shared = key === undefined ? [] : sharedSchemes(connection).filter((code) => schemeFitsKeyOf13(code, key));
  handshake.signatureScheme = key === undefined ? undefined : chooseScheme(shared, key);
  handshake.certificate = connection.certificate;
  if (handshake.signatureScheme === undefined || !takesCertificate(hello, credential))
    throw new HandshakeFailure('handshake_failure', 'NO_SUITABLE_SIGNATURE_ALGORITHM');
  const callback = connection.notResumableSession;
  if (callback !== undefined && session !== undefined) session.notResumable = callback(connection, 0) !== 0;
  if (session?.notResumable === true) connection.ticketExpected = false;
}
