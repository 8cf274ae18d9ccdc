import { constants, createHash, type KeyObject, privateEncrypt } from 'node:crypto';
import { concat, plain } from './bytes.js';
import type { DigestName } from './provider.js';

/** What RSASSA-PSS goes by: the hash, which its mask takes too, and the modulus. */
export interface PssParameters {
  readonly digest: DigestName;
  readonly modulusBits: number;
}

const trailer = 0xbc;

/** RSASSA-PSS (RFC 8017 §8.1.1) with the given salt: node would draw one of its own. The modulus must have room for both. */
export function signPss(
  key: KeyObject,
  message: Uint8Array,
  salt: Uint8Array,
  { digest, modulusBits }: PssParameters,
): Uint8Array {
  const hash = (data: Uint8Array): Uint8Array => plain(createHash(digest).update(data).digest());
  const encodedBits = modulusBits - 1;
  const encodedBytes = Math.ceil(encodedBits / 8);
  const hashed = hash(concat(new Uint8Array(8), hash(message), salt));
  const block = concat(new Uint8Array(encodedBytes - salt.length - hashed.length - 2), Uint8Array.of(1), salt);
  const masked = xor(block, mask(hash, hashed, block.length));
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * encodedBytes - encodedBits));
  const encoded = concat(masked, hashed, Uint8Array.of(trailer));
  const whole = concat(new Uint8Array(Math.ceil(modulusBits / 8) - encodedBytes), encoded);
  return plain(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, whole));
}

/** RFC 8017 §B.2.1: MGF1. */
function mask(hash: (data: Uint8Array) => Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 0; counter * seed.length < length; counter++) {
    blocks.push(hash(concat(seed, Uint8Array.of(0, 0, 0, counter))));
  }
  return concat(...blocks).subarray(0, length);
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] ?? 0));
}
