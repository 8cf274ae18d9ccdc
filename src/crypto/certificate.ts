import { WireError } from '../wire/index.js';
import { equalBytes, toBigInt } from './bytes.js';
import {
  type CertificateExtensions,
  decodeExtensions,
  type ExtensionOptions,
  encodeExtensions,
} from './certificate-extensions.js';
import {
  bitString,
  contextTag,
  DerReader,
  DerTag,
  encode,
  integer,
  objectIdentifier,
  sequence,
  utf8String,
} from './der.js';
import { decodeTime, encodeTime } from './der-time.js';
import { readDistinguishedName } from './distinguished-name.js';
import { CertificateError } from './error.js';
import { publicKeyKind } from './keys.js';
import type { CryptoProvider, KeyKind, PrivateKey, SignatureName } from './provider.js';
import { certificateScheme, readSignatureAlgorithm, writeSignatureAlgorithm } from './signature-algorithms.js';

/** What a certificate says (RFC 5280 §4.1). All bytes are views of the DER that was read. */
export interface CertificateInfo extends CertificateExtensions {
  /** All of it. */
  readonly der: Uint8Array;
  /** 1 or 3: without extensions an old one may be of version 1. */
  readonly version: number;
  /** DER, SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly kind: KeyKind;
  /** The common name of subject and issuer; empty when there is none. */
  readonly subject: string;
  readonly issuer: string;
  /** All common names of the subject. */
  readonly commonNames: readonly string[];
  /** DER, Name: what chains compare. */
  readonly subjectName: Uint8Array;
  readonly issuerName: Uint8Array;
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
  /** RFC 5280 §4.1.1.2: what is signed names the same algorithm. */
  readonly agreesOnAlgorithm: boolean;
  readonly signature: Uint8Array;
}

/** What `makeCertificate` writes. */
export interface CertificateOptions extends ExtensionOptions {
  /** The common name, ASCII. */
  readonly subject: string;
  /** Who signs; the subject itself unless told. */
  readonly issuer?: { readonly subject: string; readonly key: PrivateKey };
  /** How, where a key can sign in several ways; any but RSASSA-PSS, which draws a salt. */
  readonly scheme?: SignatureName;
  readonly key: PrivateKey;
  readonly serial: bigint;
  /** Milliseconds since the Unix epoch; seconds count. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly provider: CryptoProvider;
}

const commonNameType: Uint8Array = objectIdentifier('2.5.4.3');

/** An X.509 certificate, DER. The same options give the same bytes. */
export function makeCertificate(options: CertificateOptions): Uint8Array {
  const issuer = options.issuer ?? { subject: options.subject, key: options.key };
  const scheme = options.scheme ?? certificateScheme(issuer.key.kind);
  const identifier = writeSignatureAlgorithm(scheme);
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

  const tbs = signed.enter();
  const version = tbs.isNext(contextTag(0)) ? 1 + (tbs.next().contents.at(-1) ?? 0) : 1;
  const serial = tbs.expect(DerTag.integer).contents;
  const innerAlgorithm = tbs.expect(DerTag.sequence).raw;
  const issuerName = tbs.expect(DerTag.sequence).raw;
  const validity = tbs.enter(DerTag.sequence);
  const notBeforeMs = decodeTime(validity.next()) ?? validity.fail('expected a time');
  const notAfterMs = decodeTime(validity.next()) ?? validity.fail('expected a time');
  const subjectName = tbs.expect(DerTag.sequence).raw;
  if ([issuerName, subjectName].some((name) => readDistinguishedName(name) !== 'name')) tbs.fail('expected names');
  const publicKey = tbs.expect(DerTag.sequence).raw;
  const kind = publicKeyKind(publicKey);
  if (kind === undefined) {
    throw new CertificateError(
      'UNSUPPORTED_KEY',
      'expected a certificate with a key of P-256, P-384, P-521, RSA, Ed25519 or Ed448',
    );
  }
  const extensions = decodeExtensions(tbs);
  const subjectNames = commonNames(subjectName);
  // Field by field: an object spread with more behind it gets a hidden class of its own each time, which costs 20 times as much.
  return {
    names: extensions.names,
    dnsNames: extensions.dnsNames,
    addresses: extensions.addresses,
    altNames: extensions.altNames,
    nameConstraints: extensions.nameConstraints,
    authority: extensions.authority,
    pathLength: extensions.pathLength,
    keyUsage: extensions.keyUsage,
    purposes: extensions.purposes,
    subjectKeyId: extensions.subjectKeyId,
    authorityKeyId: extensions.authorityKeyId,
    unknownCritical: extensions.unknownCritical,
    isInvalid: extensions.isInvalid,
    der,
    version,
    publicKey,
    kind,
    subject: subjectNames.at(-1) ?? '',
    issuer: commonNames(issuerName).at(-1) ?? '',
    commonNames: subjectNames,
    ca: extensions.authority === true,
    subjectName,
    issuerName,
    serial: toBigInt(serial),
    notBeforeMs,
    notAfterMs,
    signed: signed.raw,
    scheme: readSignatureAlgorithm(algorithm),
    agreesOnAlgorithm: equalBytes(algorithm, innerAlgorithm),
    signature,
  };
}

/** RFC 5280 §4.1.2.4, with a common name alone. */
function encodeName(name: string): Uint8Array {
  return sequence(encode(DerTag.set, sequence(commonNameType, utf8String(name))));
}

function commonNames(name: Uint8Array): string[] {
  const sets = new DerReader(name).enter(DerTag.sequence);
  const found: string[] = [];
  while (sets.more) {
    const attributes = sets.enter(DerTag.set);
    while (attributes.more) {
      const attribute = attributes.enter(DerTag.sequence);
      if (equalBytes(attribute.expect(DerTag.objectIdentifier).raw, commonNameType)) {
        found.push(Buffer.from(attribute.next().contents).toString('utf8'));
      }
    }
  }
  return found;
}
