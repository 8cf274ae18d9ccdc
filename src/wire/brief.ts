/** Taken once, since the global `Buffer` is a getter. */
const { allocUnsafe } = Buffer;

/**
 * An array for bytes that are gone after a few calls: records, messages, what they are made of. Many share one piece of Node's pool,
 * since memory of its own costs an array as much as a microsecond, and so does the first view of one that V8 keeps in its heap. The
 * piece stays for as long as any of them does: what is kept is copied. Its bytes are whatever they are; who asks writes all of them.
 */
export function briefBytes(length: number): Uint8Array {
  const pooled = allocUnsafe(length);
  return new Uint8Array(pooled.buffer, pooled.byteOffset, length); // no Buffer: its `slice` copies nothing
}

/** A copy of the first `length` bytes, of the same kind. */
export function briefCopy(bytes: Uint8Array, length: number): Uint8Array {
  const copy = briefBytes(length);
  copy.set(length === bytes.length ? bytes : bytes.subarray(0, length));
  return copy;
}
