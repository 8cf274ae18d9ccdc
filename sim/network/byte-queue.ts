/** Bytes waiting in order, as the chunks they came in: no byte is copied unless a taker wants more than one chunk holds. */

/** Taken chunks that stay in the array before it is cut. */
const takenChunksMax = 64;

export class ByteQueue {
  /** How many bytes wait. */
  bytes = 0;
  #chunks: Uint8Array[] = [];
  #first = 0;
  #offset = 0;

  /** Adds bytes that the queue then owns. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.bytes += chunk.length;
  }

  /** Takes the next bytes out: at most `max`, as many as there are. The result may be a view. */
  take(max: number): Uint8Array {
    const wanted = Math.min(max, this.bytes);
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return new Uint8Array(0);
    if (chunk.length - this.#offset >= wanted) {
      const part = wanted === chunk.length ? chunk : chunk.subarray(this.#offset, this.#offset + wanted);
      this.#advance(chunk, wanted);
      return part;
    }
    const joined = new Uint8Array(wanted);
    for (let filled = 0; filled < wanted; ) {
      const next = this.#chunks[this.#first] as Uint8Array; // `bytes` says that there is one
      const length = Math.min(next.length - this.#offset, wanted - filled);
      joined.set(next.subarray(this.#offset, this.#offset + length), filled);
      this.#advance(next, length);
      filled += length;
    }
    return joined;
  }

  /** A copy of what waits behind the first `skipped` bytes. */
  peek(skipped: number): Uint8Array {
    const copy = new Uint8Array(Math.max(0, this.bytes - skipped));
    let at = -skipped - this.#offset;
    for (const chunk of this.#chunks.slice(this.#first)) {
      if (at + chunk.length > 0) copy.set(at < 0 ? chunk.subarray(-at) : chunk, Math.max(0, at));
      at += chunk.length;
    }
    return copy;
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#offset = 0;
    this.bytes = 0;
  }

  #advance(chunk: Uint8Array, length: number): void {
    this.bytes -= length;
    this.#offset += length;
    if (this.#offset < chunk.length) return;
    this.#offset = 0;
    this.#first++;
    if (this.#first === this.#chunks.length) {
      this.#chunks = []; // what sets a length takes V8's slow path
      this.#first = 0;
    } else if (this.#first > takenChunksMax) {
      this.#chunks.splice(0, this.#first);
      this.#first = 0;
    }
  }
}
