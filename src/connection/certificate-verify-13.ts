/** CertificateVerify of TLS 1.3, the same on both sides: RFC 8446 §4.4.3. */
import type { PrivateKey } from '../crypto/index.js';
import {
  certificateVerifyContent,
  groupOfKey,
  HandshakeFailure,
  offeredSchemes,
  schemeFitsKey,
  signatureName,
} from '../handshake/index.js';
import { NamedGroup, readCertificateVerify, SignatureScheme, writeCertificateVerify } from '../wire/index.js';
import type { Connection } from './connection.js';
import { digestOf } from './keys-13.js';

/** RFC 8446 §4.2.3: what may sign a handshake, and for ECDSA on which curve. */
const schemes: ReadonlyMap<number, number | undefined> = new Map<number, number | undefined>([
  [SignatureScheme.ecdsaSecp256r1Sha256, NamedGroup.secp256r1],
  [SignatureScheme.ecdsaSecp384r1Sha384, NamedGroup.secp384r1],
  [SignatureScheme.ecdsaSecp521r1Sha512, NamedGroup.secp521r1],
  [SignatureScheme.ed25519, undefined],
  [SignatureScheme.ed448, undefined],
  [SignatureScheme.rsaPssRsaeSha256, undefined],
  [SignatureScheme.rsaPssRsaeSha384, undefined],
  [SignatureScheme.rsaPssRsaeSha512, undefined],
  [SignatureScheme.rsaPssPssSha256, undefined],
  [SignatureScheme.rsaPssPssSha384, undefined],
  [SignatureScheme.rsaPssPssSha512, undefined],
]);

export function isSchemeOf13(scheme: number): boolean {
  return schemes.has(scheme);
}

/** Whether that key may sign a handshake so. */
export function schemeFitsKeyOf13(scheme: number, key: Pick<PrivateKey, 'kind' | 'publicKey'>): boolean {
  const curve = schemes.get(scheme);
  return schemes.has(scheme) && schemeFitsKey(scheme, key) && (curve === undefined || curve === groupOfKey(key.kind));
}

export function makeCertificateVerify13(connection: Connection): Uint8Array {
  const { handshake, environment } = connection;
  const scheme = handshake.signatureScheme;
  const credential = handshake.certificate?.credential;
  const name = scheme === undefined ? undefined : signatureName(scheme);
  if (scheme === undefined || name === undefined || credential === undefined) {
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
  const content = certificateVerifyContent(connection.server ? 'server' : 'client', digestOf(connection));
  const signature = environment.crypto.sign(credential.key, name, content, (target) =>
    connection.fillRandom('signature-salt', target),
  );
  return writeCertificateVerify({ scheme, signature });
}

/** tls_process_cert_verify, against the transcript up to the peer's Certificate. */
export function onCertificateVerify13(connection: Connection, body: Uint8Array): void {
  const { handshake, environment } = connection;
  const verify = readCertificateVerify(body);
  if (handshake.peerCertificate === undefined || handshake.certificateVerifyHash === undefined) {
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
  const { publicKey } = handshake.peerCertificate;
  const name = signatureName(verify.scheme);
  const isOffered = offeredSchemes(connection.profile).includes(verify.scheme);
  if (name === undefined || !isOffered || !schemeFitsKeyOf13(verify.scheme, handshake.peerCertificate))
    throw new HandshakeFailure('illegal_parameter', 'WRONG_SIGNATURE_TYPE');
  const content = certificateVerifyContent(connection.server ? 'client' : 'server', handshake.certificateVerifyHash);
  if (!environment.crypto.verify(publicKey, name, content, verify.signature)) {
    throw new HandshakeFailure('decrypt_error', 'BAD_SIGNATURE');
  }
}
