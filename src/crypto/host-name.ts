import { equalBytes } from './bytes.js';
import type { CertificateInfo } from './certificate.js';
import { CheckFlag, matchesName } from './name-pattern.js';

/** Whom a certificate has to be for; what is undefined is not asked. */
export interface ExpectedHost {
  readonly name: string | undefined;
  /** 4 or 16 bytes. */
  readonly address: Uint8Array | undefined;
  /** X509_CHECK_FLAG_…, which say how a name is compared. */
  readonly flags: number;
}

/** Whether the certificate is for the host of that name: X509_check_host(3). The common name counts where there is no dNSName. */
export function isForName({ dnsNames, commonNames }: CertificateInfo, name: string, flags: number): boolean {
  const wanted = utf8Bytes(name);
  const names = (list: readonly string[]): boolean => list.some((pattern) => matchesName(pattern, wanted, flags));
  if (names(dnsNames)) return true;
  if (dnsNames.length > 0 && (flags & CheckFlag.alwaysCheckSubject) === 0) return false;
  return (flags & CheckFlag.neverCheckSubject) === 0 && names(commonNames.map(utf8Bytes));
}

/** One character a byte, as a dNSName has them. */
function utf8Bytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Whether the certificate is for that address: X509_check_ip(3). */
export function isForAddress({ addresses }: CertificateInfo, address: Uint8Array): boolean {
  return addresses.some((one) => equalBytes(one, address));
}
