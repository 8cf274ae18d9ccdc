/** Verification of the peer's certificate, as far as a list of trusted certificates decides it: X509_verify_cert(3). */
import { equalBytes } from '../session/index.js';
import type { Connection } from './connection.js';

const x509Ok = 0;
const unspecified = 1;
const depthZeroSelfSignedCert = 18;
const unableToGetIssuerLocally = 20;

/** The X509_V_ERR_… number; 0 when the peer's certificate is trusted itself. */
export function verifyPeer(connection: Connection): number {
  const { peerChain, peerCertificate } = connection.handshake;
  const leaf = peerChain[0];
  if (leaf === undefined || peerCertificate === undefined) return unspecified;
  if (connection.context.trusted.some((one) => equalBytes(one, leaf))) return x509Ok;
  const { subjectName, issuerName } = peerCertificate;
  return equalBytes(subjectName, issuerName) ? depthZeroSelfSignedCert : unableToGetIssuerLocally;
}
