/** Addresses as they are written: a2i_IPADDRESS of OpenSSL. */

/** How the numbers of an IPv4 address are read: as sscanf reads them, with signs, zeros and blanks before, or plain ones alone. */
export type AddressNumbers = 'scanned' | 'plain';

const version4Bytes = 4;
const version6Bytes = 16;

/** 4 or 16 bytes; undefined for what is no address. */
export function parseAddress(text: string, numbers: AddressNumbers): Uint8Array | undefined {
  const bytes = text.includes(':') ? parseVersion6(text, numbers) : parseVersion4(text, numbers);
  return bytes && Uint8Array.from(bytes);
}

const forms: Readonly<Record<AddressNumbers, RegExp>> = {
  scanned: /^[ \t-\r]*([+-]?\d+)\.[ \t-\r]*([+-]?\d+)\.[ \t-\r]*([+-]?\d+)\.[ \t-\r]*([+-]?\d+)(?:[ \t-\r]|$)/,
  plain: /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/,
};

/** ipv4_from_asc. */
function parseVersion4(text: string, numbers: AddressNumbers): number[] | undefined {
  const parts = forms[numbers]
    .exec(text)
    ?.slice(1)
    .map(numbers === 'scanned' ? asInt : Number);
  return parts?.length === version4Bytes && parts.every((part) => part >= 0 && part <= 255) ? parts : undefined;
}

/** What sscanf makes of `%d`: a long that keeps to its bounds, cut to 32 bits. */
function asInt(digits: string): number {
  const value = BigInt(digits.replace('+', ''));
  const longMax = 2n ** 63n - 1n;
  const bounded = value > longMax ? longMax : value < -longMax - 1n ? -longMax - 1n : value;
  return Number(BigInt.asIntN(32, bounded));
}

/** ipv6_from_asc: parts between colons, of which empty ones side by side stand for what is missing. */
function parseVersion6(text: string, numbers: AddressNumbers): number[] | undefined {
  const bytes: number[] = [];
  let gapAt: number | undefined;
  let empty = 0;
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (bytes.length === version6Bytes) return undefined;
    if (part === '') {
      if (gapAt !== undefined && gapAt !== bytes.length) return undefined;
      gapAt = bytes.length;
      empty += 1;
      continue;
    }
    const isLast = i === parts.length - 1;
    const own = part.length > version4Bytes ? isLast && parseVersion4(part, numbers) : parseGroup(part);
    if (own === undefined || own === false || bytes.length + own.length > version6Bytes) return undefined;
    bytes.push(...own);
  }
  if (gapAt === undefined) return bytes.length === version6Bytes ? bytes : undefined;
  if (bytes.length === version6Bytes || !isGap(empty, { atEdge: gapAt === 0 || gapAt === bytes.length, bytes })) {
    return undefined;
  }
  return [...bytes.slice(0, gapAt), ...new Array<number>(version6Bytes - bytes.length).fill(0), ...bytes.slice(gapAt)];
}

/** How many parts are empty: one within, two at an edge, three where nothing else is there. */
function isGap(empty: number, where: { readonly atEdge: boolean; readonly bytes: readonly number[] }): boolean {
  if (empty === 3) return where.bytes.length === 0;
  return empty === 2 ? where.atEdge : empty === 1 && !where.atEdge;
}

function parseGroup(part: string): number[] | undefined {
  if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
  const value = Number.parseInt(part, 16);
  return [value >> 8, value & 0xff];
}
