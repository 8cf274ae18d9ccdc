import { constants, createHash, type KeyObject, privateEncrypt } from 'node:crypto';
import { concat, plain } from './bytes.js';
import { pssSaltBytes } from './keys.js';

/** RFC 8017 §9.1.1, for SHA-256 and a modulus of 2048 bits. */
const encodedBytes = 256;
const hashLength = 32;
const trailer = 0xbc;

/** RSASSA-PSS with SHA-256 (RFC 8017 §8.1.1) and the given salt of 32 bytes: node would draw one of its own. */
export function signPss(key: KeyObject, message: Uint8Array, salt: Uint8Array): Uint8Array {
  const hash = sha256(concat(new Uint8Array(8), sha256(message), salt));
  const block = concat(new Uint8Array(encodedBytes - pssSaltBytes - hashLength - 2), Uint8Array.of(1), salt);
  const masked = xor(block, mask(hash, block.length));
  // The modulus has 2048 bits and the encoding one less: its first bit is 0.
  masked[0] = (masked[0] ?? 0) & 0x7f;
  const encoded = concat(masked, hash, Uint8Array.of(trailer));
  return plain(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded));
}

/** RFC 8017 §B.2.1: MGF1. */
function mask(seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 0; counter * hashLength < length; counter++) {
    blocks.push(sha256(concat(seed, Uint8Array.of(0, 0, 0, counter))));
  }
  return concat(...blocks).subarray(0, length);
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] ?? 0));
}

function sha256(data: Uint8Array): Uint8Array {
  return plain(createHash('sha256').update(data).digest());
}
