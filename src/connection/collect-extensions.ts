/** Which extensions of a message are taken at all, before any is read: tls_collect_extensions. */
import { HandshakeFailure } from '../handshake/index.js';
import type { Profile } from '../profile/index.js';
import { type Extension, ExtensionType, WireError } from '../wire/index.js';
import type { Connection } from './connection.js';

const Type = ExtensionType;
const srp = 12;
const clientCertificateType = 19;
const serverCertificateType = 20;
const compressCertificate = 27;
const cryptoProBug = 0xfde8;

/** ext_defs, those that may stand in a ServerHello, in the order in which they are read. */
const ofServerHello: readonly number[] = [
  Type.renegotiationInfo,
  Type.serverName,
  Type.maxFragmentLength,
  Type.ecPointFormats,
  Type.supportedGroups,
  Type.sessionTicket,
  Type.statusRequest,
  Type.nextProtocolNegotiation,
  Type.alpn,
  Type.encryptThenMac,
  Type.signedCertificateTimestamp,
  Type.extendedMasterSecret,
  Type.supportedVersions,
  Type.keyShare,
  Type.preSharedKey,
];

/** ext_defs, those that are known and stand elsewhere. */
const ofOtherMessages: readonly number[] = [
  srp,
  Type.useSrtp, // DTLS alone
  Type.signatureAlgorithmsCert,
  Type.postHandshakeAuth,
  Type.signatureAlgorithms,
  Type.pskKeyExchangeModes,
  Type.cookie,
  Type.earlyData,
  Type.certificateAuthorities,
  Type.padding,
];

/** The one of DTLS, and one that a server alone sends. */
const notOfClientHello: readonly number[] = [Type.useSrtp, cryptoProBug];

/** What may stand in the other messages of TLS 1.3 that a client reads, in the order in which it is read. */
const ofMessage: Readonly<Record<Message13, readonly number[]>> = {
  'encrypted extensions': [
    Type.serverName,
    Type.maxFragmentLength,
    Type.supportedGroups,
    Type.alpn,
    clientCertificateType,
    serverCertificateType,
    Type.earlyData,
  ],
  // a status and timestamps are asked for without a word
  'certificate request': [
    Type.statusRequest,
    Type.signedCertificateTimestamp,
    Type.signatureAlgorithmsCert,
    Type.signatureAlgorithms,
    compressCertificate,
    Type.certificateAuthorities,
  ],
  certificate: [Type.statusRequest, Type.signedCertificateTimestamp],
  ticket: [Type.earlyData],
};
type Message13 = 'encrypted extensions' | 'certificate request' | 'certificate' | 'ticket';
/** They hold only what was asked for. */
const answers: readonly Message13[] = ['encrypted extensions', 'certificate'];

/** By the order in which they are read; those that OpenSSL does not know are left out, as it ignores them. */
export function collectServerExtensions(
  connection: Connection,
  extensions: readonly Extension[],
): readonly Extension[] {
  const { profile, handshake } = connection;
  const known: Extension[] = [];
  for (const extension of extensions) {
    const { type } = extension;
    const place = placeOf(type, profile);
    if (place === 'unknown') continue;
    if (place === 'elsewhere' || known.some((one) => one.type === type)) throw badExtension();
    if (!mayBeUnsolicited(type) && !handshake.offeredExtensions.has(type)) {
      throw new HandshakeFailure('unsupported_extension', 'UNSOLICITED_EXTENSION');
    }
    known.push(extension);
  }
  return known.sort((a, b) => ofServerHello.indexOf(a.type) - ofServerHello.indexOf(b.type));
}

/** No extension that OpenSSL knows comes twice, each may stand there, and a PSK comes last. */
export function checkClientExtensions(profile: Profile, extensions: readonly Extension[]): void {
  const seen = new Set<number>();
  for (const [at, { type }] of extensions.entries()) {
    const isEarlyPsk = type === Type.preSharedKey && at < extensions.length - 1;
    if (seen.has(type) || notOfClientHello.includes(type) || isEarlyPsk) throw badExtension();
    if (placeOf(type, profile) !== 'unknown') seen.add(type);
  }
}

/** By type: each that OpenSSL knows comes once, and may stand there. */
export function collectExtensions13(
  { profile, handshake }: Connection,
  extensions: readonly Extension[],
  message: Message13,
): ReadonlyMap<number, Uint8Array> {
  const known = new Map<number, Uint8Array>();
  for (const { type, data } of extensions) {
    if (placeOf(type, profile) === 'unknown' && type !== cryptoProBug) continue;
    if (!ofMessage[message].includes(type) || known.has(type)) throw badExtension();
    if (answers.includes(message) && !mayBeUnsolicited(type) && !handshake.offeredExtensions.has(type))
      throw new HandshakeFailure('unsupported_extension', 'UNSOLICITED_EXTENSION');
    known.set(type, data);
  }
  return known;
}

function badExtension(): HandshakeFailure {
  return new HandshakeFailure('illegal_parameter', 'BAD_EXTENSION');
}

function placeOf(type: number, profile: Profile): 'here' | 'elsewhere' | 'unknown' {
  if (ofServerHello.includes(type)) return 'here';
  if (ofOtherMessages.includes(type)) return 'elsewhere';
  if (!profile.hasRawPublicKeys) return 'unknown';
  if (type === compressCertificate) return 'elsewhere';
  return type === clientCertificateType || type === serverCertificateType ? 'here' : 'unknown';
}

/** A client signals the one by a cipher suite; whether the other was asked for shows when it is read. */
function mayBeUnsolicited(type: number): boolean {
  return type === Type.renegotiationInfo || type === Type.signedCertificateTimestamp;
}

/** What `read` gives; data of another form is a bad extension. */
export function orBadExtension<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireError) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
    throw error;
  }
}
