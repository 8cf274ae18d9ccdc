/** The extensions of the hellos: what a client offers, what a server answers, in OpenSSL's order, and how each is read. */
import { groupName, HandshakeFailure, schemesOfHello, versionRange } from '../handshake/index.js';
import { equalBytes } from '../session/index.js';
import {
  EcPointFormat,
  type Extension,
  ExtensionType,
  ProtocolVersion,
  PskKeyExchangeMode,
  readAlpn,
  readRenegotiationInfo,
  WireError,
  writeAlpn,
  writeCookie,
  writeEcPointFormats,
  writeKeyShareOfClient,
  writeMaxFragmentLength,
  writePskKeyExchangeModes,
  writeRenegotiationInfo,
  writeServerName,
  writeSignatureAlgorithms,
  writeSupportedGroups,
  writeSupportedVersionsOfClient,
} from '../wire/index.js';
import { orBadExtension } from './collect-extensions.js';
import type { Connection } from './connection.js';
import { isFragmentLengthCode, onAnsweredFragmentLength, settleFragmentLength } from './fragment-length.js';
import { groupsOf, groupsOf12, shareGroupsOf } from './groups.js';
import { concat } from './outgoing-record.js';
import { type OfferedPsk, writeOfferedPsks } from './psk.js';
import { answerServerName } from './server-name.js';
import { Option } from './state.js';
import { pskModesOf } from './tls13-state.js';

const none: Uint8Array = new Uint8Array(0);

/** ecformats_default: both sides name all three (RFC 8422 §5.1.2), though only the first is in use. */
const pointFormats = [
  EcPointFormat.uncompressed,
  EcPointFormat.ansiX962CompressedPrime,
  EcPointFormat.ansiX962CompressedChar2,
];

/** What a client of TLS 1.3 offers beside what it speaks. */
export interface Offer {
  readonly psks: readonly OfferedPsk[];
  readonly earlyData: boolean;
}

export function clientExtensions(connection: Connection, offer: Offer): Extension[] {
  const { handshake, session } = connection;
  const list: Extension[] = [];
  const add = (type: number, data: Uint8Array): void => {
    list.push({ type, data });
  };
  if (connection.renegotiate) {
    add(ExtensionType.renegotiationInfo, writeRenegotiationInfo(handshake.previousClientFinished));
  } else if (
    connection.profile.signalsSecureRenegotiation === 'extension' &&
    connection.minVersion < ProtocolVersion.tls13
  ) {
    add(ExtensionType.renegotiationInfo, writeRenegotiationInfo(none));
  }
  if (connection.hostname !== undefined) add(ExtensionType.serverName, writeServerName(connection.hostname));
  if (connection.maxFragmentLength !== 0)
    add(ExtensionType.maxFragmentLength, writeMaxFragmentLength(connection.maxFragmentLength));
  add(ExtensionType.ecPointFormats, writeEcPointFormats(pointFormats));
  const range = versionRange(connection.versionLimits);
  const isFor13 = range?.max === ProtocolVersion.tls13;
  add(ExtensionType.supportedGroups, writeSupportedGroups(isFor13 ? groupsOf(connection) : groupsOf12(connection)));
  if (!connection.has(Option.noTicket)) {
    const usable = !connection.newSession && session?.version !== ProtocolVersion.tls13;
    add(ExtensionType.sessionTicket, (usable ? session?.ticket : undefined) ?? none);
  }
  if (connection.alpnProtocols !== undefined && connection.isFirstHandshake) {
    add(ExtensionType.alpn, writeAlpn(connection.alpnProtocols));
  }
  if (!connection.has(Option.noEncryptThenMac)) add(ExtensionType.encryptThenMac, none);
  if (!noExtendedMasterSecret(connection)) add(ExtensionType.extendedMasterSecret, none);
  if (isFor13 && connection.offersLateAuthentication) {
    add(ExtensionType.postHandshakeAuth, none);
    connection.tls13.lateAuthentication = 'offered';
  }
  const schemes = range === undefined ? [] : schemesOfHello(connection.versionLimits, range);
  add(ExtensionType.signatureAlgorithms, writeSignatureAlgorithms(schemes));
  if (isFor13) addTls13Offer(connection, list, offer);
  handshake.offeredExtensions = new Set(list.map(({ type }) => type));
  return list;
}

/** What a client that would also speak TLS 1.3 adds: RFC 8446 §4.2.1, §4.2.8, §4.2.9. */
function addTls13Offer(connection: Connection, list: Extension[], { psks, earlyData }: Offer): void {
  const { handshake, tls13 } = connection;
  const range = versionRange(connection.versionLimits);
  if (range === undefined) return;
  const versions: number[] = [];
  for (let version = range.max; version >= range.min; version -= 1) versions.push(version);
  list.push({ type: ExtensionType.supportedVersions, data: writeSupportedVersionsOfClient(versions) });
  const pskKe = connection.has(Option.allowNoDheKex);
  tls13.pskModes = pskModesOf(pskKe, true);
  const modes = [PskKeyExchangeMode.pskDheKe, ...(pskKe ? [PskKeyExchangeMode.pskKe] : [])];
  list.push({ type: ExtensionType.pskKeyExchangeModes, data: writePskKeyExchangeModes(modes) });
  if (handshake.keyShares.length === 0) makeShares(connection);
  const shares = handshake.keyShares.map(({ namedGroup, share }) => ({ namedGroup, keyExchange: share.publicKey }));
  list.push({ type: ExtensionType.keyShare, data: writeKeyShareOfClient(shares) });
  if (handshake.cookie !== undefined) list.push({ type: ExtensionType.cookie, data: writeCookie(handshake.cookie) });
  handshake.cookie = undefined;
  if (earlyData) list.push({ type: ExtensionType.earlyData, data: none });
  if (psks.length > 0) list.push({ type: ExtensionType.preSharedKey, data: writeOfferedPsks(psks) });
}

/** For the groups that come first, or the one that the server has asked for. */
function makeShares(connection: Connection): void {
  const { handshake, environment } = connection;
  const groups = handshake.group === 0 ? shareGroupsOf(connection) : [handshake.group];
  handshake.keyShares = groups.flatMap((namedGroup) => {
    const name = groupName(namedGroup);
    if (name === undefined) return [];
    const share = environment.crypto.keyShare(name, (target) => connection.fillRandom('key-share', target));
    return [{ namedGroup, share }];
  });
  if (handshake.keyShares.length === 0) throw new HandshakeFailure('internal_error', 'NO_SUITABLE_KEY_SHARE');
}

export function serverExtensions(connection: Connection): Extension[] {
  const { handshake, session } = connection;
  const list: Extension[] = [];
  const add = (type: number, data: Uint8Array): void => {
    list.push({ type, data });
  };
  if (handshake.sendConnectionBinding) {
    const both = concat(handshake.previousClientFinished, handshake.previousServerFinished);
    add(ExtensionType.renegotiationInfo, writeRenegotiationInfo(both));
  }
  if (handshake.servernameDone && !connection.hit) add(ExtensionType.serverName, none);
  const agreed = session?.maxFragmentLength ?? 0;
  if (isFragmentLengthCode(agreed)) add(ExtensionType.maxFragmentLength, writeMaxFragmentLength(agreed));
  if (!connection.hit && handshake.suite?.keyExchange === 'ecdhe')
    add(ExtensionType.ecPointFormats, writeEcPointFormats(pointFormats));
  if (connection.ticketExpected && !connection.has(Option.noTicket)) add(ExtensionType.sessionTicket, none);
  else connection.ticketExpected = false;
  if (handshake.alpnSelected !== undefined) add(ExtensionType.alpn, writeAlpn([handshake.alpnSelected]));
  handshake.encryptThenMac = handshake.encryptThenMac && handshake.suite?.records.form === 'block';
  if (handshake.encryptThenMac) add(ExtensionType.encryptThenMac, none);
  if (handshake.receivedExtendedMasterSecret) add(ExtensionType.extendedMasterSecret, none);
  return list;
}

/** init_ems: before a hello is read; what was agreed once must be agreed again in a renegotiation. */
export function forgetExtendedMasterSecret(connection: Connection): void {
  const { handshake } = connection;
  if (!handshake.receivedExtendedMasterSecret) return;
  handshake.receivedExtendedMasterSecret = false;
  handshake.requiredExtendedMasterSecret = true;
}

/** SSL_OP_NO_EXTENDED_MASTER_SECRET, which 1.1.1 does not know. */
export function noExtendedMasterSecret(connection: Connection): boolean {
  return connection.profile.hasOptionsOf30 && connection.has(Option.noExtendedMasterSecret);
}

/** final_ems. */
export function checkExtendedMasterSecret(connection: Connection): void {
  const { handshake, session } = connection;
  if (!handshake.receivedExtendedMasterSecret && handshake.requiredExtendedMasterSecret) {
    throw new HandshakeFailure('handshake_failure', 'INCONSISTENT_EXTMS');
  }
  if (connection.server || !connection.hit) return;
  if (handshake.receivedExtendedMasterSecret !== session?.extendedMasterSecret) {
    throw new HandshakeFailure('handshake_failure', 'INCONSISTENT_EXTMS');
  }
}

/** What a ServerHello's extensions say, as they were collected. */
export function readServerExtensions(connection: Connection, extensions: readonly Extension[]): void {
  const { handshake, session } = connection;
  forgetExtendedMasterSecret(connection);
  connection.ticketExpected = false;
  handshake.encryptThenMac = false;
  handshake.alpnSelected = undefined;
  let renegotiationInfo = false;
  for (const { type, data } of extensions) {
    switch (type) {
      case ExtensionType.renegotiationInfo:
        checkRenegotiationInfo(
          connection,
          data,
          [handshake.previousClientFinished, handshake.previousServerFinished],
          'illegal_parameter',
        );
        renegotiationInfo = true;
        break;
      case ExtensionType.serverName:
        onAnsweredServerName(connection, data);
        break;
      case ExtensionType.maxFragmentLength:
        onAnsweredFragmentLength(connection, data);
        break;
      case ExtensionType.ecPointFormats:
        checkPointFormats(connection, data);
        break;
      case ExtensionType.signedCertificateTimestamp:
        throw new HandshakeFailure('unsupported_extension', 'BAD_EXTENSION'); // never asked for
      case ExtensionType.sessionTicket:
        if (connection.has(Option.noTicket)) throw new HandshakeFailure('unsupported_extension', 'BAD_EXTENSION');
        if (data.length > 0) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
        connection.ticketExpected = true;
        break;
      case ExtensionType.alpn:
        handshake.alpnSelected = readOneProtocol(data);
        keepProtocol(connection);
        break;
      case ExtensionType.encryptThenMac:
        handshake.encryptThenMac = handshake.suite?.records.form === 'block';
        break;
      case ExtensionType.extendedMasterSecret:
        if (noExtendedMasterSecret(connection)) break;
        handshake.receivedExtendedMasterSecret = true;
        if (!connection.hit && session !== undefined) session.extendedMasterSecret = true;
        break;
      default: // supported_groups says nothing here
    }
  }
  const unsafeAllowed =
    connection.has(Option.legacyServerConnect) || connection.has(Option.allowUnsafeLegacyRenegotiation);
  if (!renegotiationInfo && !unsafeAllowed) {
    throw new HandshakeFailure('handshake_failure', 'UNSAFE_LEGACY_RENEGOTIATION_DISABLED');
  }
  answerServerName(connection);
  settleFragmentLength(connection, { offered: false });
  checkExtendedMasterSecret(connection);
}

/** tls_parse_stoc_server_name: the server took the name, which belongs to a new session from then on. */
export function onAnsweredServerName(connection: Connection, data: Uint8Array): void {
  const { session, hostname, hit } = connection;
  if (hostname === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  if (data.length > 0) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  if (hit || session === undefined) return;
  requireNew(session.hostname);
  session.hostname = hostname;
}

/** tls_parse_stoc_alpn: the protocol belongs to a new session. */
export function keepProtocol({ hit, session, handshake }: Connection): void {
  if (hit || session === undefined) return;
  requireNew(session.alpnSelected);
  session.alpnSelected = handshake.alpnSelected;
}

/** One without an id, which the server did not take, stays the connection's session: what it has is not written over. */
function requireNew(before: unknown): void {
  if (before !== undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
}

/** RFC 5746 §3.5, §3.7: the verify data of the handshake before. */
export function checkRenegotiationInfo(
  connection: Connection,
  data: Uint8Array,
  expected: readonly Uint8Array[],
  alert: 'handshake_failure' | 'illegal_parameter',
): void {
  let got: Uint8Array;
  try {
    got = readRenegotiationInfo(connection.server ? firstVector(data) : data);
  } catch (error) {
    if (error instanceof WireError) throw new HandshakeFailure('decode_error', 'RENEGOTIATION_ENCODING_ERR');
    throw error;
  }
  const whole = expected.reduce((sum, part) => (part.length === 0 ? sum : concat(sum, part)), none);
  if (!equalBytes(got, whole)) throw new HandshakeFailure(alert, 'RENEGOTIATION_MISMATCH');
  connection.handshake.sendConnectionBinding = true;
}

/** A server does not look behind the binding, tls_parse_ctos_renegotiate. */
function firstVector(data: Uint8Array): Uint8Array {
  return data.subarray(0, 1 + (data[0] ?? 0));
}

/** tls_parse_stoc_alpn. */
export function readOneProtocol(data: Uint8Array): Uint8Array {
  const [selected, ...more] = orBadExtension(() => readAlpn(data));
  if (selected === undefined || more.length > 0) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  return selected.slice();
}

/** tls_parse_stoc_ec_pt_formats; a resumption does not look. Who has no list of its own takes any, and looks again at a key. */
function checkPointFormats(connection: Connection, data: Uint8Array): void {
  const formats = data.subarray(1);
  if (data[0] !== formats.length) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  if (connection.hit) return;
  if (formats.length === 0) throw new HandshakeFailure('decode_error', 'BAD_LENGTH');
  connection.handshake.peerTakesUncompressed = formats.includes(EcPointFormat.uncompressed);
}
