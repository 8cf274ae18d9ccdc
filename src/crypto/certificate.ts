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
import { CertificateError } from './error.js';
import { publicKeyKind } from './keys.js';
import type { CryptoProvider, KeyKind, PrivateKey, SignatureName } from './provider.js';

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
  readonly signature: Uint8Array;
}

/** What `makeCertificate` writes. */
export interface CertificateOptions extends ExtensionOptions {
  /** The common name, ASCII. */
  readonly subject: string;
  /** Who signs; the subject itself unless told. */
  readonly issuer?: { readonly subject: string; readonly key: PrivateKey };
  readonly key: PrivateKey;
  readonly serial: bigint;
  /** Milliseconds since the Unix epoch; seconds count. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly provider: CryptoProvider;
}

const commonNameType: Uint8Array = objectIdentifier('2.5.4.3');

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
  const version = tbs.isNext(contextTag(0)) ? 1 + (tbs.next().contents.at(-1) ?? 0) : 1;
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
  const extensions = decodeExtensions(tbs);
  const subjectNames = commonNames(subjectName);
  return {
    ...extensions,
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
    scheme,
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
