import { createECDH, createHash, createHmac } from 'node:crypto';
import { concat, fromBigInt, plain, toBigInt } from './bytes.js';
import { signatureBytes } from './keys.js';

/** FIPS 186-4 D.1.2.3: the order of the base point of P-256. */
export const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const scalarBytes = 32;

/** The two numbers of an ECDSA signature. */
export interface EcdsaPair {
  readonly r: bigint;
  readonly s: bigint;
}

/**
 * ECDSA over P-256 with SHA-256 (RFC 6979 §2.4), as DER of always 71 bytes. Of (r, s) and (r, n−s), both valid, the one
 * with that length is taken; where neither has it, the next nonce comes from RFC 6979 §3.6 with a counter as extra data.
 */
export function signP256(privateScalar: bigint, message: Uint8Array): Uint8Array {
  for (let counter = 0; ; counter++) {
    const { r, s } = signP256Pair(privateScalar, message, counter === 0 ? undefined : fromBigInt(BigInt(counter), 4));
    const signature = [encodePair(r, s), encodePair(r, p256Order - s)].find(
      (encoded) => encoded.length === signatureBytes['ec-p256'],
    );
    if (signature !== undefined) {
      return signature;
    }
  }
}

/** One signature with the nonce of RFC 6979 §3.2, whatever its length. `extraData` is k' of §3.6. */
export function signP256Pair(privateScalar: bigint, message: Uint8Array, extraData?: Uint8Array): EcdsaPair {
  const digest = plain(createHash('sha256').update(message).digest());
  const z = toBigInt(digest) % p256Order;
  const seed = concat(
    fromBigInt(privateScalar, scalarBytes),
    fromBigInt(z, scalarBytes),
    extraData ?? new Uint8Array(),
  );
  for (const k of nonces(seed)) {
    const r = multipliedBaseX(k) % p256Order;
    const s = (inverse(k) * ((z + r * privateScalar) % p256Order)) % p256Order;
    if (r !== 0n && s !== 0n) {
      return { r, s };
    }
  }
  throw new RangeError('unreachable: the nonces do not end');
}

/** RFC 6979 §3.2: steps b to h. */
function* nonces(seed: Uint8Array): Generator<bigint, void> {
  let v: Uint8Array = new Uint8Array(scalarBytes).fill(1);
  let key: Uint8Array = new Uint8Array(scalarBytes);
  key = hmac(key, concat(v, Uint8Array.of(0), seed));
  v = hmac(key, v);
  key = hmac(key, concat(v, Uint8Array.of(1), seed));
  v = hmac(key, v);
  for (;;) {
    v = hmac(key, v);
    const k = toBigInt(v);
    if (k > 0n && k < p256Order) {
      yield k;
    }
    key = hmac(key, concat(v, Uint8Array.of(0)));
    v = hmac(key, v);
  }
}

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return plain(createHmac('sha256', key).update(data).digest());
}

/** The x coordinate of k·G. Node's ECDH multiplies in native code, 20 times faster than BigInt. */
function multipliedBaseX(k: bigint): bigint {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(fromBigInt(k, scalarBytes));
  return toBigInt(plain(ecdh.getPublicKey()).subarray(1, 1 + scalarBytes));
}

/** The inverse modulo the order, by the extended Euclidean algorithm. */
function inverse(value: bigint): bigint {
  let [a, b] = [value, p256Order];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return ((x % p256Order) + p256Order) % p256Order;
}

/** RFC 3279 §2.2.3: Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }. */
function encodePair(r: bigint, s: bigint): Uint8Array {
  const numbers = concat(encodeInteger(r), encodeInteger(s));
  return concat(Uint8Array.of(0x30, numbers.length), numbers);
}

function encodeInteger(value: bigint): Uint8Array {
  const hex = value.toString(16);
  const bytes = fromBigInt(value, Math.ceil(hex.length / 2));
  const sign = (bytes[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return concat(Uint8Array.of(0x02, sign.length + bytes.length), sign, bytes);
}
