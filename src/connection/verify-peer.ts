/** Verification of the peer's certificate, as far as a list of trusted certificates decides it: X509_verify_cert(3). */
import { CertificateError, readCertificate } from '../crypto/index.js';
import { equalBytes } from '../session/index.js';
import type { Connection } from './connection.js';

const x509Ok = 0;
const unspecified = 1;
const depthZeroSelfSignedCert = 18;
const unableToGetIssuerLocally = 20;

/** The X509_V_ERR_… number, 0 when the leaf is trusted itself or was signed by what is. */
export function verifyPeer(connection: Connection, chain: readonly Uint8Array[]): number {
  const leaf = chain[0];
  if (leaf === undefined) return unspecified;
  const { trusted } = connection.context;
  if (trusted.some((one) => equalBytes(one, leaf))) return x509Ok;
  try {
    const { subjectName, issuerName } = readCertificate(leaf);
    return equalBytes(subjectName, issuerName) ? depthZeroSelfSignedCert : unableToGetIssuerLocally;
  } catch (error) {
    if (error instanceof CertificateError) return unspecified;
    throw error;
  }
}
