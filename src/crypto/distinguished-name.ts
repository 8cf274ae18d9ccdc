/** Whether bytes are a Name, as OpenSSL reads it: d2i_X509_NAME, x509_name_canon. RFC 5280 §4.1.2.4. */
import { WireError } from '../wire/index.js';
import { DerReader, DerTag } from './der.js';

/** ASN1_PRINTABLE, the unknown among them: universal tags that a value may have, none of them constructed but a sequence. */
const stringTags: ReadonlySet<number> = new Set([3, 7, 8, 9, 11, 12, 13, 14, 15, 18, 19, 20, 22, 28, 29, 30, 0x30]);
const Tag = { bitString: 3, utf8: 12, universal: 28, bmp: 30 } as const;
/** Of a list, OpenSSL does not ask whether it is marked as constructed. */
const sequenceTags: readonly number[] = [DerTag.sequence, 0x10];
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const setTags: readonly number[] = [DerTag.set, 0x11];

/** `trailing`: a Name, with bytes behind it. */
export function readDistinguishedName(bytes: Uint8Array): 'name' | 'trailing' | 'unreadable' {
  try {
    const outer = new DerReader(bytes);
    const sets = enterList(outer, sequenceTags);
    while (sets.more) readSet(enterList(sets, setTags));
    return outer.more ? 'trailing' : 'name';
  } catch (error) {
    if (error instanceof WireError) return 'unreadable';
    throw error;
  }
}

function enterList(reader: DerReader, tags: readonly number[]): DerReader {
  const value = reader.next();
  return tags.includes(value.tag) ? value.enter() : reader.fail(`expected a list, got the tag ${value.tag}`);
}

function readSet(entries: DerReader): void {
  while (entries.more) {
    const entry = entries.enter(DerTag.sequence);
    const type = entry.expect(DerTag.objectIdentifier).contents;
    if (!isObjectIdentifier(type)) entry.fail('expected an object identifier');
    const { tag, contents } = entry.next();
    if (!stringTags.has(tag) || !hasItsForm(tag, contents)) entry.fail(`expected a string, got the tag ${tag}`);
    entry.end();
  }
}

/** Each arc in the fewest bytes, the last of them with its highest bit clear: c2i_ASN1_OBJECT. */
export function isObjectIdentifier(bytes: Uint8Array): boolean {
  let isInside = false;
  for (const byte of bytes) {
    if (byte === 0x80 && !isInside) return false;
    isInside = (byte & 0x80) !== 0;
  }
  return bytes.length > 0 && !isInside;
}

/** What cannot be put into UTF-8 has no canonical form. */
function hasItsForm(tag: number, contents: Uint8Array): boolean {
  switch (tag) {
    case Tag.bitString:
      return (contents[0] ?? 8) < 8; // bits that are left over
    case Tag.bmp:
      return areCharacters(contents, 2);
    case Tag.universal:
      return areCharacters(contents, 4);
    case Tag.utf8:
      return isUtf8(contents);
    default:
      return true;
  }
}

function areCharacters(contents: Uint8Array, size: 2 | 4): boolean {
  if (contents.length % size !== 0) return false;
  for (let at = 0; at < contents.length; at += size) {
    const point = contents.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
    if (point > 0x10_ffff || (point >= 0xd800 && point < 0xe000)) return false;
  }
  return true;
}

function isUtf8(contents: Uint8Array): boolean {
  try {
    strictUtf8.decode(contents);
    return true;
  } catch {
    return false;
  }
}
