import { type Bounds, prefixBytes } from './bounds.js';
import { briefBytes } from './brief.js';
import { WireError } from './error.js';

const capacityBytesDefault = 256;

/** Builds a message front to back. What a declaration cannot carry throws `WireError` (`ENCODE_ERROR`). */
export class Writer {
  private buffer: Uint8Array;
  private at = 0;

  /** @param capacityBytes - how many bytes to have ready; exact knowledge saves a copy in `finish` */
  constructor(capacityBytes: number = capacityBytesDefault) {
    this.buffer = briefBytes(capacityBytes);
  }

  /** uint8 */
  u8(value: number): void {
    this.fits(value, 0xff);
    const from = this.grow(1);
    this.buffer[from] = value;
  }

  /** uint16, network byte order. */
  u16(value: number): void {
    this.fits(value, 0xffff);
    const from = this.grow(2);
    this.buffer[from] = value >>> 8;
    this.buffer[from + 1] = value;
  }

  /** uint24, network byte order. */
  u24(value: number): void {
    this.fits(value, 0xffffff);
    const from = this.grow(3);
    this.buffer[from] = value >>> 16;
    this.buffer[from + 1] = value >>> 8;
    this.buffer[from + 2] = value;
  }

  /** uint32, network byte order. */
  u32(value: number): void {
    this.fits(value, 0xffffffff);
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }

  /** Copies `value` as it is, with no length before it. */
  bytes(value: Uint8Array): void {
    const from = this.grow(value.length);
    this.buffer.set(value, from);
  }

  /** `opaque x[count]`: a copy of `value`, which must have that many bytes. */
  fixed(count: number, value: Uint8Array): void {
    this.check({ min: count, max: count }, value.length);
    this.bytes(value);
  }

  /** `opaque x<min..max>`: the length of `value`, then a copy of it. */
  opaque(bounds: Bounds, value: Uint8Array): void {
    this.check(bounds, value.length);
    const size = prefixBytes(bounds);
    this.prefix(this.grow(size), size, value.length);
    this.bytes(value);
  }

  /** `T x<min..max>`: the length of all that `write` writes, then that. */
  vector(bounds: Bounds, write: (w: Writer) => void): void {
    const size = prefixBytes(bounds);
    const prefixAt = this.grow(size);
    write(this);
    const length = this.at - prefixAt - size;
    this.check(bounds, length);
    this.prefix(prefixAt, size, length);
  }

  /** What was written, in memory for a few calls (`briefBytes`). The writer is not to be used after it. */
  finish(): Uint8Array {
    return this.at === this.buffer.length ? this.buffer : this.buffer.subarray(0, this.at);
  }

  private check(bounds: Bounds, length: number): void {
    if (length < bounds.min || length > bounds.max) {
      throw new WireError(
        'ENCODE_ERROR',
        `a vector of ${bounds.min} to ${bounds.max} bytes cannot have ${length}`,
        this.at,
      );
    }
  }

  private fits(value: number, max: number): void {
    if (!Number.isInteger(value) || value < 0 || value > max) {
      throw new WireError('ENCODE_ERROR', `${value} is no whole number from 0 to ${max}`, this.at);
    }
  }

  private prefix(from: number, size: number, length: number): void {
    for (let i = 0; i < size; i++) {
      this.buffer[from + i] = length >>> (8 * (size - 1 - i));
    }
  }

  private grow(count: number): number {
    const from = this.at;
    const needed = from + count;
    if (needed > this.buffer.length) {
      const larger = briefBytes(Math.max(needed, 2 * this.buffer.length));
      larger.set(this.buffer.subarray(0, from));
      this.buffer = larger;
    }
    this.at = needed;
    return from;
  }
}
