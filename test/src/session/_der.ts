/** DER element by element, for sessions that no stack would write. */
import { DerTag } from '../../../src/session/der.js';

export function writeElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of contents) length += part.length;
  const lengthBytes = lengthBytesOf(length);
  const whole = new Uint8Array(1 + lengthBytes + length);
  whole[0] = tag;
  if (lengthBytes === 1) whole[1] = length;
  else {
    whole[1] = 0x80 + lengthBytes - 1;
    for (let i = 2, rest = length; i <= lengthBytes; i += 1, rest = Math.floor(rest / 256)) {
      whole[2 + lengthBytes - i] = rest % 256;
    }
  }
  let at = 1 + lengthBytes;
  for (const part of contents) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function writeInteger(value: bigint): Uint8Array {
  const number = Number(value);
  return writeElement(DerTag.integer, Number.isSafeInteger(number) ? numberBytes(number) : bigintBytes(value));
}

/** The fewest bytes in two's complement, the highest first. Nearly all values of a session are numbers: bigints cost more. */
function numberBytes(value: number): Uint8Array {
  let count = 1;
  for (let limit = 0x80; value >= limit || value < -limit; limit *= 256) count += 1;
  const bytes = new Uint8Array(count);
  for (let rest = value; count > 0; rest = Math.floor(rest / 256)) {
    count -= 1;
    bytes[count] = rest; // modulo 256
  }
  return bytes;
}

function bigintBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(Number(BigInt.asUintN(8, rest)));
    rest >>= 8n;
  } while (!(rest === 0n && (bytes[0] ?? 0) < 0x80) && !(rest === -1n && (bytes[0] ?? 0) >= 0x80));
  return Uint8Array.from(bytes);
}

export function writeOctets(bytes: Uint8Array): Uint8Array {
  return writeElement(DerTag.octetString, bytes);
}

/** How many bytes say a length: one up to 127, else one that counts those behind it. */
function lengthBytesOf(length: number): number {
  if (length < 0x80) return 1;
  let count = 1;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) count += 1;
  return count;
}
