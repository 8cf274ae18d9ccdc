/** The little DER (X.690) that an SSL_SESSION needs: one reader, one writer. */

export const DerTag = { integer: 0x02, octetString: 0x04, sequence: 0x30 } as const;

/** Bytes that are no DER, or end too early. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  get offset(): number {
    return this.#at;
  }

  peekTag(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** @throws DerError unless an element of that tag comes next */
  element(tag: number): DerElement {
    const start = this.#at;
    const found = this.#byte();
    if (found !== tag) throw new DerError(`DER: expected tag ${hex(tag)}, got ${hex(found)} at offset ${start}`);
    const length = this.#length();
    if (length > this.remaining) {
      throw new DerError(`DER: expected ${length} bytes of content, got ${this.remaining} at offset ${this.#at}`);
    }
    const content = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return { tag, content, whole: this.#bytes.subarray(start, this.#at) };
  }

  /** An INTEGER of at most 8 bytes, signed. */
  integer(): bigint {
    const { content } = this.element(DerTag.integer);
    if (content.length === 0 || content.length > 9)
      throw new DerError(`DER: expected an INTEGER of 1 to 9 bytes, got ${content.length}`);
    let value = 0n;
    for (const byte of content) value = (value << 8n) | BigInt(byte);
    return BigInt.asIntN(content.length * 8, value);
  }

  octets(): Uint8Array {
    return this.element(DerTag.octetString).content;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new DerError(`DER: expected a byte, got the end at offset ${this.#at}`);
    this.#at += 1;
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError(`DER: expected a length of 1 to 4 bytes, got ${count}`);
    let length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + this.#byte();
    return length;
  }
}

/** `[n] EXPLICIT`. */
export function contextTag(n: number): number {
  return 0xa0 + n;
}

export function writeElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const header = [tag, ...lengthBytes(length)];
  const whole = new Uint8Array(header.length + length);
  whole.set(header);
  let at = header.length;
  for (const part of contents) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function writeInteger(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(Number(BigInt.asUintN(8, rest)));
    rest >>= 8n;
  } while (!(rest === 0n && (bytes[0] ?? 0) < 0x80) && !(rest === -1n && (bytes[0] ?? 0) >= 0x80));
  return writeElement(DerTag.integer, Uint8Array.from(bytes));
}

export function writeOctets(bytes: Uint8Array): Uint8Array {
  return writeElement(DerTag.octetString, bytes);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
