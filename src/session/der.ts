/** The little DER (X.690) that an SSL_SESSION is written in; how one is read stands in asn1.ts. */
import { briefBytes } from '../wire/index.js';

export const DerTag = { integer: 0x02, octetString: 0x04, sequence: 0x30 } as const;

/** Bytes that are no DER, or end too early. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** `[n] EXPLICIT`. */
export function contextTag(n: number): number {
  return 0xa0 + n;
}

const headerBytesMax = 6;
const capacityBytesDefault = 512;

/**
 * One SEQUENCE, written front to back into one piece of memory; its own header, whose length is known last, goes into room left before
 * it. Each element may stand in a field, `[field] EXPLICIT`.
 */
export class DerSequence {
  #bytes = briefBytes(headerBytesMax + capacityBytesDefault);
  #at = headerBytesMax;

  integer(value: bigint, field?: number): void {
    const number = Number(value);
    // Nearly all values of a session are numbers: bigints cost more.
    const isNumber = Number.isSafeInteger(number);
    const count = isNumber ? numberBytes(number) : bigintBytes(value);
    this.#begin(DerTag.integer, count, field);
    const from = this.#grow(count);
    if (isNumber) putNumber(this.#bytes, from, count, number);
    else putBigint(this.#bytes, from, count, value);
  }

  octets(value: Uint8Array, field?: number): void {
    this.#begin(DerTag.octetString, value.length, field);
    this.#copy(value);
  }

  /** What is DER already, in a field. */
  encoded(value: Uint8Array, field: number): void {
    this.#header(contextTag(field), value.length);
    this.#copy(value);
  }

  /** The whole, a view in memory for a few calls (`briefBytes`). Nothing is to be written after it. */
  finish(): Uint8Array {
    const end = this.#at;
    const length = end - headerBytesMax;
    const start = headerBytesMax - 1 - lengthBytesOf(length);
    this.#at = start;
    this.#header(DerTag.sequence, length);
    return this.#bytes.subarray(start, end);
  }

  #begin(tag: number, length: number, field: number | undefined): void {
    if (field !== undefined) this.#header(contextTag(field), 1 + lengthBytesOf(length) + length);
    this.#header(tag, length);
  }

  #header(tag: number, length: number): void {
    const lengthBytes = lengthBytesOf(length);
    const from = this.#grow(1 + lengthBytes);
    this.#bytes[from] = tag;
    if (lengthBytes === 1) {
      this.#bytes[from + 1] = length;
    } else {
      this.#bytes[from + 1] = 0x80 + lengthBytes - 1;
      putNumber(this.#bytes, from + 2, lengthBytes - 1, length);
    }
  }

  #copy(value: Uint8Array): void {
    const from = this.#grow(value.length); // before the array is named, which may be another then
    this.#bytes.set(value, from);
  }

  #grow(count: number): number {
    const from = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) {
      const larger = briefBytes(Math.max(this.#at, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, from));
      this.#bytes = larger;
    }
    return from;
  }
}

/** How few bytes in two's complement will do. */
function numberBytes(value: number): number {
  let count = 1;
  for (let limit = 0x80; value >= limit || value < -limit; limit *= 256) count += 1;
  return count;
}

function bigintBytes(value: bigint): number {
  let count = 1;
  while (BigInt.asIntN(8 * count, value) !== value) count += 1;
  return count;
}

/** The highest first. */
function putNumber(bytes: Uint8Array, from: number, count: number, value: number): void {
  for (let at = from + count - 1, rest = value; at >= from; at -= 1, rest = Math.floor(rest / 256)) bytes[at] = rest; // modulo 256
}

function putBigint(bytes: Uint8Array, from: number, count: number, value: bigint): void {
  for (let at = from + count - 1, rest = value; at >= from; at -= 1, rest >>= 8n)
    bytes[at] = Number(BigInt.asUintN(8, rest));
}

/** How many bytes say a length: one up to 127, else one that counts those behind it. */
function lengthBytesOf(length: number): number {
  if (length < 0x80) return 1;
  let count = 1;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) count += 1;
  return count;
}
