/**
 * The cryptography that the stack asks for. Two providers implement it: `real` (standard algorithms, what it makes OpenSSL
 * accepts) and `fast` (cheap arithmetic of the same sizes). Under the same plan both give the same events, sizes and times.
 */
import type { RsaDecrypted } from './rsa-encryption.js';

export type HashName = 'sha256' | 'sha384';
/** What a MAC of records or tickets is made with; SHA-1 stands in old cipher suites alone. */
export type MacName = HashName | 'sha1';
export type AeadName = 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305';
export type BlockCipherName = 'aes-128-cbc' | 'aes-256-cbc';
/** Groups of Diffie-Hellman, where both sides do the same. */
export type DhGroupName = CurveName | 'x25519' | 'x448';
export type GroupName = DhGroupName | 'X25519MLKEM768';
/** RFC 8422 §5.1.1: the curves over primes. */
export type CurveName = 'secp256r1' | 'secp384r1' | 'secp521r1';
/** What signatures hash with. */
export type DigestName = HashName | 'sha1' | 'sha224' | 'sha512';
/**
 * RFC 8446 §4.2.3, and `ecdsa_sha224` and `rsa_pkcs1_sha224` of RFC 5246. The curve in a name binds TLS 1.3 alone: in
 * certificates and in TLS 1.2 a key of any curve makes them.
 */
export type SignatureName =
  | 'ecdsa_sha1'
  | 'ecdsa_sha224'
  | 'ecdsa_secp256r1_sha256'
  | 'ecdsa_secp384r1_sha384'
  | 'ecdsa_secp521r1_sha512'
  | 'rsa_pkcs1_sha1'
  | 'rsa_pkcs1_sha224'
  | 'rsa_pkcs1_sha256'
  | 'rsa_pkcs1_sha384'
  | 'rsa_pkcs1_sha512'
  | 'rsa_pss_rsae_sha256'
  | 'rsa_pss_rsae_sha384'
  | 'rsa_pss_rsae_sha512'
  | 'ed25519'
  | 'ed448';
/** RSA: with a modulus of any length. */
export type KeyKind = 'ec-p256' | 'ec-p384' | 'ec-p521' | 'rsa' | 'ed25519' | 'ed448';

/** Bytes of an AEAD's key; every nonce has 12 bytes, every tag 16. */
export const aeadKeyBytes: Readonly<Record<AeadName, number>> = {
  'aes-128-gcm': 16,
  'aes-256-gcm': 32,
  'chacha20-poly1305': 32,
};
export const aeadTagBytes = 16;
export const hashBytes: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48 };
export const macBytes: Readonly<Record<MacName, number>> = { ...hashBytes, sha1: 20 };
/** Bytes of a block cipher's key; blocks and IVs have 16. */
export const blockCipherKeyBytes: Readonly<Record<BlockCipherName, number>> = { 'aes-128-cbc': 16, 'aes-256-cbc': 32 };
export const cipherBlockBytes = 16;

/** A hash that goes on after it was asked: `digest` gives the hash of all that was fed so far. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
  /** One that was fed the same, and goes its own way. */
  copy(): RunningHash;
}

export interface Aead {
  /** Ciphertext followed by the 16-byte tag. `nonce` has 12 bytes. */
  seal(nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** The plaintext, or undefined when the tag does not fit. */
  open(nonce: Uint8Array, additionalData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** CBC over whole blocks, without padding; `iv` has 16 bytes. */
export interface BlockCipher {
  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
}

export interface KeyShare {
  readonly group: GroupName;
  /** As on the wire: 32 bytes for X25519, 56 for X448, an uncompressed point for the curves, 1216 for X25519MLKEM768. */
  readonly publicKey: Uint8Array;
  /**
   * The shared secret (as long as a coordinate, 64 for X25519MLKEM768), or undefined when the peer's key is no valid point, the
   * result is all zero, or what was encapsulated (1088 bytes before the 32 of X25519) has another length.
   */
  agree(peerPublicKey: Uint8Array): Uint8Array | undefined;
}

/** Why no secret comes of a share: no key of its group, the point at infinity, or a point of small order. */
export type ShareFault = 'no-point' | 'infinity' | 'small-order';

/** What a server sends for a client's share, and the secret that both have then. */
export interface KeyShareAnswer {
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array;
}

export interface PrivateKey {
  readonly kind: KeyKind;
  /** DER, PKCS#8. */
  readonly pkcs8: Uint8Array;
  /** DER, SubjectPublicKeyInfo of the matching public key. */
  readonly publicKey: Uint8Array;
}

/** A certificate chain, leaf first (DER), with the leaf's key. */
export interface Credential {
  readonly chain: readonly Uint8Array[];
  readonly key: PrivateKey;
}

export interface CryptoProvider {
  readonly name: 'real' | 'fast';
  startHash(hash: HashName): RunningHash;
  /** The hash of `data`. */
  hash(hash: HashName, data: Uint8Array): Uint8Array;
  hmac(hash: MacName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** RFC 5246 §5: PRF(secret, label, seed), `length` bytes. */
  prf(hash: HashName, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array;
  /** RFC 5869 §2.2: a pseudorandom key, as long as the hash. */
  hkdfExtract(hash: HashName, salt: Uint8Array, inputKeyingMaterial: Uint8Array): Uint8Array;
  /** RFC 8446 §7.1: HKDF-Expand-Label, `label` without its `tls13 `; at most 255 times the hash's length. */
  hkdfExpandLabel(hash: HashName, secret: Uint8Array, label: string, context: Uint8Array, length: number): Uint8Array;
  /** What a client calls a session that came with this ticket, 32 bytes: SHA-256 of it, so that the server's echo is known. */
  ticketId(ticket: Uint8Array): Uint8Array;
  aead(name: AeadName, key: Uint8Array): Aead;
  blockCipher(name: BlockCipherName, key: Uint8Array): BlockCipher;
  /** AES-256-CBC with PKCS#7 padding; keys of 32 bytes, `iv` of 16. */
  cbcEncrypt(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** The plaintext, or undefined when the padding does not fit. */
  cbcDecrypt(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
  /** A fresh key pair; `fill` provides its random bytes. */
  keyShare(group: GroupName, fill: (target: Uint8Array) => void): KeyShare;
  /**
   * A server's answer to a client's share, undefined where `agree` would be: a fresh key pair, or in a group with a KEM what was
   * encapsulated to the client's key. `fill` provides the random bytes.
   */
  answerKeyShare(
    group: GroupName,
    clientShare: Uint8Array,
    fill: (target: Uint8Array) => void,
  ): KeyShareAnswer | undefined;
  /** Of a share for which `agree` or `answerKeyShare` has no secret. */
  shareFault(group: GroupName, share: Uint8Array): ShareFault;
  /**
   * A signature of a length that depends on the key alone (see `signatureBytes`), so that both providers make messages of
   * equal size. Deterministic but for PSS, whose salt comes from `fill`.
   */
  sign(key: PrivateKey, scheme: SignatureName, message: Uint8Array, fill: (target: Uint8Array) => void): Uint8Array;
  /** RSAES-PKCS1-v1_5, as long as the modulus. `fill` gives the padding's random bytes. @param publicKey DER, SubjectPublicKeyInfo of RSA */
  rsaEncrypt(publicKey: Uint8Array, message: Uint8Array, fill: (target: Uint8Array) => void): Uint8Array;
  /** What was encrypted to an RSA key; `no-ciphertext` for what everybody can see to be none. */
  rsaDecrypt(key: PrivateKey, ciphertext: Uint8Array): RsaDecrypted;
  /** @param publicKey DER, SubjectPublicKeyInfo */
  verify(publicKey: Uint8Array, scheme: SignatureName, message: Uint8Array, signature: Uint8Array): boolean;
}
