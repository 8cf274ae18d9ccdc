import { concat } from './bytes.js';
import { CryptoError } from './error.js';

/** RFC 8017 §7.2.1: 00 02, at least 8 bytes that are not zero, 00. */
const paddingBytesMin = 8;
const otherBytes = 3;

/** What RSAES-PKCS1-v1_5 makes of a secret that came, or why there is none. */
export type RsaDecrypted = Uint8Array | 'no-ciphertext' | 'bad-padding';

/** RFC 8017 §7.2.1, EME-PKCS1-v1_5 encoding into a block as long as the modulus; `fill` gives the padding's random bytes. */
export function padForEncryption(
  message: Uint8Array,
  modulusBytes: number,
  fill: (target: Uint8Array) => void,
): Uint8Array {
  const paddingBytes = modulusBytes - otherBytes - message.length;
  if (paddingBytes < paddingBytesMin) throw new CryptoError(`no room in ${modulusBytes} bytes for ${message.length}`);
  const padding = new Uint8Array(paddingBytes);
  fill(padding);
  const nonZero = padding.map((byte) => (byte === 0 ? 1 : byte));
  return concat(Uint8Array.of(0, 2), nonZero, Uint8Array.of(0), message);
}

/** RFC 8017 §7.2.2, EME-PKCS1-v1_5 decoding. */
export function withoutPadding(block: Uint8Array): Uint8Array | 'bad-padding' {
  const end = block.indexOf(0, 2);
  return block[0] === 0 && block[1] === 2 && end >= 2 + paddingBytesMin ? block.subarray(end + 1) : 'bad-padding';
}
