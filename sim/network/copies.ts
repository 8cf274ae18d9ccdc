/** Taken once, since the global `Buffer` is a getter. */
const { allocUnsafe } = Buffer;

/**
 * A copy of what a program writes, which may change afterwards. Many small ones lie in one piece of Node's pool: a piece of its own
 * for each costs more than the copy.
 */
export function copyOf(bytes: Uint8Array, length: number): Uint8Array {
  const pooled = allocUnsafe(length);
  const copy = new Uint8Array(pooled.buffer, pooled.byteOffset, length); // no Buffer: its `slice` copies nothing
  copy.set(length === bytes.length ? bytes : bytes.subarray(0, length));
  return copy;
}
