/** Names as OpenSSL compares them: x509_name_canon. Texts are UTF-8, in lower case, with single spaces between their words. */
import { concat } from './bytes.js';
import { DerReader, DerTag, encode } from './der.js';

const bmpString = 0x1e;
const universalString = 0x1c;
/** ASN1_MASK_CANON: printable, T61, IA5 and visible strings have one byte a character. */
const singleByteTags: readonly number[] = [0x13, 0x14, 0x16, 0x1a];

/**
 * The relative names one after the other, without what stands around them.
 * @param name - DER, a Name that `readDistinguishedName` has read
 */
export function canonicalName(name: Uint8Array): Uint8Array {
  const sets = new DerReader(name).next().enter();
  const parts: Uint8Array[] = [];
  while (sets.more) {
    const attributes = sets.next().enter();
    const values: Uint8Array[] = [];
    while (attributes.more) {
      const attribute = attributes.enter(DerTag.sequence);
      const type = attribute.expect(DerTag.objectIdentifier).raw;
      values.push(encode(DerTag.sequence, type, canonicalValue(attribute)));
    }
    parts.push(encode(DerTag.set, ...values.sort(Buffer.compare)));
  }
  return concat(...parts);
}

function canonicalValue(attribute: DerReader): Uint8Array {
  const value = attribute.next();
  const text = textOf(value.tag, value.contents);
  if (text === undefined) return value.raw;
  const words = text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '').replace(/[\t-\r ]+/g, ' ');
  return encode(DerTag.utf8String, Buffer.from(words.replace(/[A-Z]/g, (letter) => letter.toLowerCase())));
}

function textOf(tag: number, contents: Uint8Array): string | undefined {
  const bytes = Buffer.from(contents);
  if (tag === DerTag.utf8String) return bytes.toString('utf8');
  if (singleByteTags.includes(tag)) return bytes.toString('latin1');
  if (tag === bmpString) return Buffer.from(bytes).swap16().toString('utf16le');
  if (tag !== universalString) return undefined;
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) text += String.fromCodePoint(bytes.readUInt32BE(at));
  return text;
}
