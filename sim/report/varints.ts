/** Whole numbers of either sign in as few bytes as they need: seven bits a byte, the lowest first, the sign in the lowest bit. */

export class Varints {
  #bytes: Uint8Array = new Uint8Array(1 << 10);
  #length = 0;

  /** Adds a whole number within ±2^52. */
  push(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow();
    let left = value < 0 ? -2 * value - 1 : 2 * value;
    while (left >= 0x80) {
      this.#bytes[this.#length++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    this.#bytes[this.#length++] = left;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(): void {
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads all the numbers in `bytes` into `target`. */
export function readVarints(bytes: Uint8Array, target: Int32Array | Float64Array | Uint8Array): void {
  let at = 0;
  for (let i = 0; i < target.length; i += 1) {
    let byte = bytes[at++] ?? 0;
    let value = byte & 0x7f;
    for (let weight = 0x80; byte >= 0x80; weight *= 0x80) {
      byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * weight;
    }
    target[i] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** How many numbers there are. */
export function countVarints(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte < 0x80) count += 1;
  return count;
}
