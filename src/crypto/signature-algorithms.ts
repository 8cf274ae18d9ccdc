/** How certificates name what they are signed with: AlgorithmIdentifier of RFC 5758 §3.2, RFC 4055 §3.1 and §5, RFC 8410 §3. */
import { equalBytes } from './bytes.js';
import { curveOf } from './curves.js';
import { contextTag, DerTag, encode, integer, objectIdentifier, sequence } from './der.js';
import { digestBytes, schemeForm } from './keys.js';
import type { DigestName, KeyKind, SignatureName } from './provider.js';

const hashIdentifiers: Readonly<Record<DigestName, string>> = {
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
const nothing: Uint8Array = encode(DerTag.null);

/** Each has the forms that are read; the first of them is written. */
const algorithms: Readonly<Record<SignatureName, readonly Uint8Array[]>> = {
  ecdsa_sha1: [sequence(objectIdentifier('1.2.840.10045.4.1'))],
  ecdsa_sha224: [sequence(objectIdentifier('1.2.840.10045.4.3.1'))],
  ecdsa_secp256r1_sha256: [sequence(objectIdentifier('1.2.840.10045.4.3.2'))],
  ecdsa_secp384r1_sha384: [sequence(objectIdentifier('1.2.840.10045.4.3.3'))],
  ecdsa_secp521r1_sha512: [sequence(objectIdentifier('1.2.840.10045.4.3.4'))],
  rsa_pkcs1_sha1: pkcs1('1.2.840.113549.1.1.5'),
  rsa_pkcs1_sha224: pkcs1('1.2.840.113549.1.1.14'),
  rsa_pkcs1_sha256: pkcs1('1.2.840.113549.1.1.11'),
  rsa_pkcs1_sha384: pkcs1('1.2.840.113549.1.1.12'),
  rsa_pkcs1_sha512: pkcs1('1.2.840.113549.1.1.13'),
  rsa_pss_rsae_sha256: pss('sha256'),
  rsa_pss_rsae_sha384: pss('sha384'),
  rsa_pss_rsae_sha512: pss('sha512'),
  ed25519: [sequence(objectIdentifier('1.3.101.112'))],
  ed448: [sequence(objectIdentifier('1.3.101.113'))],
};

/** The scheme that an AlgorithmIdentifier names (DER); undefined for one that the stack does not know. */
export function readSignatureAlgorithm(identifier: Uint8Array): SignatureName | undefined {
  // the keys of a Record are its names
  const names = Object.keys(algorithms) as SignatureName[];
  return names.find((name) => algorithms[name].some((form) => equalBytes(form, identifier)));
}

export function writeSignatureAlgorithm(scheme: SignatureName): Uint8Array {
  return algorithms[scheme][0] ?? nothing;
}

/** What a key of that kind signs certificates with, where nothing else is told. It draws nothing. */
export function certificateScheme(kind: KeyKind): SignatureName {
  if (kind === 'ed25519' || kind === 'ed448') return kind;
  const curve = curveOf(kind);
  if (curve === undefined) return 'rsa_pkcs1_sha256';
  // as above
  const names = Object.keys(algorithms) as SignatureName[];
  const name = names.find((one) => schemeForm(one).form === 'ecdsa' && schemeForm(one).digest === curve.digest);
  return name ?? 'ecdsa_secp256r1_sha256';
}

/** RFC 4055 §5 wants NULL; some leave it out. */
function pkcs1(oid: string): readonly Uint8Array[] {
  return [sequence(objectIdentifier(oid), nothing), sequence(objectIdentifier(oid))];
}

/** RFC 4055 §3.1: one hash for both uses, and a salt as long as it. */
function pss(digest: DigestName): readonly Uint8Array[] {
  const form = (...parameters: readonly Uint8Array[]): Uint8Array => {
    const hash = sequence(objectIdentifier(hashIdentifiers[digest]), ...parameters);
    return sequence(
      objectIdentifier('1.2.840.113549.1.1.10'),
      sequence(
        encode(contextTag(0), hash),
        encode(contextTag(1), sequence(objectIdentifier('1.2.840.113549.1.1.8'), hash)),
        encode(contextTag(2), integer(BigInt(digestBytes[digest]))),
      ),
    );
  };
  return [form(nothing), form()];
}
