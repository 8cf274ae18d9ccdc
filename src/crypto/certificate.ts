import { WireError } from '../wire/index.js';
import { ascii, equalBytes, toBigInt } from './bytes.js';
import {
  bitString,
  contextTag,
  DerReader,
  DerTag,
  encode,
  integer,
  objectIdentifier,
  primitiveContextTag,
  sequence,
  utf8String,
} from './der.js';
import { decodeTime, encodeTime } from './der-time.js';
import { CertificateError } from './error.js';
import { publicKeyKind } from './keys.js';
import type { CryptoProvider, KeyKind, PrivateKey, SignatureName } from './provider.js';

/** What a certificate says (RFC 5280 §4.1). All bytes are views of the DER that was read. */
export interface CertificateInfo {
  /** DER, SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly kind: KeyKind;
  /** The common name of subject and issuer; empty when there is none. */
  readonly subject: string;
  readonly issuer: string;
  /** DER, Name: what chains compare. */
  readonly subjectName: Uint8Array;
  readonly issuerName: Uint8Array;
  /** dNSName and iPAddress (version 4, dotted) of the subject's alternative names, in their order. */
  readonly names: readonly string[];
  readonly serial: bigint;
  /** Milliseconds since the Unix epoch, both inclusive. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Whether the basic constraints name it an authority. */
  readonly ca: boolean;
  /** What the signature covers. */
  readonly signed: Uint8Array;
  /** How the issuer signed, or undefined when with an algorithm that the stack does not know. */
  readonly scheme: SignatureName | undefined;
  readonly signature: Uint8Array;
}

/** What `makeCertificate` writes. */
export interface CertificateOptions {
  /** The common name, ASCII. */
  readonly subject: string;
  /** The subject's alternative names: DNS names, or addresses of IP version 4. */
  readonly names: readonly string[];
  /** Who signs; the subject itself unless told. */
  readonly issuer?: { readonly subject: string; readonly key: PrivateKey };
  readonly key: PrivateKey;
  readonly serial: bigint;
  /** Milliseconds since the Unix epoch; seconds count. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Whether it may sign others. */
  readonly ca?: boolean;
  readonly provider: CryptoProvider;
}

const oid = {
  commonName: objectIdentifier('2.5.4.3'),
  keyUsage: objectIdentifier('2.5.29.15'),
  subjectAltName: objectIdentifier('2.5.29.17'),
  basicConstraints: objectIdentifier('2.5.29.19'),
  extendedKeyUsage: objectIdentifier('2.5.29.37'),
  serverAuth: objectIdentifier('1.3.6.1.5.5.7.3.1'),
  clientAuth: objectIdentifier('1.3.6.1.5.5.7.3.2'),
} as const;

/** How each kind of key signs certificates: AlgorithmIdentifier of RFC 5758 §3.2, RFC 4055 §5, RFC 8410 §3. */
const algorithms: Readonly<Record<KeyKind, { readonly scheme: SignatureName; readonly identifier: Uint8Array }>> = {
  'ec-p256': {
    scheme: 'ecdsa_secp256r1_sha256',
    identifier: sequence(objectIdentifier('1.2.840.10045.4.3.2')),
  },
  'rsa-2048': {
    scheme: 'rsa_pkcs1_sha256',
    identifier: sequence(objectIdentifier('1.2.840.113549.1.1.11'), encode(DerTag.null)),
  },
  ed25519: { scheme: 'ed25519', identifier: sequence(objectIdentifier('1.3.101.112')) },
};

/** RFC 5280 §4.2.1.6: GeneralName. */
const dnsNameTag: number = primitiveContextTag(2);
const ipAddressTag: number = primitiveContextTag(7);

/** An X.509 certificate, DER. The same options give the same bytes. */
export function makeCertificate(options: CertificateOptions): Uint8Array {
  const issuer = options.issuer ?? { subject: options.subject, key: options.key };
  const { scheme, identifier } = algorithms[issuer.key.kind];
  const signed = sequence(
    encode(contextTag(0), integer(2n)),
    integer(options.serial),
    identifier,
    encodeName(issuer.subject),
    sequence(encodeTime(options.notBeforeMs), encodeTime(options.notAfterMs)),
    encodeName(options.subject),
    options.key.publicKey,
    encode(contextTag(3), encodeExtensions(options)),
  );
  const signature = options.provider.sign(issuer.key, scheme, signed, () => {
    throw new RangeError('certificates are signed without random bytes');
  });
  return sequence(signed, identifier, bitString(signature));
}

/**
 * What a certificate says. Neither its signature nor its times are checked.
 * @throws CertificateError when it is no X.509 certificate, or its key is of a kind that is not supported
 */
export function readCertificate(der: Uint8Array): CertificateInfo {
  try {
    return decodeCertificate(der);
  } catch (cause) {
    if (cause instanceof WireError) {
      throw new CertificateError('DECODE_ERROR', `expected an X.509 certificate (DER): ${cause.message}`, { cause });
    }
    throw cause;
  }
}

function decodeCertificate(der: Uint8Array): CertificateInfo {
  const outermost = new DerReader(der);
  const certificate = outermost.enter(DerTag.sequence);
  outermost.end();
  const signed = certificate.expect(DerTag.sequence);
  const algorithm = certificate.expect(DerTag.sequence).raw;
  const signature = certificate.expect(DerTag.bitString).contents.subarray(1);
  certificate.end();

  const tbs = new DerReader(signed.contents);
  if (tbs.isNext(contextTag(0))) {
    tbs.next();
  }
  const serial = tbs.expect(DerTag.integer).contents;
  tbs.expect(DerTag.sequence);
  const issuerName = tbs.expect(DerTag.sequence).raw;
  const validity = tbs.enter(DerTag.sequence);
  const notBeforeMs = decodeTime(validity.next()) ?? validity.fail('expected a time');
  const notAfterMs = decodeTime(validity.next()) ?? validity.fail('expected a time');
  const subjectName = tbs.expect(DerTag.sequence).raw;
  const publicKey = tbs.expect(DerTag.sequence).raw;
  const kind = publicKeyKind(publicKey);
  if (kind === undefined) {
    throw new CertificateError(
      'UNSUPPORTED_KEY',
      'expected a certificate with a key of P-256, Ed25519 or RSA with 2048 bits',
    );
  }
  const scheme = Object.values(algorithms).find((known) => equalBytes(known.identifier, algorithm))?.scheme;
  return {
    publicKey,
    kind,
    subject: commonName(subjectName),
    issuer: commonName(issuerName),
    subjectName,
    issuerName,
    serial: toBigInt(serial),
    notBeforeMs,
    notAfterMs,
    ...decodeExtensions(tbs),
    signed: signed.raw,
    scheme,
    signature,
  };
}

/** RFC 5280 §4.1.2.4, with a common name alone. */
function encodeName(name: string): Uint8Array {
  return sequence(encode(DerTag.set, sequence(oid.commonName, utf8String(name))));
}

function commonName(name: Uint8Array): string {
  const sets = new DerReader(name).enter(DerTag.sequence);
  let found = '';
  while (sets.more) {
    const attributes = sets.enter(DerTag.set);
    while (attributes.more) {
      const attribute = attributes.enter(DerTag.sequence);
      if (equalBytes(attribute.expect(DerTag.objectIdentifier).raw, oid.commonName)) {
        found = Buffer.from(attribute.next().contents).toString('utf8');
      }
    }
  }
  return found;
}

function encodeExtensions(options: CertificateOptions): Uint8Array {
  const isTrue = encode(DerTag.boolean, Uint8Array.of(0xff));
  const ca = options.ca === true;
  // RFC 5280 §4.2.1.3: bit 0 is digitalSignature, 5 keyCertSign, 6 cRLSign.
  const usage = ca ? bitString(Uint8Array.of(0x86), 1) : bitString(Uint8Array.of(0x80), 7);
  const extensions = [
    sequence(oid.basicConstraints, isTrue, encode(DerTag.octetString, ca ? sequence(isTrue) : sequence())),
    sequence(oid.keyUsage, isTrue, encode(DerTag.octetString, usage)),
    sequence(oid.extendedKeyUsage, encode(DerTag.octetString, sequence(oid.serverAuth, oid.clientAuth))),
  ];
  if (options.names.length > 0) {
    const names = sequence(...options.names.map(encodeGeneralName));
    extensions.push(sequence(oid.subjectAltName, encode(DerTag.octetString, names)));
  }
  return sequence(...extensions);
}

function decodeExtensions(tbs: DerReader): Pick<CertificateInfo, 'names' | 'ca'> {
  const names: string[] = [];
  let ca = false;
  while (tbs.more && !tbs.isNext(contextTag(3))) {
    tbs.next();
  }
  const extensions = tbs.more ? tbs.enter(contextTag(3)).enter(DerTag.sequence) : undefined;
  while (extensions?.more === true) {
    const extension = extensions.enter(DerTag.sequence);
    const type = extension.expect(DerTag.objectIdentifier).raw;
    if (extension.isNext(DerTag.boolean)) {
      extension.next();
    }
    const value = new DerReader(extension.expect(DerTag.octetString).contents);
    if (equalBytes(type, oid.basicConstraints)) {
      ca = value.enter(DerTag.sequence).isNext(DerTag.boolean);
    } else if (equalBytes(type, oid.subjectAltName)) {
      names.push(...decodeGeneralNames(value.enter(DerTag.sequence)));
    }
  }
  return { names, ca };
}

function encodeGeneralName(name: string): Uint8Array {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name)
    ? encode(ipAddressTag, Uint8Array.from(name.split('.').map(Number)))
    : encode(dnsNameTag, ascii(name));
}

function decodeGeneralNames(list: DerReader): string[] {
  const names: string[] = [];
  while (list.more) {
    const { tag, contents } = list.next();
    if (tag === dnsNameTag) {
      names.push(Buffer.from(contents).toString('latin1'));
    } else if (tag === ipAddressTag && contents.length === 4) {
      names.push(contents.join('.'));
    }
  }
  return names;
}
