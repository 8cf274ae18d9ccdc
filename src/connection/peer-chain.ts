/** The peer's certificates, in either version: kept, and of a client verified. */
import { CertificateError, type CertificateInfo, type KnownCertificates } from '../crypto/index.js';
import { type AlertName, HandshakeFailure } from '../handshake/index.js';
import { ExtensionType, type Reader, readExtensionList } from '../wire/index.js';
import { collectExtensions13 } from './collect-extensions.js';
import type { Connection } from './connection.js';
import { parsed } from './parsed.js';
import { duplicateSession } from './sessions.js';
import { Verify } from './state.js';
import { alertOfVerifyError, verifyPeer } from './verify-peer.js';

const certificateBounds = { min: 0, max: 2 ** 24 - 1 };
const extensionsBounds = { min: 0, max: 2 ** 16 - 1 };

/**
 * Keeps the peer's chain: certificate by certificate, each looked into before the next is.
 * @param list - certificate_list without its length
 * @param unreadable - what a peer is told of whose certificates one cannot be read
 */
export function takePeerChain(connection: Connection, list: Reader, unreadable: AlertName): void {
  const { handshake, library } = connection;
  const chain: Uint8Array[] = [];
  handshake.peerCertificate = undefined;
  while (list.remaining > 0) {
    const der = parsed(() => list.opaque(certificateBounds), 'CERT_LENGTH_MISMATCH');
    const read = readIfSupported(library.certificates, der, unreadable);
    if (chain.length === 0) handshake.peerCertificate = read;
    chain.push(read?.der ?? der.slice());
    if (connection.isTls13) {
      const extensions = parsed(() => list.sub(extensionsBounds), 'BAD_LENGTH');
      const known = collectExtensions13(connection, readExtensionList(extensions), 'certificate');
      // tls_parse_stoc_sct: of the first certificate, by a client that nobody told what to do with them
      if (!connection.server && chain.length === 1 && known.has(ExtensionType.signedCertificateTimestamp))
        throw new HandshakeFailure('unsupported_extension', 'BAD_EXTENSION');
    }
  }
  handshake.peerChain = chain;
}

/** certificate_list, which ends the message. */
export function wholeList(r: Reader): Reader {
  return parsed(() => {
    const list = r.sub(certificateBounds);
    r.end();
    return list;
  }, 'LENGTH_MISMATCH');
}

/** Undefined where its key is of a kind that nobody here has. */
function readIfSupported(
  known: KnownCertificates,
  der: Uint8Array,
  unreadable: AlertName,
): CertificateInfo | undefined {
  try {
    return known.read(der);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    if (error.code === 'UNSUPPORTED_KEY') return undefined;
    throw new HandshakeFailure(unreadable, 'ASN1_LIB');
  }
}

/**
 * @param list - certificate_list without its length
 * @param missing - what a client is told that has to have a certificate and sent none
 */
export function acceptClientChain(connection: Connection, list: Reader, missing: AlertName): void {
  const { handshake, tls13 } = connection;
  takePeerChain(connection, list, 'decode_error');
  const leaf = handshake.peerChain[0];
  if (leaf === undefined) {
    if ((connection.verifyMode & Verify.peer) !== 0 && (connection.verifyMode & Verify.failIfNoPeerCert) !== 0) {
      throw new HandshakeFailure(missing, 'PEER_DID_NOT_RETURN_A_CERTIFICATE');
    }
  } else if (handshake.peerCertificate === undefined) {
    throw new HandshakeFailure('handshake_failure', 'UNKNOWN_CERTIFICATE_TYPE');
  } else if (!verifyPeer(connection)) {
    throw new HandshakeFailure(alertOfVerifyError(connection.verifyResult), 'CERTIFICATE_VERIFY_FAILED');
  }
  if (tls13.lateAuthentication === 'requested') duplicateSession(connection);
  const { session } = connection;
  if (session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  session.peerCertificate = leaf;
  session.verifyResult = connection.verifyResult;
}
