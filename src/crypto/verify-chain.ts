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
  unableToVerifyLeafSignature: 21,
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
  /** What it means that the chain is accepted by an answer below 0, or an error that was accepted before the chain was built. */
  readonly acceptedErrors: AcceptedErrors;
  /** Asked at each error, and at each certificate that is good: 0 ends the verification. Absent: the first error does. */
  readonly onStep?: ((step: VerifyStep) => number) | undefined;
}

/**
 * `any`: whatever is not 0 accepts a chain that leads nowhere. `above-zero`: below 0 it is refused, and an error that was accepted
 * before the chain was built is told again in place of the chain's own.
 */
export type AcceptedErrors = 'any' | 'above-zero';

/** What the callback of SSL_CTX_set_verify(3) is told; `error` is the last that was met, also where this certificate is good. */
export interface VerifyStep {
  readonly preverifyOk: 0 | 1;
  readonly error: number;
  readonly depth: number;
}

export interface Verified {
  readonly ok: boolean;
  /** The last X509_V_ERR_… that OpenSSL met, 0 for none. */
  readonly error: number;
}

/** What has been met so far, and what was said to it. */
class Report {
  error: number = VerifyError.ok;
  readonly #onStep: ChainQuestion['onStep'];

  constructor({ onStep }: ChainQuestion) {
    this.#onStep = onStep;
  }

  /** verify_cb_cert: 0 ends the verification. */
  fail(error: number, depth: number): number {
    this.error = error;
    return this.#onStep?.({ preverifyOk: 0, error, depth }) ?? 0;
  }

  /** Whether it goes on after an error, if there is one. */
  passes(error: number, depth: number): boolean {
    return error === VerifyError.ok || this.fail(error, depth) !== 0;
  }

  /** Whether it goes on after a certificate that is good. */
  accepts(depth: number): boolean {
    return this.#onStep === undefined || this.#onStep({ preverifyOk: 1, error: this.error, depth }) !== 0;
  }
}

/**
 * X509_verify_cert. Its order: the peer's key, the chain, extensions, the strength of the others, the host, signatures and times, name
 * constraints.
 */
export function verifyChain(question: ChainQuestion): Verified {
  const report = new Report(question);
  if (isAccepted(question, report)) return { ok: true, error: report.error };
  return { ok: false, error: report.error === VerifyError.ok ? VerifyError.unspecified : report.error };
}

function isAccepted(question: ChainQuestion, report: Report): boolean {
  if (isWeakKey(question.chain[0], question.strength) && !report.passes(VerifyError.eeKeyTooSmall, 0)) return false;
  const built = buildChain(question);
  const { chain } = built;
  return (
    reachesTrusted(question, built, report) &&
    checkExtensions(question, chain, report) &&
    checkStrength(question, chain, report) &&
    checkHost(question, report) &&
    checkSignatures(question, chain, report) &&
    checkNameConstraints(chain, {
      hostFlags: question.host.flags,
      rules: question.constraintRules,
      passes: (error, depth) => report.passes(error, depth),
    })
  );
}

/** The end of build_chain: what is said of a chain that leads nowhere. */
function reachesTrusted({ acceptedErrors }: ChainQuestion, { chain, errors }: BuiltChain, report: Report): boolean {
  const depth = chain.length - 1;
  const isSigned = acceptedErrors === 'above-zero';
  if (errors.length === 0) return true;
  if (isSigned && report.error !== VerifyError.ok) return report.fail(report.error, depth) > 0;
  const [error = VerifyError.ok, next] = errors;
  const answer = report.fail(error, depth);
  if (!isSigned) return answer !== 0;
  if (next === undefined || answer === 0) return answer > 0;
  return report.fail(next, depth) > 0;
}

interface BuiltChain {
  readonly chain: readonly CertificateInfo[];
  /** Why it does not lead to a trusted one; of several the later is told where the first is accepted. */
  readonly errors: readonly number[];
}

/** build_chain: from the store where it has the issuer, else from the peer's own. */
function buildChain({ chain: peers, trusted, nowMs }: ChainQuestion): BuiltChain {
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
      if (isSelfSigned(issuer)) return { chain, errors: [] };
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
  const error = isSelfSigned(last)
    ? chain.length === 1
      ? VerifyError.depthZeroSelfSignedCert
      : VerifyError.selfSignedCertInChain
    : fromPeer
      ? VerifyError.unableToGetIssuerCertLocally
      : VerifyError.unableToGetIssuerCert;
  return { chain, errors: chain.length > verifyDepthMax + 1 ? [VerifyError.certChainTooLong, error] : [error] };
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
    if (timeErrors(one, nowMs).length === 0) return one;
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
function checkExtensions(question: ChainQuestion, chain: readonly CertificateInfo[], report: Report): boolean {
  let authorities = 0;
  for (const [depth, one] of chain.entries()) {
    if (one.unknownCritical && !report.passes(VerifyError.unhandledCriticalExtension, depth)) return false;
    const kind = authorityKind(one);
    const mustBeProper = depth + 1 < chain.length;
    const isImproper = depth > 0 && (kind === 'none' || (mustBeProper && kind !== 'proper'));
    if (isImproper && !report.passes(question.invalidCa, depth)) return false;
    // an authority that is none is for nothing, either
    const isForIt = isFor(one, question.purpose, depth) && (depth === 0 || kind !== 'none');
    if (!isForIt && !report.passes(VerifyError.invalidPurpose, depth)) return false;
    const isTooFar = depth > 1 && one.pathLength !== undefined && authorities > one.pathLength;
    if (isTooFar && !report.passes(VerifyError.pathLengthExceeded, depth)) return false;
    if (depth > 0 && !equalBytes(one.subjectName, one.issuerName)) authorities += 1;
  }
  return true;
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
function checkStrength({ strength }: ChainQuestion, chain: readonly CertificateInfo[], report: Report): boolean {
  for (const [depth, one] of chain.entries()) {
    if (depth > 0 && isWeakKey(one, strength) && !report.passes(VerifyError.caKeyTooSmall, depth)) return false;
    const isWeak = depth < chain.length - 1 && digestBits(one, strength) < strength.bitsMin;
    if (isWeak && !report.passes(VerifyError.caDigestTooWeak, depth)) return false;
  }
  return true;
}

/** check_id. */
function checkHost({ chain, host }: ChainQuestion, report: Report): boolean {
  const { name, address, flags } = host;
  const isOther = name !== undefined && !isForName(chain[0], name, flags);
  if (isOther && !report.passes(VerifyError.hostnameMismatch, 0)) return false;
  const isElsewhere = address !== undefined && !isForAddress(chain[0], address);
  return !isElsewhere || report.passes(VerifyError.ipAddressMismatch, 0);
}

/**
 * internal_verify, from the last certificate down. Where that is signed by itself, the signature says nothing and is not looked at;
 * where it is not, all of it is passed over, but for one that is alone.
 */
function checkSignatures(
  { provider, nowMs }: ChainQuestion,
  chain: readonly CertificateInfo[],
  report: Report,
): boolean {
  let issuer: CertificateInfo | undefined;
  for (const [place, one] of chain.toReversed().entries()) {
    const depth = chain.length - 1 - place;
    if (issuer !== undefined) {
      const maySign = issuer.keyUsage === undefined || (issuer.keyUsage & KeyUsage.keyCertSign) !== 0;
      if (!maySign && !report.passes(VerifyError.keyUsageNoCertSign, depth + 1)) return false;
      const { scheme, agreesOnAlgorithm, signed, signature } = one;
      const fits =
        scheme !== undefined && agreesOnAlgorithm && provider.verify(issuer.publicKey, scheme, signed, signature);
      if (!fits && !report.passes(VerifyError.certSignatureFailure, depth)) return false;
    }
    const isUnsigned = issuer === undefined && !isSelfSigned(one);
    issuer = one;
    if (isUnsigned && depth > 0) continue;
    if (isUnsigned && !report.passes(VerifyError.unableToVerifyLeafSignature, 0)) return false;
    if (!timeErrors(one, nowMs).every((error) => report.passes(error, depth)) || !report.accepts(depth)) return false;
  }
  return true;
}

/** X509_cmp_time calls equal times earlier: valid from its first second on, and up to the last without that. */
function timeErrors({ notBeforeMs, notAfterMs }: CertificateInfo, nowMs: number): number[] {
  const secondMs = Math.floor(nowMs / 1000) * 1000;
  return [
    ...(notBeforeMs > secondMs ? [VerifyError.certNotYetValid] : []),
    ...(notAfterMs <= secondMs ? [VerifyError.certHasExpired] : []),
  ];
}
