import type { CurveName, DigestName, KeyKind } from './provider.js';

/** A curve over a prime field: FIPS 186-4 D.1.2, SEC 2. */
export interface Curve {
  readonly name: CurveName;
  /** What node:crypto calls it. */
  readonly nodeName: string;
  readonly objectIdentifier: string;
  /** The order of the base point. */
  readonly order: bigint;
  /** Bytes of a scalar, and of a coordinate. */
  readonly bytes: number;
  /** Bytes of a signature by a key of this curve, DER: the most frequent of the lengths that one can have. */
  readonly signatureBytes: number;
  /** What a key of this curve signs certificates with. */
  readonly digest: DigestName;
}

export const curves: Readonly<Record<CurveName, Curve>> = {
  secp256r1: {
    name: 'secp256r1',
    nodeName: 'prime256v1',
    objectIdentifier: '1.2.840.10045.3.1.7',
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    bytes: 32,
    signatureBytes: 71,
    digest: 'sha256',
  },
  secp384r1: {
    name: 'secp384r1',
    nodeName: 'secp384r1',
    objectIdentifier: '1.3.132.0.34',
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    bytes: 48,
    signatureBytes: 103,
    digest: 'sha384',
  },
  secp521r1: {
    name: 'secp521r1',
    nodeName: 'secp521r1',
    objectIdentifier: '1.3.132.0.35',
    order:
      0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    bytes: 66,
    signatureBytes: 139,
    digest: 'sha512',
  },
};

const curveOfKind: Readonly<Partial<Record<KeyKind, Curve>>> = {
  'ec-p256': curves.secp256r1,
  'ec-p384': curves.secp384r1,
  'ec-p521': curves.secp521r1,
};

/** The curve of keys of that kind; undefined for those that have none. */
export function curveOf(kind: KeyKind): Curve | undefined {
  return curveOfKind[kind];
}
