/**
 * A rolling hash of 64 bits over whole numbers, in two lanes of 32. It tells runs apart; it resists nobody. It is fed at every
 * event of every run, so it takes no memory and formats nothing.
 */
export class Fingerprint {
  #high = 0x243f6a88;
  #low = 0x85a308d3;

  /** Feeds one number: an integer of at most 53 bits. */
  add(value: number): void {
    this.#mix(value | 0);
    if (value > 0x7fffffff || value < -0x80000000) this.#mix(Math.floor(value / 0x1_0000_0000) | 0);
  }

  /** Feeds a short text: names and codes of our own. */
  addText(text: string): void {
    this.#mix(textHash(text));
  }

  /** Feeds a text by its `textHash`, for who feeds the same one again and again. */
  addTextHash(hash: number): void {
    this.#mix(hash);
  }

  /** The hash of all that was fed, 16 hex digits. It may go on afterwards. */
  digest(): string {
    const high = finish(this.#high ^ Math.imul(this.#low, 0x9e3779b1));
    const low = finish(this.#low ^ Math.imul(this.#high, 0x85ebca77));
    return hex(high) + hex(low);
  }

  #mix(word: number): void {
    const high = Math.imul(this.#high ^ word, 0x9e3779b1);
    this.#high = (high << 13) | (high >>> 19);
    const low = Math.imul(this.#low + word, 0x85ebca77) ^ this.#high;
    this.#low = (low << 17) | (low >>> 15);
  }
}

/** 32 bits that stand for a short text. */
export function textHash(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Spreads every bit over all others (the finalizer of MurmurHash3). */
function finish(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
