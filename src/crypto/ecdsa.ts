import { createECDH, createHash, createHmac } from 'node:crypto';
import { concat, fromBigInt, plain, toBigInt } from './bytes.js';
import type { Curve } from './curves.js';
import { integer, sequence } from './der.js';
import type { DigestName } from './provider.js';

/** The two numbers of an ECDSA signature. */
export interface EcdsaPair {
  readonly r: bigint;
  readonly s: bigint;
}

/** What is signed with. */
export interface EcdsaKey {
  readonly curve: Curve;
  readonly scalar: bigint;
}

/**
 * ECDSA (RFC 6979 §2.4), as DER of the curve's one length. Of (r, s) and (r, n−s), both valid, the one with that length is
 * taken; where neither has it, the next nonce comes from RFC 6979 §3.6 with a counter as extra data.
 */
export function signEcdsa(key: EcdsaKey, digest: DigestName, message: Uint8Array): Uint8Array {
  const { order, signatureBytes } = key.curve;
  for (let counter = 0; ; counter++) {
    const { r, s } = ecdsaPair(key, digest, message, counter === 0 ? undefined : fromBigInt(BigInt(counter), 4));
    const signature = [encodePair(r, s), encodePair(r, order - s)].find((encoded) => encoded.length === signatureBytes);
    if (signature !== undefined) {
      return signature;
    }
  }
}

/** One signature with the nonce of RFC 6979 §3.2, whatever its length. `extraData` is k' of §3.6. */
export function ecdsaPair(
  { curve, scalar }: EcdsaKey,
  digest: DigestName,
  message: Uint8Array,
  extraData?: Uint8Array,
): EcdsaPair {
  const { order, bytes } = curve;
  const z = leftmostBits(plain(createHash(digest).update(message).digest()), order) % order;
  const seed = concat(fromBigInt(scalar, bytes), fromBigInt(z, bytes), extraData ?? new Uint8Array());
  for (const k of nonces(curve, digest, seed)) {
    const r = multipliedBaseX(curve, k) % order;
    const s = (inverse(k, order) * ((z + r * scalar) % order)) % order;
    if (r !== 0n && s !== 0n) {
      return { r, s };
    }
  }
  throw new RangeError('unreachable: the nonces do not end');
}

/** RFC 6979 §3.2: steps b to h. */
function* nonces({ order, bytes }: Curve, digest: DigestName, seed: Uint8Array): Generator<bigint, void> {
  const hmac = (key: Uint8Array, data: Uint8Array): Uint8Array => plain(createHmac(digest, key).update(data).digest());
  const length = createHash(digest).digest().length;
  let v: Uint8Array = new Uint8Array(length).fill(1);
  let key: Uint8Array = new Uint8Array(length);
  key = hmac(key, concat(v, Uint8Array.of(0), seed));
  v = hmac(key, v);
  key = hmac(key, concat(v, Uint8Array.of(1), seed));
  v = hmac(key, v);
  for (;;) {
    let t: Uint8Array = new Uint8Array();
    while (t.length < bytes) {
      v = hmac(key, v);
      t = concat(t, v);
    }
    const k = leftmostBits(t, order);
    if (k > 0n && k < order) {
      yield k;
    }
    key = hmac(key, concat(v, Uint8Array.of(0)));
    v = hmac(key, v);
  }
}

/** RFC 6979 §2.3.2: bits2int, the leftmost bits, as many as the order has. */
function leftmostBits(data: Uint8Array, order: bigint): bigint {
  const surplus = 8 * data.length - order.toString(2).length;
  return surplus > 0 ? toBigInt(data) >> BigInt(surplus) : toBigInt(data);
}

/** The x coordinate of k·G. Node's ECDH multiplies in native code, 20 times faster than BigInt. */
function multipliedBaseX({ nodeName, bytes }: Curve, k: bigint): bigint {
  const ecdh = createECDH(nodeName);
  ecdh.setPrivateKey(fromBigInt(k, bytes));
  return toBigInt(plain(ecdh.getPublicKey()).subarray(1, 1 + bytes));
}

/** The inverse modulo the order, by the extended Euclidean algorithm. */
function inverse(value: bigint, order: bigint): bigint {
  let [a, b] = [value, order];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return ((x % order) + order) % order;
}

/** RFC 3279 §2.2.3: Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }. */
function encodePair(r: bigint, s: bigint): Uint8Array {
  return sequence(integer(r), integer(s));
}
