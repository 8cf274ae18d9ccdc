/** How strong keys and signatures of certificates are, in bits: EVP_PKEY_security_bits, X509_get_signature_info. */
import type { CertificateInfo } from './certificate.js';
import { digestBytes, modulusBits, schemeForm } from './keys.js';

/** What the security level asks for. */
export interface Strength {
  /** 80 at level 1, 112 at level 2. */
  readonly bitsMin: number;
  /** What SHA-1 counts for. */
  readonly sha1Bits: number;
}

/** Bits of strength that a modulus of so many bits has. */
const modulusStrength = [
  [15_360, 256],
  [7680, 192],
  [3072, 128],
  [2048, 112],
  [1024, 80],
] as const;

/** check_key_level: of the kinds of keys that are read here, only those of RSA may be too weak. */
export function isWeakKey({ publicKey }: CertificateInfo, { bitsMin }: Strength): boolean {
  const bits = modulusBits(publicKey);
  if (bits === undefined) return false;
  const strength = modulusStrength.find(([least]) => bits >= least)?.[1] ?? 0;
  return strength < bitsMin;
}

/** check_sig_level: half of the bits of what the signature hashes with. */
export function digestBits({ scheme }: CertificateInfo, { sha1Bits }: Strength): number {
  if (scheme === undefined) return 0;
  const { digest } = schemeForm(scheme);
  if (digest === null) return scheme === 'ed448' ? 224 : 128;
  return digest === 'sha1' ? sha1Bits : 4 * digestBytes[digest];
}
