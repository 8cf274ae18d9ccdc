import { createECDH, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { fromBase64, fromBigInt, plain, toBigInt } from './bytes.js';
import { type Curve, curves } from './curves.js';
import type { DhGroupName, KeyShare } from './provider.js';

/** Bytes of a scalar that each group draws, and of the secret that two shares agree on. */
export const groupBytes: Readonly<Record<DhGroupName, number>> = {
  x25519: 32,
  x448: 56,
  secp256r1: curves.secp256r1.bytes,
  secp384r1: curves.secp384r1.bytes,
  secp521r1: curves.secp521r1.bytes,
};

/** A key share with real arithmetic. */
export function realDhKeyShare(group: DhGroupName, fill: (target: Uint8Array) => void): KeyShare {
  const seed = new Uint8Array(groupBytes[group]);
  fill(seed);
  return group === 'x25519' || group === 'x448' ? montgomery(group, seed) : weierstrass(curves[group], seed);
}

/** A private scalar from random bytes, as many as the order has: 1 to n−1, with a bias that tests do not mind. */
export function scalarFrom({ order }: Curve, seed: Uint8Array): bigint {
  return (toBigInt(seed) % (order - 1n)) + 1n;
}

/** RFC 7748. Importing a JWK is ten times as fast as importing PKCS#8. */
function montgomery(group: 'x25519' | 'x448', seed: Uint8Array): KeyShare {
  const crv = group === 'x25519' ? 'X25519' : 'X448';
  // Node asks for `x` in a private JWK and computes it from `d` all the same.
  const privateKey = createPrivateKey({
    key: { kty: 'OKP', crv, d: base64url(seed), x: base64url(new Uint8Array(seed.length)) },
    format: 'jwk',
  });
  return {
    group,
    publicKey: fromBase64(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? ''),
    agree(peerPublicKey) {
      if (peerPublicKey.length !== seed.length) {
        return undefined;
      }
      const publicKey = createPublicKey({ key: { kty: 'OKP', crv, x: base64url(peerPublicKey) }, format: 'jwk' });
      try {
        return plain(diffieHellman({ privateKey, publicKey }));
      } catch {
        // OpenSSL derives nothing from a point of small order, where the secret is all zero (RFC 7748 §6.1).
        return undefined;
      }
    },
  };
}

/** SEC 1 §2.3.3: a point is 04, x, y. */
function weierstrass(curve: Curve, seed: Uint8Array): KeyShare {
  const ecdh = createECDH(curve.nodeName);
  ecdh.setPrivateKey(fromBigInt(scalarFrom(curve, seed), curve.bytes));
  return {
    group: curve.name,
    publicKey: plain(ecdh.getPublicKey()),
    agree(peerPublicKey) {
      try {
        return plain(ecdh.computeSecret(peerPublicKey)); // compressed and hybrid forms are points too
      } catch {
        // It is no point of the curve, or the one at infinity; the private half was accepted above.
        return undefined;
      }
    },
  };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}
