/**
 * The arithmetic of the fast provider: a state of 128 bits into which bytes are mixed, four at a time. Every step is a
 * bijection of the state for each word, and of the word for each state, so that no change of input is lost on the way.
 * It keeps no secret from anybody: it notices changes and looks random, no more.
 */
export class Mixer {
  private a: number;
  private b: number;
  private c = 0x3c6ef372 | 0;
  private d = 0xa54ff53a | 0;
  private length = 0;
  /** The bytes, at most three, that wait for a whole word; as many as `length` says. */
  private word = 0;

  /** @param domain - a number for each use, so that two uses of the same bytes give different results */
  constructor(domain: number) {
    this.a = 0x6a09e667 ^ domain;
    this.b = 0xbb67ae85 | 0;
  }

  /** A mixer in the same state, that goes its own way. */
  copy(): Mixer {
    const other = new Mixer(0);
    other.a = this.a;
    other.b = this.b;
    other.c = this.c;
    other.d = this.d;
    other.length = this.length;
    other.word = this.word;
    return other;
  }

  /** Mixes in all bytes. In how many calls they come makes no difference. */
  bytes(bytes: Uint8Array): this {
    const { length } = bytes;
    let at = 0;
    while (at < length && (this.length & 3) !== 0) {
      this.byte(bytes[at++] as number);
    }
    at = this.words(bytes, at);
    while (at < length) {
      this.byte(bytes[at++] as number);
    }
    return this;
  }

  /** Mixes in a length or a number below 2^32, as four bytes. */
  number(value: number): this {
    if ((this.length & 3) === 0) {
      this.length += 4;
      this.step(value | 0);
      return this;
    }
    this.byte(value & 0xff);
    this.byte((value >>> 8) & 0xff);
    this.byte((value >>> 16) & 0xff);
    this.byte(value >>> 24);
    return this;
  }

  /** Mixes in a text of ASCII, with its length before it. */
  text(text: string): this {
    this.number(text.length);
    let at = 0;
    if ((this.length & 3) === 0) {
      for (; at + 4 <= text.length; at += 4) {
        this.length += 4;
        this.step(
          byteAt(text, at) | (byteAt(text, at + 1) << 8) | (byteAt(text, at + 2) << 16) | (byteAt(text, at + 3) << 24),
        );
      }
    }
    for (; at < text.length; at++) {
      this.byte(byteAt(text, at));
    }
    return this;
  }

  /** Bytes from `from` to the end of `target` that depend on all that was mixed in. The state stays as it was. */
  fill(target: Uint8Array, from = 0): Uint8Array {
    const before = { a: this.a, b: this.b, c: this.c, d: this.d };
    this.finish();
    // As `step` does each word, with the state in locals: here is where time goes.
    let { a, b, c, d } = this;
    this.restore(before);
    const length = target.length - from;
    for (let at = 0; at < length; at += 4) {
      a = Math.imul(a ^ at, 0xcc9e2d51);
      a = (a << 15) | (a >>> 17);
      b = Math.imul(b + a, 0x1b873593);
      b ^= b >>> 15;
      c = (((c << 13) | (c >>> 19)) + b) | 0;
      d = Math.imul(d ^ c, 0x85ebca6b);
      d ^= d >>> 13;
      const word = d ^ b;
      const to = from + at;
      // What is written past the end of a Uint8Array is dropped.
      target[to] = word;
      target[to + 1] = word >>> 8;
      target[to + 2] = word >>> 16;
      target[to + 3] = word >>> 24;
    }
    return target;
  }

  /** A number of 32 bits that depends on all that was mixed in. The state stays as it was. */
  seed(): number {
    const before = { a: this.a, b: this.b, c: this.c, d: this.d };
    this.finish();
    const seed = this.d ^ this.b;
    this.restore(before);
    return seed;
  }

  /** Mixes in the bytes that wait for a whole word, and how many came. */
  private finish(): void {
    this.step(this.word);
    this.step(this.length);
    this.step(0x1f83d9ab);
    this.step(0x5be0cd19);
  }

  /** What `finish` did is undone: it is cheaper than a copy of all to finish. */
  private restore(before: { readonly a: number; readonly b: number; readonly c: number; readonly d: number }): void {
    this.a = before.a;
    this.b = before.b;
    this.c = before.c;
    this.d = before.d;
  }

  private byte(byte: number): void {
    const shift = 8 * (this.length & 3);
    this.length++;
    if (shift === 24) {
      const word = this.word | (byte << 24);
      this.word = 0;
      this.step(word);
    } else {
      this.word |= byte << shift;
    }
  }

  /** Mixes in all whole words from `from` on, as `step` does each, with the state in locals: here is where time goes. */
  private words(bytes: Uint8Array, from: number): number {
    let { a, b, c, d } = this;
    let at = from;
    for (; at + 4 <= bytes.length; at += 4) {
      // The index is within the bytes, by the loop's condition.
      const word =
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24);
      a = Math.imul(a ^ word, 0xcc9e2d51);
      a = (a << 15) | (a >>> 17);
      b = Math.imul(b + a, 0x1b873593);
      b ^= b >>> 15;
      c = (((c << 13) | (c >>> 19)) + b) | 0;
      d = Math.imul(d ^ c, 0x85ebca6b);
      d ^= d >>> 13;
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
    this.length += at - from;
    return at;
  }

  private step(word: number): void {
    let a = Math.imul(this.a ^ word, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    let b = Math.imul(this.b + a, 0x1b873593);
    b ^= b >>> 15;
    const c = (((this.c << 13) | (this.c >>> 19)) + b) | 0;
    const d = Math.imul(this.d ^ c, 0x85ebca6b);
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d ^ (d >>> 13);
  }
}

function byteAt(text: string, at: number): number {
  return text.charCodeAt(at) & 0xff;
}
