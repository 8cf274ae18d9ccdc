/** Up to so many bytes V8 keeps an array within its own heap; a larger one has memory of its own, which costs as much as a microsecond. */
const heapBytesMax = 64;

/**
 * An array for bytes that are gone after a few calls: records, messages, what they are made of. Many share one piece of Node's pool,
 * which stays for as long as any of them does: what is kept is copied. Its bytes are whatever they are; who asks writes all of them.
 */
export function briefBytes(length: number): Uint8Array {
  if (length <= heapBytesMax) return new Uint8Array(length);
  const pooled = Buffer.allocUnsafe(length);
  return new Uint8Array(pooled.buffer, pooled.byteOffset, length); // no Buffer: its `slice` copies nothing
}

/** A copy of the first `length` bytes, of the same kind. */
export function briefCopy(bytes: Uint8Array, length: number): Uint8Array {
  const copy = briefBytes(length);
  copy.set(length === bytes.length ? bytes : bytes.subarray(0, length));
  return copy;
}
