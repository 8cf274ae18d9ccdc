/** Copies of what programs write, many small ones in one piece of memory: a piece of its own for each costs more than the copy. */

/** Bytes of one piece: what a TLS handshake sends. */
const pieceBytes = 4096;
/** What is larger gets memory of its own. */
const sharedBytesMax = 2048;

export class Copies {
  #piece = new Uint8Array(0);
  #used = 0;

  /** The first `length` bytes of `bytes`, in memory that nobody else writes to. */
  of(bytes: Uint8Array, length: number): Uint8Array {
    const copied = length === bytes.length ? bytes : bytes.subarray(0, length);
    if (length > sharedBytesMax) return new Uint8Array(copied);
    if (this.#used + length > this.#piece.length) {
      this.#piece = new Uint8Array(pieceBytes);
      this.#used = 0;
    }
    const copy = this.#piece.subarray(this.#used, this.#used + length);
    copy.set(copied);
    this.#used += length;
    return copy;
  }
}
