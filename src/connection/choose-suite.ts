/** Which cipher suite, signature scheme and group a server takes: ssl3_choose_cipher and what it asks. */
import { type Credential, isForSigning, type KeyKind } from '../crypto/index.js';
import {
  type CipherSuite,
  chooseScheme,
  cipherSuite,
  cipherSuiteOfTls13,
  groupOfKey,
  HandshakeFailure,
  offeredSchemes,
  suiteFitsKey,
  suiteUnderTls12,
} from '../handshake/index.js';
import type { ClientHello } from '../wire/index.js';
import type { Connection } from './connection.js';
import { groupsOf12 } from './groups.js';
import { Option } from './state.js';
import { suitesOf12 } from './suites.js';
import { takesCertificate } from './unused-extensions.js';

export function chooseSuite(connection: Connection, hello: ClientHello): void {
  const { handshake, session } = connection;
  if (connection.hit) {
    const code = session?.cipherSuite ?? -1;
    const later = cipherSuiteOfTls13(code);
    handshake.suite = later === undefined ? cipherSuite(code) : suiteUnderTls12(later);
    if (handshake.suite === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    return;
  }
  handshake.suite = sharedSuite(connection, hello);
  if (handshake.suite === undefined) throw new HandshakeFailure('handshake_failure', 'NO_SHARED_CIPHER');
  if (handshake.signatureScheme === undefined || !takesCertificate(hello, connection.credential)) {
    throw new HandshakeFailure('handshake_failure', 'NO_SUITABLE_SIGNATURE_ALGORITHM');
  }
  const callback = connection.notResumableSession;
  if (callback !== undefined && session !== undefined)
    session.notResumable = callback(connection, handshake.suite.keyExchange === 'rsa' ? 0 : 1) !== 0;
  if (session?.notResumable === true) connection.ticketExpected = false;
}

/**
 * ssl3_choose_cipher: the first of the client's that the server has too, and has a key, a scheme and a group for. Whether there is
 * a scheme for an RSA key shows only afterwards, since that key could encrypt as well.
 */
function sharedSuite(connection: Connection, hello: ClientHello): CipherSuite | undefined {
  const { handshake, credential } = connection;
  if (credential === undefined) return undefined;
  const own = suitesOf12(connection);
  const [preferred, other] = connection.has(Option.cipherServerPreference)
    ? [own, hello.cipherSuites]
    : [hello.cipherSuites, own];
  handshake.signatureScheme = chooseScheme(sharedSchemes(connection), credential.key);
  handshake.certificate = connection.certificate;
  const canExchange =
    (handshake.signatureScheme !== undefined || credential.key.kind === 'rsa') &&
    sharedGroup(connection) !== undefined &&
    acceptsCurveOf(connection, credential);
  for (const code of preferred) {
    const suite = other.includes(code) ? cipherSuite(code) : undefined;
    if (suite === undefined || !suiteFitsKey(suite, credential.key.kind)) continue;
    if (suite.authentication === 'ecdsa' && !maySign(connection, credential)) continue;
    if (suite.keyExchange === 'rsa' || canExchange) return suite;
  }
  return undefined;
}

/** ssl_set_masks: the certificate of a curve's key has to allow signatures; that of an Edwards curve is not asked. */
function maySign({ library }: Connection, { chain, key }: Credential): boolean {
  const [own] = chain;
  return groupOfKey(key.kind) === undefined || own === undefined || isForSigning(library.certificates.read(own));
}

/** tls1_check_cert_param: an ECDSA key is of use only on a curve that the client lists, and as a point that it can read. */
function acceptsCurveOf({ handshake, profile }: Connection, credential: Credential): boolean {
  const group = groupOfKey(credential.key.kind);
  if (group === undefined) return true;
  if (profile.checksPointFormats && !handshake.peerTakesUncompressed) return false;
  return handshake.peerGroups === undefined || handshake.peerGroups.includes(group);
}

/**
 * tls12_check_peer_sigalg, of a peer's ECDSA key: up to 3.0 its point has to be of a form that the peer itself lists; its curve has to be
 * among one's own groups, and for a server among those that the client lists.
 */
export function requirePointAndCurve(connection: Connection, kind: KeyKind): void {
  const { profile, handshake, server } = connection;
  const group = groupOfKey(kind);
  if (group === undefined) return;
  if (profile.checksPointFormats && !handshake.peerTakesUncompressed)
    throw new HandshakeFailure('illegal_parameter', 'ILLEGAL_POINT_COMPRESSION');
  const isListed = !server || handshake.peerGroups === undefined || handshake.peerGroups.includes(group);
  if (!isListed || !groupsOf12(connection).includes(group))
    throw new HandshakeFailure('illegal_parameter', 'WRONG_CURVE');
}

/** tls1_set_shared_sigalgs. */
export function sharedSchemes(connection: Connection): readonly number[] {
  const { handshake, profile } = connection;
  const own = offeredSchemes(profile);
  return connection.has(Option.cipherServerPreference)
    ? own.filter((code) => handshake.peerSchemes.includes(code))
    : handshake.peerSchemes.filter((code) => own.includes(code));
}

/** tls1_set_server_sigalgs. */
export function requireSharedScheme(connection: Connection): void {
  if (sharedSchemes(connection).length > 0) return;
  throw new HandshakeFailure('handshake_failure', 'NO_SHARED_SIGNATURE_ALGORITHMS');
}

/** tls1_shared_group: the preferred one of those that both take; a client that lists none takes none. */
export function sharedGroup(connection: Connection): number | undefined {
  const { peerGroups } = connection.handshake;
  if (peerGroups === undefined) return undefined;
  const own = groupsOf12(connection);
  return connection.has(Option.cipherServerPreference)
    ? own.find((code) => peerGroups.includes(code))
    : peerGroups.find((code) => own.includes(code));
}
