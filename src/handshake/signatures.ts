/** Signature schemes of TLS 1.2: what is offered, and which one a key signs with. */
import { modulusBits, type PrivateKey, type SignatureName, saltBytes, schemeFits } from '../crypto/index.js';
import type { Profile } from '../profile/index.js';
import { ProtocolVersion, SignatureScheme } from '../wire/index.js';
import type { VersionLimits, VersionRange } from './versions.js';

type PublicKey = Pick<PrivateKey, 'kind' | 'publicKey'>;

const namesByCode: ReadonlyMap<number, SignatureName> = new Map<number, SignatureName>([
  [SignatureScheme.ecdsaSecp256r1Sha256, 'ecdsa_secp256r1_sha256'],
  [SignatureScheme.ecdsaSecp384r1Sha384, 'ecdsa_secp384r1_sha384'],
  [SignatureScheme.ecdsaSecp521r1Sha512, 'ecdsa_secp521r1_sha512'],
  [SignatureScheme.ecdsaSha224, 'ecdsa_sha224'],
  [SignatureScheme.ecdsaSha1, 'ecdsa_sha1'],
  [SignatureScheme.ed25519, 'ed25519'],
  [SignatureScheme.ed448, 'ed448'],
  [SignatureScheme.rsaPssRsaeSha256, 'rsa_pss_rsae_sha256'],
  [SignatureScheme.rsaPssRsaeSha384, 'rsa_pss_rsae_sha384'],
  [SignatureScheme.rsaPssRsaeSha512, 'rsa_pss_rsae_sha512'],
  [SignatureScheme.rsaPkcs1Sha256, 'rsa_pkcs1_sha256'],
  [SignatureScheme.rsaPkcs1Sha384, 'rsa_pkcs1_sha384'],
  [SignatureScheme.rsaPkcs1Sha512, 'rsa_pkcs1_sha512'],
  [SignatureScheme.rsaPkcs1Sha224, 'rsa_pkcs1_sha224'],
  [SignatureScheme.rsaPkcs1Sha1, 'rsa_pkcs1_sha1'],
]);

/** tls12_sigalgs up to SHA-256. */
const strong: readonly number[] = [
  SignatureScheme.ecdsaSecp256r1Sha256,
  SignatureScheme.ecdsaSecp384r1Sha384,
  SignatureScheme.ecdsaSecp521r1Sha512,
  SignatureScheme.ed25519,
  SignatureScheme.ed448,
  SignatureScheme.rsaPssPssSha256,
  SignatureScheme.rsaPssPssSha384,
  SignatureScheme.rsaPssPssSha512,
  SignatureScheme.rsaPssRsaeSha256,
  SignatureScheme.rsaPssRsaeSha384,
  SignatureScheme.rsaPssRsaeSha512,
  SignatureScheme.rsaPkcs1Sha256,
  SignatureScheme.rsaPkcs1Sha384,
  SignatureScheme.rsaPkcs1Sha512,
];
const strongDsa: readonly number[] = [SignatureScheme.dsaSha256, SignatureScheme.dsaSha384, SignatureScheme.dsaSha512];

const dsa: ReadonlySet<number> = new Set([...strongDsa, SignatureScheme.dsaSha224, SignatureScheme.dsaSha1]);

/** With SHA-1, which only the security level 1 of 1.1.1 lets pass. Nobody here has keys of DSA: they are offered alone. */
const withSha1: readonly number[] = [
  ...strong,
  SignatureScheme.ecdsaSha224,
  SignatureScheme.ecdsaSha1,
  SignatureScheme.rsaPkcs1Sha224,
  SignatureScheme.rsaPkcs1Sha1,
  SignatureScheme.dsaSha224,
  SignatureScheme.dsaSha1,
  ...strongDsa,
];
const withoutSha1: readonly number[] = [
  ...strong,
  SignatureScheme.ecdsaSha224,
  SignatureScheme.rsaPkcs1Sha224,
  SignatureScheme.dsaSha224,
  ...strongDsa,
];

/** Of TLS 1.3 alone. Nobody here has keys for them: they are offered alone, as those of DSA are. */
const mlDsa: readonly number[] = [SignatureScheme.mlDsa65, SignatureScheme.mlDsa87, SignatureScheme.mlDsa44];
const brainpool: readonly number[] = [
  SignatureScheme.ecdsaBrainpoolP256r1Tls13Sha256,
  SignatureScheme.ecdsaBrainpoolP384r1Tls13Sha384,
  SignatureScheme.ecdsaBrainpoolP512r1Tls13Sha512,
];
const beforeBrainpool = strong.indexOf(SignatureScheme.rsaPssPssSha256);

/** What both sides offer where they speak TLS 1.2, in OpenSSL's order. */
export function offeredSchemes(profile: Profile): readonly number[] {
  return profile.signsWithSha1 ? withSha1 : withoutSha1;
}

/** What a ClientHello offers that goes from one version to another; those of TLS 1.3 go by what is set, not by what options leave of it. */
export function schemesOfHello(limits: VersionLimits, { min }: VersionRange): readonly number[] {
  const { profile, methodVersion, maxVersion } = limits;
  const list = min < ProtocolVersion.tls13 ? offeredSchemes(profile) : strong;
  const max = methodVersion === 'any' ? maxVersion || ProtocolVersion.tls13 : methodVersion;
  return max >= ProtocolVersion.tls13 ? withLater(profile, list) : list;
}

function withLater(profile: Profile, list: readonly number[]): readonly number[] {
  if (!profile.offersLaterSchemes) return list;
  return [...mlDsa, ...list.slice(0, beforeBrainpool), ...brainpool, ...list.slice(beforeBrainpool)];
}

/** What a server of TLS 1.3 asks a client's certificate for: all but DSA, and from 3.5 on nothing that TLS 1.2 alone has. */
export function requestedSchemes(profile: Profile): readonly number[] {
  if (!profile.requestsSchemesOf12) return withLater(profile, strong);
  return offeredSchemes(profile).filter((code) => !dsa.has(code));
}

/** What a code means; undefined for what is not spoken, were it offered. */
export function signatureName(code: number): SignatureName | undefined {
  return namesByCode.get(code);
}

/** tls_choose_sigalg: the first of the schemes that the key can sign with. */
export function chooseScheme(schemes: readonly number[], key: PublicKey): number | undefined {
  return schemes.find((code) => schemeFitsKey(code, key) && hasRoom(code, key));
}

/** RFC 5246 §7.4.1.4.1: whatever the curve. */
export function schemeFitsKey(code: number, { kind }: Pick<PublicKey, 'kind'>): boolean {
  const name = namesByCode.get(code);
  return name !== undefined && schemeFits(kind, name);
}

/** rsa_pss_check_min_key_size. */
function hasRoom(code: number, { publicKey }: PublicKey): boolean {
  const name = namesByCode.get(code);
  const salt = name === undefined ? 0 : saltBytes(name);
  if (salt === 0) return true;
  return Math.ceil((modulusBits(publicKey) ?? 0) / 8) >= 2 * salt + 2;
}
