/** Whether the names of a certificate are within what the authorities above it allow: RFC 5280 §4.2.1.10, crypto/x509/v3_ncons.c of OpenSSL. */
import { equalBytes } from './bytes.js';
import { canonicalName } from './canonical-name.js';
import type { CertificateInfo } from './certificate.js';
import { DerReader, DerTag, objectIdentifier } from './der.js';
import { type GeneralName, type NameConstraints, NameKind, type Subtree } from './general-names.js';
import { CheckFlag } from './name-pattern.js';

/** X509_V_ERR_… of name constraints. */
export const ConstraintError = {
  ok: 0,
  permittedViolation: 47,
  excludedViolation: 48,
  subtreeMinMax: 49,
  unsupportedConstraintType: 51,
  unsupportedNameSyntax: 53,
} as const;

/** In what OpenSSL's lines differ. */
export interface ConstraintRules {
  /** `absent`: a subtree has neither minimum nor maximum. `zero`: a minimum of 0, which DER leaves out, may be written. */
  readonly bounds: 'absent' | 'zero';
  /**
   * The host of a URI. `scanned`: up to the first colon behind the slashes, or else the first slash, and there has to be one.
   * `parsed`: without the user before it and the port behind it, up to the path, query or fragment; it may be empty.
   */
  readonly uriHosts: 'scanned' | 'parsed';
}

const emailAddress = objectIdentifier('1.2.840.113549.1.9.1');
const ia5String = 0x16;
const { ok, permittedViolation } = ConstraintError;

/**
 * check_name_constraints: each certificate against the constraints of all above it, from the last down.
 * @param options - `passes`: whether it goes on after an error at a depth
 */
export function checkNameConstraints(
  chain: readonly CertificateInfo[],
  options: {
    readonly hostFlags: number;
    readonly rules: ConstraintRules;
    readonly passes: (error: number, depth: number) => boolean;
  },
): boolean {
  for (let depth = chain.length - 1; depth >= 0; depth--) {
    const one = chain[depth];
    if (one === undefined || (depth > 0 && equalBytes(one.subjectName, one.issuerName))) continue;
    for (const above of chain.slice(depth + 1).reverse()) {
      if (above.nameConstraints === undefined) continue;
      const error = checkNames(one, above.nameConstraints, { ...options, isFirst: depth === 0 });
      if (!options.passes(error, depth)) return false;
    }
  }
  return true;
}

function checkNames(
  one: CertificateInfo,
  constraints: NameConstraints,
  options: { readonly hostFlags: number; readonly rules: ConstraintRules; readonly isFirst: boolean },
): number {
  const { hostFlags, rules, isFirst } = options;
  const error = firstError(namesOf(one), constraints, rules);
  if (error !== ok || !isFirst || (hostFlags & CheckFlag.neverCheckSubject) !== 0) return error;
  if ((hostFlags & CheckFlag.alwaysCheckSubject) === 0 && one.dnsNames.length > 0) return ok;
  const hosts = one.commonNames.filter(isHostName).map((name) => ({ tag: NameKind.dns, contents: Buffer.from(name) }));
  return firstError(hosts, constraints, rules);
}

function firstError(
  names: Iterable<GeneralName | 'unsupported'>,
  constraints: NameConstraints,
  rules: ConstraintRules,
): number {
  for (const name of names) {
    const error = name === 'unsupported' ? ConstraintError.unsupportedNameSyntax : matchTrees(name, constraints, rules);
    if (error !== ok) return error;
  }
  return ok;
}

/** The subject, the mail addresses in it, and its alternative names. */
function* namesOf({ subjectName, altNames }: CertificateInfo): Generator<GeneralName | 'unsupported'> {
  const sets = new DerReader(subjectName).enter(DerTag.sequence);
  if (sets.more) yield { tag: NameKind.directory, contents: subjectName };
  while (sets.more) {
    const attributes = sets.enter(DerTag.set);
    while (attributes.more) {
      const attribute = attributes.enter(DerTag.sequence);
      if (!equalBytes(attribute.expect(DerTag.objectIdentifier).raw, emailAddress)) continue;
      const { tag, contents } = attribute.next();
      yield tag === ia5String ? { tag: NameKind.email, contents } : 'unsupported';
    }
  }
  yield* altNames;
}

/** nc_match: where a kind is permitted at all one tree has to hold the name, and no excluded one may. */
function matchTrees(name: GeneralName, { permitted, excluded }: NameConstraints, rules: ConstraintRules): number {
  let match: 'none' | 'tried' | 'found' = 'none';
  for (const tree of permitted) {
    const { base } = tree;
    if (base.tag !== name.tag) continue;
    if (!isUnbounded(tree, rules)) return ConstraintError.subtreeMinMax;
    if (match === 'found') continue;
    const error = matchOne(name, base.contents, rules);
    if (error !== ok && error !== permittedViolation) return error;
    match = error === ok ? 'found' : 'tried';
  }
  if (match === 'tried') return permittedViolation;
  for (const tree of excluded) {
    const { base } = tree;
    if (base.tag !== name.tag) continue;
    if (!isUnbounded(tree, rules)) return ConstraintError.subtreeMinMax;
    const error = matchOne(name, base.contents, rules);
    if (error === ok) return ConstraintError.excludedViolation;
    if (error !== permittedViolation) return error;
  }
  return ok;
}

/** nc_minmax_valid: no maximum, and no minimum but 0. */
function isUnbounded({ minimum, hasMaximum }: Subtree, { bounds }: ConstraintRules): boolean {
  return !hasMaximum && (minimum === 'absent' || (bounds === 'zero' && minimum === 'zero'));
}

/** nc_match_single. */
function matchOne({ tag, contents }: GeneralName, base: Uint8Array, rules: ConstraintRules): number {
  switch (tag) {
    case NameKind.directory:
      return verdict(startsWith(canonicalName(nameIn(contents)), canonicalName(nameIn(base))));
    case NameKind.dns:
      return verdict(isWithinDomain(lower(contents), lower(base)));
    case NameKind.email:
      return matchEmail(text(contents), text(base));
    case NameKind.uri:
      return matchUri(text(contents), lower(base), rules);
    case NameKind.address:
      return matchAddress(contents, base);
    default:
      return ConstraintError.unsupportedConstraintType;
  }
}

function verdict(fits: boolean): number {
  return fits ? ok : permittedViolation;
}

/** A Name, with its tag: of a subject, or in a directoryName, which is tagged explicitly. */
function nameIn(bytes: Uint8Array): Uint8Array {
  return new DerReader(bytes).next().raw;
}

function startsWith(whole: Uint8Array, start: Uint8Array): boolean {
  return whole.length >= start.length && equalBytes(whole.subarray(0, start.length), start);
}

/** nc_dns: labels may stand in front. */
function isWithinDomain(name: string, domain: string): boolean {
  if (domain === '' || name === domain) return true;
  return name.length > domain.length && name.endsWith(domain.startsWith('.') ? domain : `.${domain}`);
}

/** nc_email: a host, all hosts below a domain, or one mailbox, whose local part counts as it is written. */
function matchEmail(email: string, base: string): number {
  const at = email.lastIndexOf('@');
  if (at < 0) return ConstraintError.unsupportedNameSyntax;
  const baseAt = base.lastIndexOf('@');
  if (baseAt < 0 && base.startsWith('.'))
    return verdict(email.length > base.length && email.toLowerCase().endsWith(base.toLowerCase()));
  if (baseAt > 0) {
    if (baseAt !== at) return permittedViolation;
    const [local, baseLocal] = [email.slice(0, at), base.slice(0, baseAt)];
    if (`${local}${baseLocal}`.includes('\0')) return ConstraintError.unsupportedNameSyntax;
    if (local !== baseLocal) return permittedViolation;
  }
  return verdict(email.slice(at + 1).toLowerCase() === base.slice(baseAt + 1).toLowerCase());
}

/** nc_uri: the host of it, or all hosts below a domain. */
function matchUri(uri: string, base: string, { uriHosts }: ConstraintRules): number {
  const colon = uri.indexOf(':');
  if (colon < 0 || !uri.startsWith('//', colon + 1)) return ConstraintError.unsupportedNameSyntax;
  const rest = uri.slice(colon + 3).toLowerCase();
  const host = uriHosts === 'scanned' ? scannedHost(rest) : parsedHost(rest);
  if (host === undefined) return ConstraintError.unsupportedNameSyntax;
  return verdict(base.startsWith('.') ? host.length > base.length && host.endsWith(base) : host === base);
}

function scannedHost(rest: string): string | undefined {
  const host = rest.replace(rest.includes(':') ? /:.*$/s : /\/.*$/s, '');
  return host === '' ? undefined : host;
}

/** OSSL_parse_url: an address of version 6 stands in brackets, a port is a number. */
function parsedHost(rest: string): string | undefined {
  const authority = rest.replace(/[/?#].*$/s, '');
  const [, host, port = '0'] =
    /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority.slice(authority.indexOf('@') + 1)) ?? [];
  return /^\d+$/.test(port) ? host : undefined;
}

/** nc_ip: a net is an address and a mask, of one of the versions. */
function matchAddress(address: Uint8Array, net: Uint8Array): number {
  const { length } = address;
  if (![4, 16].includes(length) || ![8, 32].includes(net.length)) return ConstraintError.unsupportedNameSyntax;
  if (net.length !== 2 * length) return permittedViolation;
  return verdict(address.every((byte, i) => ((byte ^ (net[i] ?? 0)) & (net[length + i] ?? 0)) === 0));
}

/** cn2dnsid: a common name of two labels and more that could be a host's. */
function isHostName(name: string): boolean {
  return /^\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)+$/.test(name.replace(/\0+$/, ''));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function lower(bytes: Uint8Array): string {
  return text(bytes).toLowerCase();
}
