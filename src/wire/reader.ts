import { type Bounds, prefixBytes } from './bounds.js';
import { WireError } from './error.js';

/**
 * A cursor over received bytes. Every failure throws `WireError` (`DECODE_ERROR`) with what was expected and what came;
 * offsets count from the start of the outermost reader. What it returns are views: who keeps them past the call copies.
 */
export class Reader {
  private readonly source: Uint8Array;
  private readonly base: number;
  private at = 0;

  /** @param base - what offsets in errors begin with, when `source` is itself a part of something */
  constructor(source: Uint8Array, base = 0) {
    this.source = source;
    this.base = base;
  }

  /** How many bytes were not read yet. */
  get remaining(): number {
    return this.source.length - this.at;
  }

  /** uint8 */
  u8(): number {
    return this.uint(1);
  }

  /** uint16, network byte order. */
  u16(): number {
    return this.uint(2);
  }

  /** uint24, network byte order. */
  u24(): number {
    return this.uint(3);
  }

  /** uint32, network byte order. */
  u32(): number {
    return this.uint(4);
  }

  /** The next `count` bytes, as a view. */
  bytes(count: number): Uint8Array {
    const from = this.take(count);
    return this.source.subarray(from, from + count);
  }

  /** All that is left, as a view; it may be empty. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  /** `opaque x<min..max>`: the length, in as many bytes as `max` needs, then a view of that many bytes. */
  opaque(bounds: Bounds): Uint8Array {
    return this.bytes(this.length(bounds));
  }

  /** `T x<min..max>`: a reader of the vector's bytes; who reads it calls `end` on it. */
  sub(bounds: Bounds): Reader {
    const length = this.length(bounds);
    const from = this.take(length);
    return new Reader(this.source.subarray(from, from + length), this.base + from);
  }

  /** Fails when bytes are left. */
  end(): void {
    if (this.remaining !== 0) {
      this.fail(`expected the end, but ${this.remaining} more bytes came`);
    }
  }

  /** Throws the `WireError` for what was just found, at the present offset. */
  fail(message: string): never {
    throw new WireError('DECODE_ERROR', message, this.base + this.at);
  }

  private length(bounds: Bounds): number {
    const length = this.uint(prefixBytes(bounds));
    if (length < bounds.min || length > bounds.max) {
      this.fail(`expected a vector of ${bounds.min} to ${bounds.max} bytes, got the length ${length}`);
    }
    return length;
  }

  private uint(size: number): number {
    const from = this.take(size);
    let value = 0;
    for (let i = from; i < from + size; i++) {
      value = value * 256 + (this.source[i] ?? 0);
    }
    return value;
  }

  private take(count: number): number {
    const from = this.at;
    if (count > this.source.length - from) {
      this.fail(`expected ${count} more bytes, got ${this.source.length - from}`);
    }
    this.at = from + count;
    return from;
  }
}
