/** How names of hosts are compared with the patterns in certificates: crypto/x509/v3_utl.c of OpenSSL. */

/** X509_CHECK_FLAG_… of x509v3.h. */
export const CheckFlag = {
  alwaysCheckSubject: 0x1,
  noWildcards: 0x2,
  noPartialWildcards: 0x4,
  multiLabelWildcards: 0x8,
  singleLabelSubdomains: 0x10,
  neverCheckSubject: 0x20,
} as const;

const wildcardDotsMin = 2; // a wildcard has at least so many dots after it
const idnaPrefix = 'xn--';

/**
 * equal_wildcard, equal_nocase: whether a certificate's pattern covers the name. A wildcard stands in the left-most label
 * alone, whole or at one end of it. A name that begins with a dot stands for all that end with it.
 */
export function matchesName(pattern: string, name: string, flags: number): boolean {
  if (pattern === '') return false;
  const [given, wanted] = [lowerCase(pattern), lowerCase(name)];
  const isSubdomain = name.length > 1 && name.startsWith('.');
  if (isSubdomain) return endsWithDomain(given, wanted, flags);
  const star = (flags & CheckFlag.noWildcards) === 0 ? wildcardAt(given, flags) : undefined;
  if (star === undefined) return given === wanted && !given.includes('\0');
  return matchesWildcard(given.slice(0, star), given.slice(star + 1), wanted, flags);
}

/** skip_prefix. */
function endsWithDomain(pattern: string, domain: string, flags: number): boolean {
  if (!pattern.endsWith(domain) || pattern.includes('\0')) return false;
  const prefix = pattern.slice(0, pattern.length - domain.length);
  return (flags & CheckFlag.singleLabelSubdomains) === 0 || !prefix.includes('.');
}

/** valid_star: where the wildcard of a pattern stands; undefined for a pattern that is to be taken as it is. */
function wildcardAt(pattern: string, flags: number): number | undefined {
  const labels = pattern.split('.');
  const [first = '', ...rest] = labels;
  const at = first.indexOf('*');
  if (at < 0 || rest.length < wildcardDotsMin) return undefined;
  const isWhole = first.length === 1;
  if ((flags & CheckFlag.noPartialWildcards) !== 0 && !isWhole) return undefined;
  if (at !== 0 && at !== first.length - 1) return undefined;
  if (first.startsWith(idnaPrefix)) return undefined;
  // no hyphen at either end of what is written of the first label, but for one right after the wildcard
  const isFirst = /^(\*|[a-z0-9]([a-z0-9-]*[a-z0-9])?\*|\*[a-z0-9-]*[a-z0-9])$/.test(first);
  const isLabel = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
  return isFirst && rest.every((label) => isLabel.test(label)) ? at : undefined;
}

/** wildcard_match. */
function matchesWildcard(prefix: string, suffix: string, name: string, flags: number): boolean {
  if (name.length < prefix.length + suffix.length) return false;
  if (!name.startsWith(prefix) || !name.endsWith(suffix)) return false;
  const covered = name.slice(prefix.length, name.length - suffix.length);
  const isWholeLabel = prefix === '' && suffix.startsWith('.');
  if (isWholeLabel && covered === '') return false;
  if (!isWholeLabel && name.startsWith(idnaPrefix)) return false;
  if (covered === '*') return true;
  const isMulti = isWholeLabel && (flags & CheckFlag.multiLabelWildcards) !== 0;
  return (isMulti ? /^[a-z0-9.-]*$/ : /^[a-z0-9-]*$/).test(covered);
}

/** Of ASCII letters alone, as OpenSSL compares. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
