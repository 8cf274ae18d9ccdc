import { CryptoError } from './error.js';
import type { KeyKind, SignatureName } from './provider.js';

/** RFC 8446 §4.2.3: the kind of key that each scheme takes. */
const kindOfScheme: Readonly<Record<SignatureName, KeyKind>> = {
  ecdsa_secp256r1_sha256: 'ec-p256',
  rsa_pkcs1_sha256: 'rsa-2048',
  rsa_pss_rsae_sha256: 'rsa-2048',
  ed25519: 'ed25519',
};

/** Bytes of a signature by each kind of key: DER for ECDSA, of the one length that both providers make. */
export const signatureBytes: Readonly<Record<KeyKind, number>> = { 'ec-p256': 71, 'rsa-2048': 256, ed25519: 64 };

/** RFC 8017 §9.1: the salt of rsa_pss_rsae_sha256 is as long as its hash (RFC 8446 §4.2.3). */
export const pssSaltBytes = 32;

/** Whether keys of `kind` make and check signatures of `scheme`. */
export function schemeFits(kind: KeyKind, scheme: SignatureName): boolean {
  return kindOfScheme[scheme] === kind;
}

/** Throws `CryptoError` unless keys of `kind` make signatures of `scheme`. */
export function requireScheme(kind: KeyKind, scheme: SignatureName): void {
  if (!schemeFits(kind, scheme)) {
    throw new CryptoError(`a key of the kind ${kind} makes no ${scheme} signature: it takes ${kindOfScheme[scheme]}`);
  }
}

/**
 * A SubjectPublicKeyInfo of these kinds has one DER form up to the key itself: its length and what it begins with
 * (RFC 5480 §2.1.1 with secp256r1 and an uncompressed point, RFC 8410 §4, RFC 3279 §2.3.1 with 2048 bits).
 */
const spkiForms: readonly { readonly kind: KeyKind; readonly length: number; readonly prefix: readonly number[] }[] = [
  {
    kind: 'ec-p256',
    length: 91,
    prefix: [
      0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
      0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ],
  },
  {
    kind: 'ed25519',
    length: 44,
    prefix: [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00],
  },
  {
    kind: 'rsa-2048',
    length: 294,
    prefix: [
      0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
      0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00,
    ],
  },
];

/** The kind of a key (DER, SubjectPublicKeyInfo), or undefined for one that the stack does not support. */
export function publicKeyKind(spki: Uint8Array): KeyKind | undefined {
  return spkiForms.find((form) => form.length === spki.length && form.prefix.every((byte, i) => byte === spki[i]))
    ?.kind;
}

/** RFC 5480 §2.1.1, the part before the 64 bytes of the point's coordinates: with them, the whole key. */
export const spkiPrefixP256: Uint8Array = Uint8Array.from(spkiForms[0]?.prefix ?? []);
