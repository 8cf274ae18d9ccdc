/**
 * BER as OpenSSL's ASN.1 templates read it (crypto/asn1/tasn_dec.c): laxer than DER, in that lengths may be indefinite or
 * longer than needed and strings may come in pieces.
 */
import type { Profile } from '../profile/index.js';
import { DerError } from './der.js';

export const Universal = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  objectIdentifier: 6,
  enumerated: 10,
  utf8String: 12,
  sequence: 16,
  set: 17,
  utcTime: 23,
  generalizedTime: 24,
  universalString: 28,
  bmpString: 30,
} as const;
export const universal = 0x00;
export const contextSpecific = 0x80;
const constructedBit = 0x20;
const highTag = 0x1f;
const stringNestMax = 5; // ASN1_MAX_STRING_NEST
const uint64Max = 2n ** 64n - 1n;
const tagMax = 2 ** 24; // INT_MAX >> 7, and one: a tag that has come so far takes no further byte
const safeIntegerBytes = 6; // what a number holds exactly, sign and all: bigints cost more
const int64Max = 2n ** 63n - 1n;

export interface Asn1Header {
  /** Where it begins. */
  readonly offset: number;
  readonly class: number;
  readonly tag: number;
  readonly isConstructed: boolean;
  readonly isIndefinite: boolean;
  /** Where the content starts, and where it ends; of an indefinite length, where what is around it ends. */
  readonly start: number;
  readonly end: number;
}

/** Where the lines read differently. */
export type Asn1Rules = Pick<Profile, 'longLengths' | 'namesHaveEnumerated' | 'refusesShortTimes'>;

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
  /** What `peek` gave last. */
  #peeked: Asn1Header | undefined;

  readonly rules: Asn1Rules;

  private constructor(bytes: Uint8Array, at: number, end: number, isIndefinite: boolean, rules: Asn1Rules) {
    this.#bytes = bytes;
    this.rules = rules;
    this.#at = at;
    this.#end = end;
    this.#isIndefinite = isIndefinite;
  }

  static over(bytes: Uint8Array, rules: Asn1Rules): Asn1Cursor {
    return new Asn1Cursor(bytes, 0, bytes.length, false, rules);
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

  /** asn1_check_eoc: the mark that ends an indefinite length comes next. */
  get isAtMark(): boolean {
    return this.#end - this.#at >= 2 && this.#bytes[this.#at] === 0 && this.#bytes[this.#at + 1] === 0;
  }

  sequence(): Asn1Cursor {
    const header = this.peek();
    if (header.class !== universal || header.tag !== Universal.sequence) throw unexpected('SEQUENCE', header);
    return this.into(header);
  }

  /** The content of `[tag] EXPLICIT`, when that comes next. */
  explicit(tag: number): Asn1Cursor | undefined {
    const header = this.peek();
    if (header.class !== contextSpecific || header.tag !== tag) return undefined;
    return this.into(header);
  }

  /** `[tag] IMPLICIT OCTET STRING`, when that comes next. */
  implicitOctets(tag: number): Uint8Array | undefined {
    const header = this.peek();
    return header.class === contextSpecific && header.tag === tag ? this.contentOf(header) : undefined;
  }

  octets(): Uint8Array {
    const header = this.peek();
    if (header.class !== universal || header.tag !== Universal.octetString) throw unexpected('OCTET STRING', header);
    return this.contentOf(header);
  }

  /** The value as that C type holds it; an empty one is 0. */
  integer(type: IntegerType): bigint {
    const header = this.peek();
    if (header.class !== universal || header.tag !== Universal.integer || header.isConstructed)
      throw unexpected('INTEGER', header);
    this.#at = header.end;
    return integerOf(this.#bytes.subarray(header.start, header.end), type);
  }

  /** The bytes from `start`, an offset that it had, to here. */
  since(start: number): Uint8Array {
    return this.#bytes.slice(start, this.#at);
  }

  /** Behind an element that was entered, which must be done. */
  leave(inner: Asn1Cursor): void {
    if (!inner.isDone) throw new DerError(`DER: expected the end of an element at offset ${inner.#at}`);
    this.#at = inner.#at;
  }

  /** The content of an element that has to be constructed. */
  into(header: Asn1Header): Asn1Cursor {
    if (!header.isConstructed) throw unexpected('a constructed element', header);
    return this.within(header);
  }

  /** The same, whatever its bytes say of it. */
  within(header: Asn1Header): Asn1Cursor {
    return new Asn1Cursor(this.#bytes, header.start, header.end, header.isIndefinite, this.rules);
  }

  /** The content of a primitive element or of a string in pieces, which is then behind. */
  contentOf(header: Asn1Header): Uint8Array {
    if (!header.isConstructed) {
      this.#at = header.end;
      return this.#bytes.slice(header.start, header.end);
    }
    const inner = this.within(header);
    const parts: number[] = [];
    inner.#collect(parts, 0);
    this.#at = inner.#at;
    return Uint8Array.from(parts);
  }

  /** asn1_find_end: behind an element of which only the length matters. */
  passOver(header: Asn1Header): void {
    this.#at = header.end;
    if (!header.isIndefinite) return;
    const inner = this.within(header);
    for (let open = 1; open > 0; ) {
      if (inner.#takeEnd()) {
        open -= 1;
        continue;
      }
      const next = inner.peek();
      inner.#at = next.isIndefinite ? next.start : next.end;
      if (next.isIndefinite) open += 1;
    }
    this.#at = inner.#at;
  }

  /** asn1_collect: the pieces of a string, whatever their tags. */
  #collect(parts: number[], depth: number): void {
    while (!this.isDone) {
      if (this.isAtMark) throw new DerError(`DER: a mark of an end, where nothing is open, at offset ${this.#at}`);
      const header = this.peek();
      if (header.isConstructed) {
        if (depth >= stringNestMax) throw new DerError('DER: expected a string in fewer levels of pieces');
        const inner = this.into(header);
        inner.#collect(parts, depth + 1);
        this.#at = inner.#at;
      } else {
        parts.push(...this.#bytes.subarray(header.start, header.end));
        this.#at = header.end;
      }
    }
  }

  #takeEnd(): boolean {
    const isThere = this.isAtMark;
    if (isThere) this.#at += 2;
    return isThere;
  }

  /** ASN1_get_object: what comes next; it stays there, and is read once, however many optional fields ask whether they come. */
  peek(): Asn1Header {
    if (this.#peeked?.offset !== this.#at) this.#peeked = this.#header();
    return this.#peeked;
  }

  #header(): Asn1Header {
    let at = this.#at;
    const next = (): number => {
      const byte = this.#bytes[at]; // one behind the end of this element leaves no room for the content, which is refused below
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
        if (tag >= tagMax) throw new DerError(`DER: expected a smaller tag at offset ${this.#at}`);
        tag = tag * 128 + (byte & 0x7f);
        more = byte >= 0x80;
      }
    }
    const isConstructed = (first & constructedBit) !== 0;
    const lengthByte = next();
    const isIndefinite = lengthByte === 0x80;
    const isLong = lengthByte >= 0x80;
    let length = isLong ? 0 : lengthByte;
    for (let count = isLong ? lengthByte & 0x7f : 0; count > 0; count -= 1) {
      length = Math.min(length * 256 + next(), Number.MAX_SAFE_INTEGER);
    }
    if (isLong && at === this.#end && this.rules.longLengths === 'followed')
      throw new DerError(`DER: expected a byte behind a length, got the end at offset ${at}`);
    if (isIndefinite && !isConstructed) throw new DerError(`DER: expected a length at offset ${this.#at}`);
    if (length > this.#end - at)
      throw new DerError(`DER: expected ${length} bytes of content, got ${this.#end - at} at offset ${at}`);
    return {
      offset: this.#at,
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
  const hasSignByte =
    content.length > 1 && (first === 0 || (first === 0xff && content.subarray(1).some((byte) => byte !== 0)));
  if (hasSignByte && isNegative === second >= 0x80) throw new DerError('DER: expected an INTEGER without padding');
  if (content.length - (hasSignByte ? 1 : 0) > 8) throw new DerError('DER: expected an INTEGER of at most 64 bits');
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

function unexpected(wanted: string, header: Asn1Header): DerError {
  return new DerError(`DER: expected ${wanted}, got tag ${header.tag} before offset ${header.start}`);
}
