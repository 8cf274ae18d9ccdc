/** Certificates with whatever names and extensions, made for a test. */
import * as der from '../../../src/crypto/der.js';
import { encodeTime } from '../../../src/crypto/der-time.js';
import { makePrivateKey, type PrivateKey, realCrypto } from '../../../src/crypto/index.js';
import { writeSignatureAlgorithm } from '../../../src/crypto/signature-algorithms.js';

export const nowMs: number = Date.UTC(2024, 5, 1);
const provider = realCrypto();
const keyOf = (fill: number): PrivateKey => makePrivateKey('ec-p256', (target) => target.fill(fill));
export const rootKey: PrivateKey = keyOf(1);
export const middleKey: PrivateKey = keyOf(2);
export const leafKey: PrivateKey = keyOf(3);

export const commonName = '2.5.4.3';
export const organization = '2.5.4.10';
export const email = '1.2.840.113549.1.9.1';
export const utf8 = 0x0c;
export const printable = 0x13;
export const ia5 = 0x16;
export const bmp = 0x1e;

/** One attribute after the other: its type, its text and the tag of its string. */
export type Attribute = readonly [type: string, text: string, tag?: number];

export function name(...attributes: readonly Attribute[]): Uint8Array {
  return der.sequence(
    ...attributes.map(([type, text, tag = utf8]) => {
      const bytes = tag === bmp ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text);
      const value = der.sequence(der.objectIdentifier(type), der.encode(tag, bytes));
      return der.encode(der.DerTag.set, value);
    }),
  );
}

export function extension(oid: string, value: Uint8Array, isCritical = false): Uint8Array {
  const critical = isCritical ? [der.encode(der.DerTag.boolean, Uint8Array.of(0xff))] : [];
  return der.sequence(der.objectIdentifier(oid), ...critical, der.encode(der.DerTag.octetString, value));
}

let serial = 0n;
export function certificate(options: {
  readonly subject: Uint8Array;
  readonly key: PrivateKey;
  readonly issuer?: { readonly subject: Uint8Array; readonly key: PrivateKey };
  readonly extensions: readonly Uint8Array[];
}): Uint8Array {
  serial += 1n;
  const issuer = options.issuer ?? options;
  const algorithm = writeSignatureAlgorithm('ecdsa_secp256r1_sha256');
  const signed = der.sequence(
    der.encode(der.contextTag(0), der.integer(2n)),
    der.integer(serial),
    algorithm,
    issuer.subject,
    der.sequence(encodeTime(nowMs - 1e9), encodeTime(nowMs + 1e9)),
    options.subject,
    options.key.publicKey,
    der.encode(der.contextTag(3), der.sequence(...options.extensions)),
  );
  const signature = provider.sign(issuer.key, 'ecdsa_secp256r1_sha256', signed, () => undefined);
  return der.sequence(signed, algorithm, der.bitString(signature));
}

export const authority: Uint8Array = extension(
  '2.5.29.19',
  der.sequence(der.encode(der.DerTag.boolean, Uint8Array.of(0xff))),
  true,
);
