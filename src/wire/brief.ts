/** Pieces of so many bytes are cut up; what is larger than half of one gets memory of its own. */
const pieceBytes = 16_384;

/** The piece that is being cut up, from where on it is free: no state that anybody could tell, since who asks writes all of the bytes. */
const pool = { piece: new ArrayBuffer(0), from: 0 };

/**
 * An array for bytes that are gone after a few calls: records, messages, what they are made of. Many share one piece of memory,
 * since memory of its own costs an array as much as a microsecond, and so does the first view of one that V8 keeps in its heap. The
 * piece stays for as long as any of them does: what is kept is copied. Its bytes are whatever they are; who asks writes all of them.
 */
export function briefBytes(length: number): Uint8Array {
  if (length > pieceBytes / 2) return new Uint8Array(length);
  if (pool.from + length > pool.piece.byteLength) {
    pool.piece = new ArrayBuffer(pieceBytes);
    pool.from = 0;
  }
  const bytes = new Uint8Array(pool.piece, pool.from, length);
  pool.from += length;
  return bytes;
}

/** A copy of the first `length` bytes, of the same kind. */
export function briefCopy(bytes: Uint8Array, length: number): Uint8Array {
  const copy = briefBytes(length);
  copy.set(length === bytes.length ? bytes : bytes.subarray(0, length));
  return copy;
}
