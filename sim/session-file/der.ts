/** The DER that an SSL_SESSION is made of: lengths that are definite and as short as can be, whole numbers, strings of bytes. */
import { SessionFileError } from './error.js';

export const tagOf = { integer: 0x02, octets: 0x04, sequence: 0x30, keyArgument: 0x80 } as const;
const explicitTag = 0xa0;
const tagNumberMask = 0x1f;

export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
  /** Of the content, from the start of the file. */
  readonly offset: number;
}

/** Every element of some content, to its end. @throws SessionFileError */
export function elementsOf(content: Uint8Array, offset: number): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < content.length; ) {
    const element = elementAt(content, at, offset);
    found.push(element);
    at += element.whole.length;
  }
  return found;
}

function elementAt(bytes: Uint8Array, at: number, offset: number): Element {
  const tag = bytes[at] ?? 0;
  const where = `at byte ${offset + at}`;
  if ((tag & tagNumberMask) === tagNumberMask) throw invalid(`a tag of several bytes ${where}`);
  const first = bytes[at + 1];
  if (first === undefined) throw invalid(`it ends within an element ${where}`);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 3) throw invalid(`a length that no session has ${where}`);
  let length = lengthBytes === 0 ? first : 0;
  for (let i = 0; i < lengthBytes; i += 1) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  const start = at + 2 + lengthBytes;
  if (start + length > bytes.length) throw invalid(`${length} bytes are announced ${where}, and fewer are there`);
  const whole = bytes.subarray(at, start + length);
  return { tag, content: bytes.subarray(start, start + length), whole, offset: offset + start };
}

/** The number of `[n] EXPLICIT`; undefined: it is something else. */
export function explicitNumber({ tag }: Element): number | undefined {
  return (tag & ~tagNumberMask) === explicitTag ? tag & tagNumberMask : undefined;
}

/** A whole number of at most 64 bits, of either sign. @throws SessionFileError */
export function integerOf({ tag, content, offset }: Element): bigint {
  if (tag !== tagOf.integer) throw invalid(`expected INTEGER, found the tag ${tag} before byte ${offset}`);
  if (content.length === 0 || content.length > 9)
    throw invalid(`an INTEGER of ${content.length} bytes at byte ${offset}`);
  const bits = 8 * content.length;
  return BigInt.asIntN(
    bits,
    content.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n),
  );
}

/** @throws SessionFileError */
export function octetsOf({ tag, content, offset }: Element): Uint8Array {
  if (tag !== tagOf.octets) throw invalid(`expected OCTET STRING, found the tag ${tag} before byte ${offset}`);
  return content;
}

export function encoded(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : length < 0x1_0000
          ? [tag, 0x82, length >> 8, length & 0xff]
          : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return joined([Uint8Array.from(head), content]);
}

export function encodedInteger(value: bigint): Uint8Array {
  let bytes = 1;
  while (BigInt.asIntN(8 * bytes, value) !== value) bytes += 1;
  const content = Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * (bytes - 1 - i))) & 0xffn));
  return encoded(tagOf.integer, Uint8Array.from(content));
}

export function encodedExplicit(number: number, inner: Uint8Array): Uint8Array {
  return encoded(explicitTag | number, inner);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function invalid(why: string): SessionFileError {
  return new SessionFileError('DER_INVALID', `this is no SSL_SESSION as OpenSSL encodes it: ${why}`);
}
