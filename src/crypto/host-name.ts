import { equalBytes } from './bytes.js';
import type { CertificateInfo } from './certificate.js';

/** Whom a certificate has to be for; what is undefined is not asked. */
export interface ExpectedHost {
  readonly name: string | undefined;
  /** 4 or 16 bytes. */
  readonly address: Uint8Array | undefined;
}

const wildcardDotsMin = 2; // a wildcard has at least so many dots after it

/**
 * Whether the certificate is for the host of that name: X509_check_host(3), without flags. The common name counts where there
 * is no dNSName; a wildcard stands in the left-most label alone, whole or at one end of it.
 */
export function isForName({ dnsNames, commonNames }: CertificateInfo, name: string): boolean {
  return (dnsNames.length > 0 ? dnsNames : commonNames).some((pattern) => matches(pattern, name));
}

/** Whether the certificate is for that address: X509_check_ip(3). */
export function isForAddress({ addresses }: CertificateInfo, address: Uint8Array): boolean {
  return addresses.some((one) => equalBytes(one, address));
}

/** An address as it is written, IP version 4 or 6; undefined for what is none. */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseVersion6(text) : parseVersion4(text);
}

function parseVersion4(text: string): Uint8Array | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  return parts.every((part) => part <= 255) ? Uint8Array.from(parts) : undefined;
}

/** RFC 4291 §2.2. */
function parseVersion6(text: string): Uint8Array | undefined {
  const [before = '', after, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const head = parseGroups(before);
  const tail = after === undefined ? [] : parseGroups(after);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...head, ...new Uint8Array(missing), ...tail]);
}

function parseGroups(text: string): number[] | undefined {
  const bytes: number[] = [];
  const groups = text === '' ? [] : text.split(':');
  for (const [i, group] of groups.entries()) {
    const dotted = i === groups.length - 1 ? parseVersion4(group) : undefined;
    if (dotted === undefined && !/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
    bytes.push(...(dotted ?? [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
  }
  return bytes;
}

/** equal_wildcard. A name that begins with a dot stands for all that end with it. */
function matches(pattern: string, name: string): boolean {
  const wanted = name.toLowerCase();
  const given = pattern.toLowerCase();
  if (wanted.length > 1 && wanted.startsWith('.')) return given.endsWith(wanted) && !given.includes('\0');
  const star = wildcardAt(given);
  if (star === undefined) return given === wanted;
  const [prefix, suffix] = [given.slice(0, star), given.slice(star + 1)];
  if (wanted.length < prefix.length + suffix.length) return false;
  if (!wanted.startsWith(prefix) || !wanted.endsWith(suffix)) return false;
  const covered = wanted.slice(prefix.length, wanted.length - suffix.length);
  const isWholeLabel = prefix === '' && suffix.startsWith('.');
  if (isWholeLabel && covered === '') return false;
  if (!isWholeLabel && wanted.startsWith('xn--')) return false;
  return covered === '*' || /^[a-z0-9-]*$/.test(covered);
}

/** valid_star: where the wildcard of a pattern stands; undefined for a pattern that is to be taken as it is. */
function wildcardAt(pattern: string): number | undefined {
  const labels = pattern.split('.');
  const [first = '', ...rest] = labels;
  const at = first.indexOf('*');
  if (at < 0 || rest.length < wildcardDotsMin) return undefined;
  if (at !== 0 && at !== first.length - 1) return undefined;
  if (first.startsWith('xn--')) return undefined;
  const isLabel = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
  const own = first.replace('*', '');
  const isFirst = own === '' || /^[a-z0-9-]*$/.test(own);
  const isProper = isFirst && !own.startsWith('-') && !own.endsWith('-');
  return isProper && rest.every((label) => isLabel.test(label)) ? at : undefined;
}
