/**
 * BER as OpenSSL's ASN.1 templates read it (crypto/asn1/tasn_dec.c): laxer than DER, in that lengths may be indefinite or
 * longer than needed and strings may come in pieces.
 */
import { DerError } from './der.js';

const Universal = { integer: 2, octetString: 4, sequence: 16 } as const;
const universal = 0x00;
const contextSpecific = 0x80;
const constructedBit = 0x20;
const highTag = 0x1f;
const stringNestMax = 5; // ASN1_MAX_STRING_NEST
const uint64Max = 2n ** 64n - 1n;
const safeIntegerBytes = 6; // what a number holds exactly, sign and all: bigints cost more
const int64Max = 2n ** 63n - 1n;

interface Header {
  readonly class: number;
  readonly tag: number;
  readonly isConstructed: boolean;
  readonly isIndefinite: boolean;
  /** Where the content starts, and where it ends; of an indefinite length, where what is around it ends. */
  readonly start: number;
  readonly end: number;
}

/** The C type that an INTEGER is read into. */
export type IntegerType = 'int32' | 'uint32' | 'int64' | 'uint64';

/** A place in the content of one constructed element. Every method throws DerError where OpenSSL's templates fail. */
export class Asn1Cursor {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;
  readonly #isIndefinite: boolean;
  /** The mark that ends an indefinite length has been met. */
  #isEnded = false;

  private constructor(bytes: Uint8Array, at: number, end: number, isIndefinite: boolean) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    this.#isIndefinite = isIndefinite;
  }

  static over(bytes: Uint8Array): Asn1Cursor {
    return new Asn1Cursor(bytes, 0, bytes.length, false);
  }

  get offset(): number {
    return this.#at;
  }

  /** Nothing more stands in it; the mark of an indefinite length's end is taken. */
  get isDone(): boolean {
    if (!this.#isIndefinite) return this.#at === this.#end;
    this.#isEnded ||= this.#takeEnd();
    return this.#isEnded;
  }

  sequence(): Asn1Cursor {
    const header = this.#header();
    if (header.class !== universal || header.tag !== Universal.sequence) throw unexpected('SEQUENCE', header);
    return this.#into(header);
  }

  /** The content of `[tag] EXPLICIT`, when that comes next. */
  explicit(tag: number): Asn1Cursor | undefined {
    const header = this.#header();
    if (header.class !== contextSpecific || header.tag !== tag) return undefined;
    return this.#into(header);
  }

  /** `[tag] IMPLICIT OCTET STRING`, when that comes next. */
  implicitOctets(tag: number): Uint8Array | undefined {
    const header = this.#header();
    return header.class === contextSpecific && header.tag === tag ? this.#string(header) : undefined;
  }

  octets(): Uint8Array {
    const header = this.#header();
    if (header.class !== universal || header.tag !== Universal.octetString) throw unexpected('OCTET STRING', header);
    return this.#string(header);
  }

  /** The value as that C type holds it; an empty one is 0. */
  integer(type: IntegerType): bigint {
    const header = this.#header();
    if (header.class !== universal || header.tag !== Universal.integer || header.isConstructed)
      throw unexpected('INTEGER', header);
    this.#at = header.end;
    return integerOf(this.#bytes.subarray(header.start, header.end), type);
  }

  /** A certificate or key as it stands; only its outline is looked at: SEQUENCEs, and a BIT STRING in the end. */
  signedStructure(): Uint8Array {
    const start = this.#at;
    const header = this.#header();
    if (header.class !== universal || header.tag !== Universal.sequence) throw unexpected('SEQUENCE', header);
    const inner = this.#into(header);
    const tags: number[] = [];
    while (!inner.isDone) {
      const part = inner.#header();
      if (part.isIndefinite) throw new DerError('DER: expected a definite length in a certificate');
      tags.push(part.tag);
      inner.#at = part.end;
    }
    const last = tags.pop();
    if (last !== 3 || tags.length === 0 || tags.some((tag) => tag !== Universal.sequence))
      throw new DerError('DER: expected the outline of a certificate');
    this.leave(inner);
    return this.#bytes.slice(start, this.#at);
  }

  /** Behind an element that was entered, which must be done. */
  leave(inner: Asn1Cursor): void {
    if (!inner.isDone) throw new DerError(`DER: expected the end of an element at offset ${inner.#at}`);
    this.#at = inner.#at;
  }

  #into(header: Header): Asn1Cursor {
    if (!header.isConstructed) throw unexpected('a constructed element', header);
    return new Asn1Cursor(this.#bytes, header.start, header.end, header.isIndefinite);
  }

  #string(header: Header): Uint8Array {
    if (!header.isConstructed) {
      this.#at = header.end;
      return this.#bytes.slice(header.start, header.end);
    }
    const inner = this.#into(header);
    const parts: number[] = [];
    inner.#collect(parts, 0);
    this.#at = inner.#at;
    return Uint8Array.from(parts);
  }

  /** asn1_collect: the pieces of a string, whatever their tags. */
  #collect(parts: number[], depth: number): void {
    while (!this.isDone) {
      const header = this.#header();
      if (header.isConstructed) {
        if (depth >= stringNestMax) throw new DerError('DER: expected a string in fewer levels of pieces');
        const inner = this.#into(header);
        inner.#collect(parts, depth + 1);
        this.#at = inner.#at;
      } else {
        parts.push(...this.#bytes.subarray(header.start, header.end));
        this.#at = header.end;
      }
    }
  }

  #takeEnd(): boolean {
    if (this.#end - this.#at < 2 || this.#bytes[this.#at] !== 0 || this.#bytes[this.#at + 1] !== 0) return false;
    this.#at += 2;
    return true;
  }

  /** ASN1_get_object, without going on. */
  #header(): Header {
    let at = this.#at;
    const next = (): number => {
      const byte = at < this.#end ? this.#bytes[at] : undefined;
      if (byte === undefined) throw new DerError(`DER: expected a header, got the end at offset ${at}`);
      at += 1;
      return byte;
    };
    const first = next();
    let tag = first & highTag;
    if (tag === highTag) {
      tag = 0;
      for (let more = true; more; ) {
        const byte = next();
        if (tag > 2 ** 24) throw new DerError(`DER: expected a smaller tag at offset ${this.#at}`);
        tag = tag * 128 + (byte & 0x7f);
        more = byte >= 0x80;
      }
    }
    const isConstructed = (first & constructedBit) !== 0;
    const lengthByte = next();
    const isIndefinite = lengthByte === 0x80;
    let length = lengthByte < 0x80 ? lengthByte : 0;
    for (let count = isIndefinite || lengthByte < 0x80 ? 0 : lengthByte & 0x7f; count > 0; count -= 1) {
      length = Math.min(length * 256 + next(), Number.MAX_SAFE_INTEGER);
    }
    if (isIndefinite && !isConstructed) throw new DerError(`DER: expected a length at offset ${this.#at}`);
    if (length > this.#end - at)
      throw new DerError(`DER: expected ${length} bytes of content, got ${this.#end - at} at offset ${at}`);
    return {
      class: first & 0xc0,
      tag,
      isConstructed,
      isIndefinite,
      start: at,
      end: isIndefinite ? this.#end : at + length,
    };
  }
}

/** c2i_ibuf and what asn1/x_int64.c makes of it: no needless byte in front, and within the type. */
function integerOf(content: Uint8Array, type: IntegerType): bigint {
  const first = content[0] ?? 0;
  const second = content[1] ?? 0;
  const isNegative = first >= 0x80;
  const isPadded =
    content.length > 1 && (first === 0 || (first === 0xff && content.subarray(1).some((byte) => byte !== 0)));
  if (isPadded && isNegative === second >= 0x80) throw new DerError('DER: expected an INTEGER without padding');
  if (content.length - (isPadded ? 1 : 0) > 8) throw new DerError('DER: expected an INTEGER of at most 64 bits');
  const value = content.length <= safeIntegerBytes ? BigInt(numberOf(content)) : bigintOf(content);
  const isSigned = type === 'int32' || type === 'int64';
  if (isNegative && !isSigned) throw new DerError('DER: expected an INTEGER that is not negative');
  const max = type === 'int32' ? 2n ** 31n - 1n : type === 'uint32' ? 2n ** 32n - 1n : isSigned ? int64Max : uint64Max;
  if (value > max || (type === 'int32' && value < -(2n ** 31n)))
    throw new DerError(`DER: expected an INTEGER that is an ${type}, got ${value}`);
  return isSigned ? BigInt.asIntN(64, value) : value; // below −2^63 it wraps, as in C
}

/** In two's complement, the first byte the highest. */
function numberOf(content: Uint8Array): number {
  let value = 0;
  for (let i = 0; i < content.length; i += 1) value = value * 256 + (content[i] ?? 0);
  return (content[0] ?? 0) < 0x80 ? value : value - 256 ** content.length;
}

function bigintOf(content: Uint8Array): bigint {
  let value = 0n;
  for (const byte of content) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(content.length * 8, value);
}

function unexpected(wanted: string, header: Header): DerError {
  return new DerError(`DER: expected ${wanted}, got tag ${header.tag} before offset ${header.start}`);
}
