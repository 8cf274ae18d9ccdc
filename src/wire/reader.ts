import { type Bounds, prefixBytes } from './bounds.js';
import { WireError } from './error.js';

/**
 * A cursor over received bytes. Every failure throws `WireError` (`DECODE_ERROR`) with what was expected and what came;
 * offsets count from the start of `source`. What it returns are views: who keeps them past the call copies.
 */
export class Reader {
  private readonly source: Uint8Array;
  private at: number;
  private readonly to: number;

  /** Reads `source` from `from` up to `to`, the whole of it unless told. */
  constructor(source: Uint8Array, from = 0, to: number = source.length) {
    this.source = source;
    this.at = from;
    this.to = to;
  }

  /** How many bytes were not read yet. */
  get remaining(): number {
    return this.to - this.at;
  }

  /** uint8 */
  u8(): number {
    return this.byte(this.take(1));
  }

  /** uint16, network byte order. */
  u16(): number {
    const from = this.take(2);
    return (this.byte(from) << 8) | this.byte(from + 1);
  }

  /** uint24, network byte order. */
  u24(): number {
    const from = this.take(3);
    return (this.byte(from) << 16) | (this.byte(from + 1) << 8) | this.byte(from + 2);
  }

  /** uint32, network byte order. */
  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  /** The next `count` bytes, as a view. */
  bytes(count: number): Uint8Array {
    const from = this.take(count);
    return this.source.subarray(from, from + count);
  }

  /** Goes past the next `count` bytes. */
  skip(count: number): void {
    this.take(count);
  }

  /** All that is left, as a view; it may be empty. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  /** `opaque x<min..max>`: the length, in as many bytes as `max` needs, then a view of that many bytes. */
  opaque(bounds: Bounds): Uint8Array {
    return this.bytes(this.length(bounds));
  }

  /** `T x<min..max>`: a reader of the vector's bytes; who reads it reads until nothing remains, or calls `end`. */
  sub(bounds: Bounds): Reader {
    const length = this.length(bounds);
    const from = this.take(length);
    return new Reader(this.source, from, from + length);
  }

  /** Fails when bytes are left. */
  end(): void {
    if (this.remaining !== 0) {
      this.fail(`expected the end, but ${this.remaining} more bytes came`);
    }
  }

  /** Throws the `WireError` for what was just found, at the present offset. */
  fail(message: string): never {
    throw new WireError('DECODE_ERROR', message, this.at);
  }

  private length(bounds: Bounds): number {
    const size = prefixBytes(bounds);
    const length = size === 1 ? this.u8() : size === 2 ? this.u16() : this.u24();
    if (length < bounds.min || length > bounds.max) {
      this.fail(`expected a vector of ${bounds.min} to ${bounds.max} bytes, got the length ${length}`);
    }
    return length;
  }

  /** `index` was taken: the byte is there, and 0 stands for what the type cannot know. */
  private byte(index: number): number {
    return this.source[index] ?? 0;
  }

  private take(count: number): number {
    const from = this.at;
    if (count > this.to - from) {
      this.fail(`expected ${count} more bytes, got ${this.to - from}`);
    }
    this.at = from + count;
    return from;
  }
}
