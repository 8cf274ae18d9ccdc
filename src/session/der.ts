/** The little DER (X.690) that an SSL_SESSION is written in; how one is read stands in asn1.ts. */

export const DerTag = { integer: 0x02, octetString: 0x04, sequence: 0x30 } as const;

/** Bytes that are no DER, or end too early. */
export class DerError extends Error {
  override readonly name = 'DerError';
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
