import { Reader } from '../wire/index.js';
import { ascii, concat, fromBigInt } from './bytes.js';

/** X.690 §8 and §10: the tags that certificates and keys use. */
export const DerTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of a field `[number]` that contains other fields. */
export function contextTag(number: number): number {
  return 0xa0 | number;
}

/** The tag of a field `[number] IMPLICIT` of a primitive type. */
export function primitiveContextTag(number: number): number {
  return 0x80 | number;
}

/** Tag, length and contents (X.690 §8.1). */
export function encode(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  return concat(Uint8Array.of(tag), encodeLength(length), ...contents);
}

/** SEQUENCE of encoded values. */
export function sequence(...values: readonly Uint8Array[]): Uint8Array {
  return encode(DerTag.sequence, ...values);
}

/** INTEGER, for values from 0. */
export function integer(value: bigint): Uint8Array {
  const length = Math.ceil(value.toString(16).length / 2);
  const bytes = fromBigInt(value, length);
  return encode(DerTag.integer, (bytes[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), bytes) : bytes);
}

/** OBJECT IDENTIFIER, from the dotted form. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  return encode(DerTag.objectIdentifier, Uint8Array.from([40 * first + second, ...arcs.flatMap(base128)]));
}

/** BIT STRING of whole bytes, or without the last `unusedBits`. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return encode(DerTag.bitString, Uint8Array.of(unusedBits), bytes);
}

/** UTF8String, of ASCII text. */
export function utf8String(text: string): Uint8Array {
  return encode(DerTag.utf8String, ascii(text));
}

function base128(arc: number): number[] {
  const bytes = [arc & 0x7f];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(0x80 | (rest & 0x7f));
  }
  return bytes;
}

function encodeLength(length: number): Uint8Array {
  if (length < 0x80) {
    return Uint8Array.of(length);
  }
  const bytes = fromBigInt(BigInt(length), Math.ceil(length.toString(16).length / 2));
  return concat(Uint8Array.of(0x80 | bytes.length), bytes);
}

/** One value: its tag, its contents, and all of it with tag and length. The bytes are views, made when they are asked for. */
export class DerValue {
  readonly tag: number;
  private readonly source: Uint8Array;
  private readonly from: number;
  private readonly contentsFrom: number;
  private readonly to: number;

  constructor(source: Uint8Array, tag: number, places: { from: number; contentsFrom: number; to: number }) {
    this.source = source;
    this.tag = tag;
    this.from = places.from;
    this.contentsFrom = places.contentsFrom;
    this.to = places.to;
  }

  get contents(): Uint8Array {
    return this.source.subarray(this.contentsFrom, this.to);
  }

  get raw(): Uint8Array {
    return this.source.subarray(this.from, this.to);
  }

  /** The values inside. */
  enter(): DerReader {
    return new DerReader(this.source, this.contentsFrom, this.to);
  }
}

/** A cursor over DER values, one after the other. What does not fit throws `WireError`. */
export class DerReader {
  private readonly source: Uint8Array;
  private readonly to: number;
  private readonly reader: Reader;

  constructor(source: Uint8Array, from = 0, to: number = source.length) {
    this.source = source;
    this.to = to;
    this.reader = new Reader(source, from, to);
  }

  /** Whether a value with this tag comes next. */
  isNext(tag: number): boolean {
    return this.more && this.source[this.at] === tag;
  }

  /** Whether values are left. */
  get more(): boolean {
    return this.reader.remaining > 0;
  }

  /** The next value, of any tag. */
  next(): DerValue {
    const from = this.at;
    const tag = this.reader.u8();
    const length = this.length();
    const contentsFrom = this.at;
    this.reader.skip(length);
    return new DerValue(this.source, tag, { from, contentsFrom, to: contentsFrom + length });
  }

  /** The next value, which must have this tag. */
  expect(tag: number): DerValue {
    const value = this.next();
    if (value.tag !== tag) {
      this.reader.fail(`expected the DER tag ${tag}, got ${value.tag}`);
    }
    return value;
  }

  /** The values inside the next one, which must have this tag. */
  enter(tag: number): DerReader {
    return this.expect(tag).enter();
  }

  /** Fails when values are left. */
  end(): void {
    this.reader.end();
  }

  /** Throws the `WireError` for what was just found. */
  fail(message: string): never {
    this.reader.fail(message);
  }

  private get at(): number {
    return this.to - this.reader.remaining;
  }

  /** X.690 §10.1: the definite form, in the fewest bytes; two are more than a certificate of this stack needs. */
  private length(): number {
    const first = this.reader.u8();
    const length = first < 0x80 ? first : first === 0x81 ? this.reader.u8() : first === 0x82 ? this.reader.u16() : -1;
    const smallest = first < 0x80 ? 0 : first === 0x81 ? 0x80 : 0x100;
    if (length < smallest) {
      this.reader.fail(
        `expected a DER length of at most 65535 in its shortest form, got one that begins with ${first}`,
      );
    }
    return length;
  }
}
