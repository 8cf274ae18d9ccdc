/** Signature schemes of TLS 1.2: what is offered, and which one a key signs with. */
import type { KeyKind, SignatureName } from '../crypto/index.js';
import { SignatureScheme } from '../wire/index.js';

const namesByCode: ReadonlyMap<number, SignatureName> = new Map<number, SignatureName>([
  [SignatureScheme.ecdsaSecp256r1Sha256, 'ecdsa_secp256r1_sha256'],
  [SignatureScheme.rsaPssRsaeSha256, 'rsa_pss_rsae_sha256'],
  [SignatureScheme.rsaPkcs1Sha256, 'rsa_pkcs1_sha256'],
  [SignatureScheme.ed25519, 'ed25519'],
]);

const schemesOfKey: Readonly<Record<KeyKind, readonly number[]>> = {
  'ec-p256': [SignatureScheme.ecdsaSecp256r1Sha256],
  'rsa-2048': [SignatureScheme.rsaPssRsaeSha256, SignatureScheme.rsaPkcs1Sha256],
  ed25519: [SignatureScheme.ed25519],
};

/** What both sides offer, in OpenSSL's order. */
export const offeredSchemes: readonly number[] = [
  SignatureScheme.ecdsaSecp256r1Sha256,
  SignatureScheme.ed25519,
  SignatureScheme.rsaPssRsaeSha256,
  SignatureScheme.rsaPkcs1Sha256,
];

export function signatureName(code: number): SignatureName | undefined {
  return namesByCode.get(code);
}

/** The first of the peer's schemes that the key can sign with. */
export function chooseScheme(peerSchemes: readonly number[], kind: KeyKind): number | undefined {
  return peerSchemes.find((code) => schemesOfKey[kind].includes(code));
}

export function schemeFitsKey(code: number, kind: KeyKind): boolean {
  return schemesOfKey[kind].includes(code);
}
