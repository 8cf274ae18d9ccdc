import { WireError } from '../wire/index.js';
import { ascii, equalBytes } from './bytes.js';
import {
  bitString,
  contextTag,
  type DerReader,
  DerTag,
  encode,
  integer,
  objectIdentifier,
  primitiveContextTag,
  sequence,
} from './der.js';
import { type GeneralName, type NameConstraints, readGeneralNames, readNameConstraints } from './general-names.js';

/** What TLS asks of a certificate's purpose: RFC 5280 §4.2.1.12, id-kp-serverAuth and id-kp-clientAuth. */
export type CertificatePurpose = 'server' | 'client';

/** The extensions of a certificate, as far as a chain's verification looks at them (RFC 5280 §4.2). Bytes are views. */
export interface CertificateExtensions {
  /** dNSName and iPAddress (version 4, dotted) of the subject's alternative names, in their order. */
  readonly names: readonly string[];
  readonly dnsNames: readonly string[];
  /** iPAddress: 4 or 16 bytes. */
  readonly addresses: readonly Uint8Array[];
  readonly altNames: readonly GeneralName[];
  /** What an authority allows below it. */
  readonly nameConstraints: NameConstraints | undefined;
  /** Whether the basic constraints name it an authority; undefined without basic constraints. */
  readonly authority: boolean | undefined;
  /** How many authorities may stand between it and the last certificate; undefined for any number. */
  readonly pathLength: number | undefined;
  /** The first byte of the key usage, whose first bit is digitalSignature; undefined without that extension. */
  readonly keyUsage: number | undefined;
  /** What it may be used for; undefined without the extension, which allows all. */
  readonly purposes: readonly CertificatePurpose[] | undefined;
  readonly subjectKeyId: Uint8Array | undefined;
  readonly authorityKeyId: Uint8Array | undefined;
  /** Whether a critical extension is none of those that are known here. */
  readonly unknownCritical: boolean;
  /** An extension that is known here cannot be read: OpenSSL (EXFLAG_INVALID) takes it for nobody's issuer, and finds none of its own. */
  readonly isInvalid: boolean;
}

/** RFC 5280 §4.2.1.3, bits of the first byte. */
export const KeyUsage = {
  digitalSignature: 0x80,
  keyEncipherment: 0x20,
  keyAgreement: 0x08,
  keyCertSign: 0x04,
} as const;
const crlSign = 0x02;

const oid = {
  subjectKeyIdentifier: objectIdentifier('2.5.29.14'),
  keyUsage: objectIdentifier('2.5.29.15'),
  subjectAltName: objectIdentifier('2.5.29.17'),
  basicConstraints: objectIdentifier('2.5.29.19'),
  nameConstraints: objectIdentifier('2.5.29.30'),
  authorityKeyIdentifier: objectIdentifier('2.5.29.35'),
  extendedKeyUsage: objectIdentifier('2.5.29.37'),
} as const;

const purposeIds: Readonly<Record<CertificatePurpose, Uint8Array>> = {
  server: objectIdentifier('1.3.6.1.5.5.7.3.1'),
  client: objectIdentifier('1.3.6.1.5.5.7.3.2'),
};

/** RFC 5280 §4.2.1.6: GeneralName. */
const dnsNameTag: number = primitiveContextTag(2);
const ipAddressTag: number = primitiveContextTag(7);
const keyIdentifierTag: number = primitiveContextTag(0);

/** What `makeCertificate` says of them. */
export interface ExtensionOptions {
  /** The subject's alternative names: DNS names, or addresses of IP version 4. */
  readonly names: readonly string[];
  /** Whether it may sign others. */
  readonly ca?: boolean;
  /** Of an authority: how many others may stand below it. */
  readonly pathLength?: number;
  /** Both unless told. */
  readonly purposes?: readonly CertificatePurpose[];
  /** Further ones, DER. */
  readonly others?: readonly Uint8Array[];
}

/** X509_get_key_usage, its first bit: a certificate that says nothing is for everything. */
export function isForSigning({ keyUsage, isInvalid }: CertificateExtensions): boolean {
  return !isInvalid && (keyUsage === undefined || (keyUsage & KeyUsage.digitalSignature) !== 0);
}

/** RFC 5280 §4.1: Extensions. */
export function encodeExtensions(options: ExtensionOptions): Uint8Array {
  const isTrue = encode(DerTag.boolean, Uint8Array.of(0xff));
  const ca = options.ca === true;
  const { pathLength } = options;
  const constraints = ca ? [isTrue, ...(pathLength === undefined ? [] : [integer(BigInt(pathLength))])] : [];
  const usage = ca
    ? bitString(Uint8Array.of(KeyUsage.digitalSignature | KeyUsage.keyCertSign | crlSign), 1)
    : bitString(Uint8Array.of(KeyUsage.digitalSignature), 7);
  const purposes = (options.purposes ?? ['server', 'client']).map((purpose) => purposeIds[purpose]);
  const extensions = [
    sequence(oid.basicConstraints, isTrue, encode(DerTag.octetString, sequence(...constraints))),
    sequence(oid.keyUsage, isTrue, encode(DerTag.octetString, usage)),
    sequence(oid.extendedKeyUsage, encode(DerTag.octetString, sequence(...purposes))),
  ];
  if (options.names.length > 0) {
    const names = sequence(...options.names.map(encodeGeneralName));
    extensions.push(sequence(oid.subjectAltName, encode(DerTag.octetString, names)));
  }
  return sequence(...extensions, ...(options.others ?? []));
}

/** Reads what follows the public key in a certificate. What does not fit throws `WireError`. */
export function decodeExtensions(tbs: DerReader): CertificateExtensions {
  while (tbs.more && !tbs.isNext(contextTag(3))) {
    tbs.next();
  }
  const found: Found = {
    names: [],
    dnsNames: [],
    addresses: [],
    altNames: [],
    nameConstraints: undefined,
    authority: undefined,
    pathLength: undefined,
    keyUsage: undefined,
    purposes: undefined,
    subjectKeyId: undefined,
    authorityKeyId: undefined,
    unknownCritical: false,
    isInvalid: false,
  };
  const list = tbs.more ? tbs.enter(contextTag(3)).enter(DerTag.sequence) : undefined;
  while (list?.more === true) {
    const extension = list.enter(DerTag.sequence);
    const type = extension.expect(DerTag.objectIdentifier).raw;
    const critical = extension.isNext(DerTag.boolean) && extension.next().contents[0] !== 0;
    const value = extension.enter(DerTag.octetString);
    try {
      if (!decodeExtension(found, type, value) && critical) found.unknownCritical = true;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      found.isInvalid = true;
    }
  }
  return found;
}

/** What has been found so far: written into one object, since a new one for each extension costs more than the reading. */
type Found = { -readonly [Field in keyof CertificateExtensions]: CertificateExtensions[Field] };

/** @returns whether the extension is known here */
function decodeExtension(found: Found, type: Uint8Array, value: DerReader): boolean {
  if (equalBytes(type, oid.basicConstraints)) {
    const constraints = value.enter(DerTag.sequence);
    found.authority = constraints.isNext(DerTag.boolean) && constraints.next().contents[0] !== 0;
    const length = constraints.isNext(DerTag.integer) ? constraints.next().contents : undefined;
    found.pathLength = length?.reduce((sum, byte) => sum * 256 + byte, 0);
  } else if (equalBytes(type, oid.keyUsage)) {
    const [, low = 0, high = 0] = value.expect(DerTag.bitString).contents;
    found.keyUsage = low | (high << 8);
  } else if (equalBytes(type, oid.extendedKeyUsage)) {
    found.purposes = decodePurposes(value.enter(DerTag.sequence));
  } else if (equalBytes(type, oid.subjectAltName)) {
    decodeAltNames(found, readGeneralNames(value.enter(DerTag.sequence)));
  } else if (equalBytes(type, oid.nameConstraints)) {
    found.nameConstraints = readNameConstraints(value.enter(DerTag.sequence));
  } else if (equalBytes(type, oid.subjectKeyIdentifier)) {
    found.subjectKeyId = value.expect(DerTag.octetString).contents;
  } else if (equalBytes(type, oid.authorityKeyIdentifier)) {
    const identifier = value.enter(DerTag.sequence);
    found.authorityKeyId = identifier.isNext(keyIdentifierTag) ? identifier.next().contents : undefined;
    if (identifier.isNext(contextTag(1))) readGeneralNames(identifier.enter(contextTag(1)));
    if (identifier.isNext(primitiveContextTag(2))) identifier.next(); // a serial number
    identifier.end();
  } else {
    return false;
  }
  return true;
}

function decodePurposes(list: DerReader): CertificatePurpose[] {
  const purposes: CertificatePurpose[] = [];
  while (list.more) {
    const { raw } = list.next();
    if (equalBytes(raw, purposeIds.server)) purposes.push('server');
    if (equalBytes(raw, purposeIds.client)) purposes.push('client');
  }
  return purposes;
}

function encodeGeneralName(name: string): Uint8Array {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name)
    ? encode(ipAddressTag, Uint8Array.from(name.split('.').map(Number)))
    : encode(dnsNameTag, ascii(name));
}

function decodeAltNames(found: Found, altNames: readonly GeneralName[]): void {
  const names: string[] = [];
  const dnsNames: string[] = [];
  const addresses: Uint8Array[] = [];
  for (const { tag, contents } of altNames) {
    if (tag === dnsNameTag) {
      const name = Buffer.from(contents).toString('latin1');
      dnsNames.push(name);
      names.push(name);
    } else if (tag === ipAddressTag) {
      addresses.push(contents);
      if (contents.length === 4) names.push(contents.join('.'));
    }
  }
  found.altNames = altNames;
  found.names = names;
  found.dnsNames = dnsNames;
  found.addresses = addresses;
}
