/** Verification of the peer's certificate, and the alert for each way in which it fails: ssl_verify_cert_chain, ssl_x509err2alert. */
import {
  CertificateError,
  type CertificateInfo,
  ConstraintError,
  type KnownCertificates,
  type Verified,
  VerifyError,
  type VerifyStep,
  verifyChain,
} from '../crypto/index.js';
import type { AlertName } from '../handshake/index.js';
import type { Profile } from '../profile/index.js';
import type { Connection } from './connection.js';

/**
 * ssl_verify_cert_chain: whether the peer's chain leads to a trusted certificate, and is for the expected host, or the application's
 * callback has accepted it all the same. What was met is the connection's verify result from then on.
 */
export function verifyPeer(connection: Connection): boolean {
  const { environment, handshake, verifyCallback } = connection;
  const { peerChain, peerCertificate } = handshake;
  const onStep = verifyCallback && ((step: VerifyStep) => verifyCallback(connection, step));
  const { ok, error } =
    peerCertificate === undefined
      ? { ok: false, error: VerifyError.unspecified }
      : verify(connection, peerCertificate, { chain: peerChain, nowMs: environment.nowMs(), onStep });
  connection.verifyResult = error;
  return ok;
}

/**
 * What a full handshake would make of a chain by what the connection is set to: the X509_V_ERR_… number, 0 for none.
 * @param peer - `chain`: DER, the peer's own first; `nowMs`: as of when, milliseconds since the Unix epoch
 */
export function verifyAsOf(
  connection: Connection,
  peer: { readonly chain: readonly Uint8Array[]; readonly nowMs: number },
): number {
  const [leaf] = readable(connection.library.certificates, peer.chain.slice(0, 1));
  return leaf === undefined ? VerifyError.unspecified : verify(connection, leaf, peer).error;
}

function verify(
  connection: Connection,
  leaf: CertificateInfo,
  peer: {
    readonly chain: readonly Uint8Array[];
    readonly nowMs: number;
    readonly onStep?: ((step: VerifyStep) => number) | undefined;
  },
): Verified {
  const { chain, nowMs, onStep } = peer;
  const { environment, context, profile, server, expectedHost } = connection;
  const others = readable(connection.library.certificates, chain.slice(1));
  const cached = (one: CertificateInfo): CertificateInfo => withFlags(one, profile);
  return verifyChain({
    provider: environment.crypto,
    chain: [cached(leaf), ...others.map(cached)],
    trusted: context.trusted.map(cached),
    purpose: server ? 'client' : 'server',
    host: expectedHost,
    nowMs,
    invalidCa: profile.invalidCa,
    constraintRules: profile.constraintRules,
    strength: profile.certificateStrength,
    acceptedErrors: profile.acceptedErrors,
    onStep,
  });
}

/** x509v3_cache_extensions: what each line takes for no certificate. */
function withFlags(one: CertificateInfo, { emptyKeyUsage }: Profile): CertificateInfo {
  return emptyKeyUsage === 'invalid' && one.keyUsage === 0 ? { ...one, isInvalid: true } : one;
}

/** What the peer is told. */
export function alertOfVerifyError(error: number): AlertName {
  switch (error) {
    case VerifyError.unspecified:
      return 'internal_error';
    case VerifyError.certHasExpired:
      return 'certificate_expired';
    case VerifyError.certSignatureFailure:
      return 'decrypt_error';
    case VerifyError.invalidPurpose:
      return 'unsupported_certificate';
    case VerifyError.certNotYetValid:
    case VerifyError.hostnameMismatch:
    case VerifyError.eeKeyTooSmall:
    case VerifyError.caKeyTooSmall:
    case VerifyError.caDigestTooWeak:
    case VerifyError.ipAddressMismatch:
      return 'bad_certificate';
    case VerifyError.keyUsageNoCertSign:
    case VerifyError.unhandledCriticalExtension:
    case ConstraintError.permittedViolation:
    case ConstraintError.excludedViolation:
    case ConstraintError.subtreeMinMax:
    case ConstraintError.unsupportedConstraintType:
    case ConstraintError.unsupportedNameSyntax:
      return 'certificate_unknown';
    default:
      return 'unknown_ca';
  }
}

/** A certificate of a kind that is not supported is no issuer of anything here. */
function readable(certificates: KnownCertificates, chain: readonly Uint8Array[]): CertificateInfo[] {
  const found: CertificateInfo[] = [];
  for (const der of chain) {
    try {
      found.push(certificates.read(der));
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
    }
  }
  return found;
}
