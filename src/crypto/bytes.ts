/** The bytes of `value` as a plain Uint8Array, on the same memory: node gives Buffers, the stack knows none. */
export function plain(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** All parts, one after the other, in new memory. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The number that `bytes` spell, first byte highest. */
export function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`);
}

/** `value` in exactly `length` bytes, first byte highest; it must fit. */
export function fromBigInt(value: bigint, length: number): Uint8Array {
  return plain(Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex'));
}

/** The bytes of a constant written in base64. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** One byte for each character of an ASCII label. */
export function ascii(text: string): Uint8Array {
  return plain(Buffer.from(text, 'latin1'));
}

/** Whether both hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) {
    return false;
  }
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      return false;
    }
  }
  return true;
}
