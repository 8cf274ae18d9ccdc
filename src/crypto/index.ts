/** Cryptography: the interface the stack asks for, its two providers, keys and certificates. */
export { type AddressNumbers, parseAddress } from './address.js';
export {
  type CertificateInfo,
  type CertificateOptions,
  makeCertificate,
  readCertificate,
} from './certificate.js';
export { type CertificatePurpose, isForSigning } from './certificate-extensions.js';
export { curveOf } from './curves.js';
export { makePrivateKey, readPrivateKey } from './der-keys.js';
export { readDistinguishedName } from './distinguished-name.js';
export { CertificateError, CryptoError } from './error.js';
export { fastCrypto } from './fast.js';
export type { ExpectedHost } from './host-name.js';
export { modulusBits, publicKeyKind, saltBytes, schemeFits, signatureBytes } from './keys.js';
export { KnownCertificates } from './known-certificates.js';
export { ConstraintError } from './name-constraints.js';
export {
  type Aead,
  type AeadName,
  aeadKeyBytes,
  aeadTagBytes,
  type BlockCipher,
  type BlockCipherName,
  blockCipherKeyBytes,
  type Credential,
  type CryptoProvider,
  type CurveName,
  cipherBlockBytes,
  type DhGroupName,
  type DigestName,
  type GroupName,
  type HashName,
  hashBytes,
  type KeyKind,
  type KeyShare,
  type KeyShareAnswer,
  type MacName,
  macBytes,
  type PrivateKey,
  type RunningHash,
  type ShareFault,
  type SignatureName,
} from './provider.js';
export { realCrypto } from './real.js';
export type { RsaDecrypted } from './rsa-encryption.js';
export type { Strength } from './strength.js';
export { type TestCredentialName, testCredentials } from './test-credentials.js';
export {
  type AcceptedErrors,
  type ChainQuestion,
  type Verified,
  VerifyError,
  type VerifyStep,
  verifyChain,
} from './verify-chain.js';
