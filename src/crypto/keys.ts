import { WireError } from '../wire/index.js';
import { curveOf } from './curves.js';
import { DerReader, DerTag } from './der.js';
import { CryptoError } from './error.js';
import type { DigestName, KeyKind, SignatureName } from './provider.js';

/** How a signature is made: with which kind of arithmetic, over which hash. */
export interface SchemeForm {
  readonly form: 'ecdsa' | 'pkcs1' | 'pss' | 'ed25519' | 'ed448';
  /** Null: the algorithm hashes by itself. */
  readonly digest: DigestName | null;
}

const schemeForms: Readonly<Record<SignatureName, SchemeForm>> = {
  ecdsa_sha1: { form: 'ecdsa', digest: 'sha1' },
  ecdsa_sha224: { form: 'ecdsa', digest: 'sha224' },
  ecdsa_secp256r1_sha256: { form: 'ecdsa', digest: 'sha256' },
  ecdsa_secp384r1_sha384: { form: 'ecdsa', digest: 'sha384' },
  ecdsa_secp521r1_sha512: { form: 'ecdsa', digest: 'sha512' },
  rsa_pkcs1_sha1: { form: 'pkcs1', digest: 'sha1' },
  rsa_pkcs1_sha224: { form: 'pkcs1', digest: 'sha224' },
  rsa_pkcs1_sha256: { form: 'pkcs1', digest: 'sha256' },
  rsa_pkcs1_sha384: { form: 'pkcs1', digest: 'sha384' },
  rsa_pkcs1_sha512: { form: 'pkcs1', digest: 'sha512' },
  rsa_pss_rsae_sha256: { form: 'pss', digest: 'sha256' },
  rsa_pss_rsae_sha384: { form: 'pss', digest: 'sha384' },
  rsa_pss_rsae_sha512: { form: 'pss', digest: 'sha512' },
  ed25519: { form: 'ed25519', digest: null },
  ed448: { form: 'ed448', digest: null },
};

export const digestBytes: Readonly<Record<DigestName, number>> = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

export function schemeForm(scheme: SignatureName): SchemeForm {
  return schemeForms[scheme];
}

/** Bytes of the salt: RFC 8446 §4.2.3, as long as the hash; none in schemes that draw nothing. */
export function saltBytes(scheme: SignatureName): number {
  const { form, digest } = schemeForms[scheme];
  return form === 'pss' && digest !== null ? digestBytes[digest] : 0;
}

/** Whether keys of `kind` make and check signatures of `scheme`. */
export function schemeFits(kind: KeyKind, scheme: SignatureName): boolean {
  const { form } = schemeForms[scheme];
  switch (form) {
    case 'ecdsa':
      return curveOf(kind) !== undefined;
    case 'pkcs1':
    case 'pss':
      return kind === 'rsa';
    default:
      return kind === form;
  }
}

/** Throws `CryptoError` unless keys of `kind` make signatures of `scheme`. */
export function requireScheme(kind: KeyKind, scheme: SignatureName): void {
  if (!schemeFits(kind, scheme)) {
    throw new CryptoError(`a key of the kind ${kind} makes no ${scheme} signature`);
  }
}

/**
 * A SubjectPublicKeyInfo of these kinds has one DER form up to the key itself: its length and what it begins with
 * (RFC 5480 §2.1.1 with a named curve and an uncompressed point, RFC 8410 §4).
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
    kind: 'ec-p384',
    length: 120,
    prefix: [
      0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
      0x22, 0x03, 0x62, 0x00, 0x04,
    ],
  },
  {
    kind: 'ec-p521',
    length: 158,
    prefix: [
      0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
      0x00, 0x23, 0x03, 0x81, 0x86, 0x00, 0x04,
    ],
  },
  {
    kind: 'ed25519',
    length: 44,
    prefix: [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00],
  },
  {
    kind: 'ed448',
    length: 69,
    prefix: [0x30, 0x43, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71, 0x03, 0x3a, 0x00],
  },
];

/** RFC 3279 §2.3.1: rsaEncryption, whose parameters are NULL. */
const rsaAlgorithm: readonly number[] = [
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];
/** Bits of a modulus: OpenSSL makes none below, and uses none above (OPENSSL_RSA_MAX_MODULUS_BITS). */
const modulusBitsMin = 512;
const modulusBitsMax = 16_384;

/** The kind of a key (DER, SubjectPublicKeyInfo), or undefined for one that the stack does not support. */
export function publicKeyKind(spki: Uint8Array): KeyKind | undefined {
  const form = spkiForms.find((one) => one.length === spki.length && one.prefix.every((byte, i) => byte === spki[i]));
  return form?.kind ?? (modulusBits(spki) === undefined ? undefined : 'rsa');
}

/** Bits of an RSA key's modulus (DER, SubjectPublicKeyInfo); undefined for what is no such key. */
export function modulusBits(spki: Uint8Array): number | undefined {
  try {
    const outer = new DerReader(spki);
    const info = outer.enter(DerTag.sequence);
    outer.end();
    const { raw } = info.expect(DerTag.sequence);
    if (raw.length !== rsaAlgorithm.length || !rsaAlgorithm.every((byte, i) => byte === raw[i])) return undefined;
    const key = new DerReader(info.expect(DerTag.bitString).contents.subarray(1)).enter(DerTag.sequence);
    const bits = bitsOf(key.expect(DerTag.integer).contents);
    return bits >= modulusBitsMin && bits <= modulusBitsMax ? bits : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** Bytes of an RSA key's modulus, which are those of its signatures and of what is encrypted to it. */
export function modulusBytes(spki: Uint8Array): number | undefined {
  const bits = modulusBits(spki);
  return bits === undefined ? undefined : Math.ceil(bits / 8);
}

/**
 * Bytes of a signature by the key (DER, SubjectPublicKeyInfo): always the same number, which both providers make.
 * @throws CryptoError for a key of no kind that is supported
 */
export function signatureBytes(spki: Uint8Array): number {
  const kind = publicKeyKind(spki);
  if (kind === 'ed25519') return 64;
  if (kind === 'ed448') return 114;
  const bytes = kind === undefined ? undefined : (curveOf(kind)?.signatureBytes ?? modulusBytes(spki));
  if (bytes === undefined) throw new CryptoError('expected a public key of a kind that is supported');
  return bytes;
}

/** RFC 5480 §2.1.1, the part before the coordinates of a point: with them, the whole key. */
export function spkiPrefix(kind: KeyKind): Uint8Array {
  return Uint8Array.from(spkiForms.find((form) => form.kind === kind)?.prefix ?? []);
}

/** Bits of an INTEGER that is not negative. */
function bitsOf(contents: Uint8Array): number {
  const first = contents.findIndex((byte) => byte !== 0);
  if (first < 0) return 0;
  return 8 * (contents.length - first) - (Math.clz32(contents[first] ?? 0) - 24);
}
