import { createECDH, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { fromBase64, fromBigInt, plain, toBigInt } from './bytes.js';
import { p256Order } from './ecdsa.js';
import type { DhGroupName, KeyShare } from './provider.js';

const scalarBytes = 32;
/** SEC 1 §2.3.3: 04, x, y. */
const pointBytes = 65;

/** A key share with real arithmetic. Both groups draw 32 bytes. */
export function realDhKeyShare(group: DhGroupName, fill: (target: Uint8Array) => void): KeyShare {
  const seed = new Uint8Array(scalarBytes);
  fill(seed);
  return group === 'x25519' ? x25519(seed) : p256(scalarP256(seed));
}

/** A private scalar of P-256 from 32 random bytes: 1 to n−1, with a bias below 2^-31. */
export function scalarP256(seed: Uint8Array): bigint {
  return (toBigInt(seed) % (p256Order - 1n)) + 1n;
}

/** RFC 7748. Importing a JWK is ten times as fast as importing PKCS#8. */
function x25519(seed: Uint8Array): KeyShare {
  // Node asks for `x` in a private JWK and computes it from `d` all the same.
  const privateKey = createPrivateKey({
    key: { kty: 'OKP', crv: 'X25519', d: base64url(seed), x: base64url(new Uint8Array(scalarBytes)) },
    format: 'jwk',
  });
  return {
    group: 'x25519',
    publicKey: fromBase64(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? ''),
    agree(peerPublicKey) {
      if (peerPublicKey.length !== scalarBytes) {
        return undefined;
      }
      const publicKey = createPublicKey({
        key: { kty: 'OKP', crv: 'X25519', x: base64url(peerPublicKey) },
        format: 'jwk',
      });
      try {
        return plain(diffieHellman({ privateKey, publicKey }));
      } catch {
        // OpenSSL derives nothing from a point of small order, where the secret is all zero (RFC 7748 §6.1).
        return undefined;
      }
    },
  };
}

function p256(scalar: bigint): KeyShare {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(fromBigInt(scalar, scalarBytes));
  return {
    group: 'secp256r1',
    publicKey: plain(ecdh.getPublicKey()),
    agree(peerPublicKey) {
      if (peerPublicKey.length !== pointBytes) {
        return undefined;
      }
      try {
        return plain(ecdh.computeSecret(peerPublicKey));
      } catch {
        // The point is not on the curve; the private half was accepted above.
        return undefined;
      }
    },
  };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}
