/** Whether a chain leads from a peer's certificate to a trusted one: X509_verify_cert(3), RFC 5280 §6. */
import { equalBytes } from './bytes.js';
import type { CertificateInfo } from './certificate.js';
import { type CertificatePurpose, KeyUsage } from './certificate-extensions.js';
import { type ExpectedHost, isForAddress, isForName } from './host-name.js';
import { schemeFits } from './keys.js';
import { type ConstraintRules, checkNameConstraints } from './name-constraints.js';
import type { CryptoProvider } from './provider.js';
import { digestBits, isWeakKey, type Strength } from './strength.js';

/** X509_V_ERR_… of x509_vfy.h. What an authority that is none gives differs between OpenSSL's lines. */
export const VerifyError = {
  ok: 0,
  unspecified: 1,
  unableToGetIssuerCert: 2,
  certSignatureFailure: 7,
  certNotYetValid: 9,
  certHasExpired: 10,
  depthZeroSelfSignedCert: 18,
  selfSignedCertInChain: 19,
  unableToGetIssuerCertLocally: 20,
  certChainTooLong: 22,
  pathLengthExceeded: 25,
  invalidPurpose: 26,
  keyUsageNoCertSign: 32,
  unhandledCriticalExtension: 34,
  hostnameMismatch: 62,
  ipAddressMismatch: 64,
  eeKeyTooSmall: 66,
  caKeyTooSmall: 67,
  caDigestTooWeak: 68,
} as const;

/** How many certificates may stand between the first and a trusted one: the depth of OpenSSL's default parameters. */
const verifyDepthMax = 100;
/** Without basic constraints only a trusted certificate may be an authority, and hardly. */
type AuthorityKind = 'none' | 'proper' | 'old';

export interface ChainQuestion {
  readonly provider: CryptoProvider;
  /** The peer's chain, its own certificate first; the others are in any order, and may be of no use. */
  readonly chain: readonly [CertificateInfo, ...CertificateInfo[]];
  /** The store: a chain has to end in one of these that is signed by itself. */
  readonly trusted: readonly CertificateInfo[];
  /** What the peer is. */
  readonly purpose: CertificatePurpose;
  /** Whom the first certificate has to be for. */
  readonly host: ExpectedHost;
  /** Milliseconds since the Unix epoch; seconds count. */
  readonly nowMs: number;
  readonly strength: Strength;
  /** X509_V_ERR_INVALID_CA. */
  readonly invalidCa: number;
  readonly constraintRules: ConstraintRules;
}

/**
 * The first X509_V_ERR_… that OpenSSL meets, 0 for none. Its order: the peer's key, the chain, extensions, the strength of the
 * others, the host, signatures and times, name constraints.
 */
export function verifyChain(question: ChainQuestion): number {
  if (isWeakKey(question.chain[0], question.strength)) return VerifyError.eeKeyTooSmall;
  const chain = buildChain(question);
  if (typeof chain === 'number') return chain;
  return (
    checkExtensions(question, chain) ||
    checkStrength(question, chain) ||
    checkHost(question) ||
    checkSignatures(question, chain) ||
    checkNameConstraints(chain, { hostFlags: question.host.flags, rules: question.constraintRules })
  );
}

/** build_chain: from the store where it has the issuer, else from the peer's own. */
function buildChain({ chain: peers, trusted, nowMs }: ChainQuestion): CertificateInfo[] | number {
  const chain: CertificateInfo[] = [peers[0]];
  const untrusted = [...peers];
  let last = peers[0];
  let fromPeer = true;
  for (;;) {
    const tooLong = chain.length > verifyDepthMax + 1;
    const issuer = tooLong ? undefined : issuerOf(last, trusted, nowMs);
    if (issuer !== undefined && (!isSelfSigned(last) || equalBytes(last.der, issuer.der))) {
      fromPeer = false;
      if (!isSelfSigned(last)) chain.push(issuer);
      if (isSelfSigned(issuer)) return chain;
      last = issuer;
      continue;
    }
    if (!fromPeer) break;
    const candidates = untrusted.filter(
      (one) => chain.length === 1 || !chain.some((had) => equalBytes(had.der, one.der)),
    );
    const next = isSelfSigned(last) || tooLong ? undefined : issuerOf(last, candidates, nowMs);
    if (next === undefined) break;
    untrusted.splice(untrusted.indexOf(next), 1);
    chain.push(next);
    last = next;
  }
  if (chain.length > verifyDepthMax + 1) return VerifyError.certChainTooLong;
  if (isSelfSigned(last)) {
    return chain.length === 1 ? VerifyError.depthZeroSelfSignedCert : VerifyError.selfSignedCertInChain;
  }
  return fromPeer ? VerifyError.unableToGetIssuerCertLocally : VerifyError.unableToGetIssuerCert;
}

/** The first that is valid now, else the one that stays valid longest. */
function issuerOf(
  subject: CertificateInfo,
  candidates: readonly CertificateInfo[],
  nowMs: number,
): CertificateInfo | undefined {
  let best: CertificateInfo | undefined;
  for (const one of candidates) {
    if (!mayHaveIssued(one, subject)) continue;
    if (timeError(one, nowMs) === VerifyError.ok) return one;
    if (best === undefined || one.notAfterMs > best.notAfterMs) best = one;
  }
  return best;
}

/** ossl_x509_likely_issued: names, key identifiers and kind of key, not the signature. */
function mayHaveIssued(issuer: CertificateInfo, subject: CertificateInfo): boolean {
  if (!equalBytes(issuer.subjectName, subject.issuerName) || issuer.isInvalid || subject.isInvalid) return false;
  const { authorityKeyId, scheme } = subject;
  if (authorityKeyId !== undefined && issuer.subjectKeyId !== undefined) {
    if (!equalBytes(authorityKeyId, issuer.subjectKeyId)) return false;
  }
  return scheme === undefined || schemeFits(issuer.kind, scheme);
}

function isSelfSigned(certificate: CertificateInfo): boolean {
  return mayHaveIssued(certificate, certificate);
}

/** check_extensions. */
function checkExtensions(question: ChainQuestion, chain: readonly CertificateInfo[]): number {
  let authorities = 0;
  for (const [depth, one] of chain.entries()) {
    if (one.unknownCritical) return VerifyError.unhandledCriticalExtension;
    const kind = authorityKind(one);
    const mustBeProper = depth + 1 < chain.length;
    if (depth > 0 && (kind === 'none' || (mustBeProper && kind !== 'proper'))) return question.invalidCa;
    if (!isFor(one, question.purpose, depth)) return VerifyError.invalidPurpose;
    if (depth > 1 && one.pathLength !== undefined && authorities > one.pathLength)
      return VerifyError.pathLengthExceeded;
    if (depth > 0 && !equalBytes(one.subjectName, one.issuerName)) authorities += 1;
  }
  return VerifyError.ok;
}

/** check_ca. */
function authorityKind(one: CertificateInfo): AuthorityKind {
  if (one.keyUsage !== undefined && (one.keyUsage & KeyUsage.keyCertSign) === 0) return 'none';
  if (one.authority !== undefined) return one.authority ? 'proper' : 'none';
  return (one.version === 1 && isSelfSigned(one)) || one.keyUsage !== undefined ? 'old' : 'none';
}

/** check_purpose_ssl_server, check_purpose_ssl_client. */
function isFor(one: CertificateInfo, purpose: CertificatePurpose, depth: number): boolean {
  if (one.purposes !== undefined && !one.purposes.includes(purpose)) return false;
  if (depth > 0 || one.keyUsage === undefined) return true;
  const encipherment = purpose === 'server' ? KeyUsage.keyEncipherment : 0;
  return (one.keyUsage & (KeyUsage.digitalSignature | KeyUsage.keyAgreement | encipherment)) !== 0;
}

/** check_auth_level: the last certificate is trusted, and its signature is not asked for. */
function checkStrength({ strength }: ChainQuestion, chain: readonly CertificateInfo[]): number {
  for (const [depth, one] of chain.entries()) {
    if (depth > 0 && isWeakKey(one, strength)) return VerifyError.caKeyTooSmall;
    if (depth < chain.length - 1 && digestBits(one, strength) < strength.bitsMin) return VerifyError.caDigestTooWeak;
  }
  return VerifyError.ok;
}

/** check_id. */
function checkHost({ chain, host }: ChainQuestion): number {
  if (host.name !== undefined && !isForName(chain[0], host.name, host.flags)) return VerifyError.hostnameMismatch;
  if (host.address !== undefined && !isForAddress(chain[0], host.address)) return VerifyError.ipAddressMismatch;
  return VerifyError.ok;
}

/** internal_verify, from the trusted certificate down. That one's own signature says nothing and is not looked at. */
function checkSignatures({ provider, nowMs }: ChainQuestion, chain: readonly CertificateInfo[]): number {
  let issuer: CertificateInfo | undefined;
  for (const one of chain.toReversed()) {
    if (issuer !== undefined) {
      if (issuer.keyUsage !== undefined && (issuer.keyUsage & KeyUsage.keyCertSign) === 0) {
        return VerifyError.keyUsageNoCertSign;
      }
      const { scheme, agreesOnAlgorithm, signed, signature } = one;
      const fits =
        scheme !== undefined && agreesOnAlgorithm && provider.verify(issuer.publicKey, scheme, signed, signature);
      if (!fits) return VerifyError.certSignatureFailure;
    }
    const error = timeError(one, nowMs);
    if (error !== VerifyError.ok) return error;
    issuer = one;
  }
  return VerifyError.ok;
}

/** X509_cmp_time calls equal times earlier: valid from its first second on, and up to the last without that. */
function timeError({ notBeforeMs, notAfterMs }: CertificateInfo, nowMs: number): number {
  const secondMs = Math.floor(nowMs / 1000) * 1000;
  if (notBeforeMs > secondMs) return VerifyError.certNotYetValid;
  return notAfterMs <= secondMs ? VerifyError.certHasExpired : VerifyError.ok;
}
