/** The peer's certificates, in either version: kept, and of a client verified. */
import { CertificateError, type CertificateInfo } from '../crypto/index.js';
import { type AlertName, HandshakeFailure } from '../handshake/index.js';
import type { Connection } from './connection.js';
import { duplicateSession } from './sessions.js';
import { Verify } from './state.js';
import { alertOfVerifyError, verifyPeer } from './verify-peer.js';

/**
 * Keeps the peer's chain; a first certificate that cannot be read fails the handshake.
 * @param unreadable - what a peer is then told: of a server bad_certificate, of a client decode_error
 */
export function takePeerChain(connection: Connection, chain: readonly Uint8Array[], unreadable: AlertName): void {
  const { handshake } = connection;
  const [leaf, ...others] = chain;
  handshake.peerCertificate = leaf === undefined ? undefined : readLeaf(connection, leaf, unreadable);
  handshake.peerChain = [
    ...(handshake.peerCertificate === undefined ? [] : [handshake.peerCertificate.der]),
    ...others.map((der) => der.slice()),
  ];
}

function readLeaf({ library }: Connection, der: Uint8Array, unreadable: AlertName): CertificateInfo {
  try {
    return library.certificates.read(der);
  } catch (error) {
    if (error instanceof CertificateError) throw new HandshakeFailure(unreadable, 'ASN1_LIB');
    throw error;
  }
}

/** @param missing what a client is told that has to have a certificate and sent none */
export function acceptClientChain(connection: Connection, chain: readonly Uint8Array[], missing: AlertName): void {
  const { handshake, tls13 } = connection;
  takePeerChain(connection, chain, 'decode_error');
  const leaf = handshake.peerChain[0];
  if (leaf === undefined) {
    if ((connection.verifyMode & Verify.peer) !== 0 && (connection.verifyMode & Verify.failIfNoPeerCert) !== 0) {
      throw new HandshakeFailure(missing, 'PEER_DID_NOT_RETURN_A_CERTIFICATE');
    }
  } else {
    connection.verifyResult = verifyPeer(connection);
    if (connection.verifyResult !== 0) {
      throw new HandshakeFailure(alertOfVerifyError(connection.verifyResult), 'CERTIFICATE_VERIFY_FAILED');
    }
  }
  if (tls13.lateAuthentication === 'requested') duplicateSession(connection);
  const { session } = connection;
  if (session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  session.peerCertificate = leaf;
  session.verifyResult = connection.verifyResult;
}
