/** Structures described as data, and whether bytes are one, as OpenSSL's ASN.1 templates decide it (crypto/asn1/tasn_dec.c). */
import { type Asn1Cursor, type Asn1Header, type Asn1Rules, contextSpecific, Universal, universal } from './asn1.js';
import { DerError } from './der.js';

export type Template =
  | { readonly form: 'sequence'; readonly fields: readonly TemplateField[] }
  /** SEQUENCE OF or SET OF: libssl does not ask whether their bytes are marked as constructed. */
  | { readonly form: 'of'; readonly tag: number; readonly item: Template }
  /** One of several universal types. */
  | {
      readonly form: 'value';
      readonly tags: readonly number[];
      readonly check?: ValueCheck;
    }
  | { readonly form: 'any' };

/** @throws DerError where that is no value of that tag here */
export type ValueCheck = (tag: number, content: Uint8Array, rules: Asn1Rules) => void;

export interface TemplateField {
  readonly template: Template;
  readonly optional?: true;
  /** The tag around it. */
  readonly explicit?: number;
  /** The tag that it has instead of its own. */
  readonly implicit?: number;
}

/** Goes past a structure. @throws DerError where the bytes are none */
export function skipStructure(cursor: Asn1Cursor, template: Template): void {
  if (!skip(cursor, template, undefined))
    throw new DerError(`DER: expected another element at offset ${cursor.offset}`);
}

/** @returns false, and stays, where an element of another tag comes next */
function skip(cursor: Asn1Cursor, template: Template, implicitTag: number | undefined): boolean {
  const header = cursor.peek();
  const fits =
    implicitTag === undefined
      ? hasTagOf(template, header)
      : header.class === contextSpecific && header.tag === implicitTag;
  if (!fits) return false;
  if (template.form === 'any') {
    skipAny(cursor, header);
  } else if (template.form === 'sequence') {
    const inner = cursor.into(header);
    skipFields(inner, template.fields);
    cursor.leave(inner);
  } else if (template.form === 'of') {
    const inner = cursor.within(header);
    while (!inner.isDone) skipStructure(inner, template.item);
    cursor.leave(inner);
  } else {
    const type = implicitTag === undefined ? header.tag : (template.tags[0] ?? 0);
    skipValue(cursor, header, type, template.check);
  }
  return true;
}

function hasTagOf(template: Template, header: Asn1Header): boolean {
  if (template.form === 'any') return true;
  const tags =
    template.form === 'sequence' ? [Universal.sequence] : template.form === 'of' ? [template.tag] : template.tags;
  return header.class === universal && tags.includes(header.tag);
}

function skipFields(cursor: Asn1Cursor, fields: readonly TemplateField[]): void {
  for (const field of fields) {
    const isThere = !cursor.isDone && skipField(cursor, field);
    if (!isThere && field.optional !== true) throw new DerError(`DER: a field is missing at offset ${cursor.offset}`);
  }
}

function skipField(cursor: Asn1Cursor, { template, explicit, implicit }: TemplateField): boolean {
  if (explicit === undefined) return skip(cursor, template, implicit);
  const inner = cursor.explicit(explicit);
  if (inner === undefined) return false;
  skipStructure(inner, template);
  cursor.leave(inner);
  return true;
}

/** A value of whatever type; what is inside of a structure is not looked at. */
function skipAny(cursor: Asn1Cursor, header: Asn1Header): void {
  if (cursor.isAtMark) throw new DerError('DER: a mark of an end, where nothing is open');
  skipValue(cursor, header, header.class === universal ? header.tag : 'other', undefined);
}

function skipValue(
  cursor: Asn1Cursor,
  header: Asn1Header,
  type: number | 'other',
  check: ValueCheck | undefined,
): void {
  if (type === 'other' || type === Universal.sequence || type === Universal.set) {
    if (type !== 'other' && !header.isConstructed) throw new DerError('DER: expected a constructed element');
    cursor.passOver(header);
    return;
  }
  if (header.isConstructed && neverInPieces.includes(type)) throw new DerError('DER: expected a primitive element');
  const content = cursor.contentOf(header);
  if (!isValue(type, content, cursor.rules))
    throw new DerError(`DER: ${content.length} bytes that are no value of the type ${type}`);
  check?.(type, content, cursor.rules);
}

const neverInPieces: readonly number[] = [
  Universal.null,
  Universal.boolean,
  Universal.objectIdentifier,
  Universal.integer,
  Universal.enumerated,
];

/** asn1_ex_c2i: what a value of each type has to be. */
function isValue(type: number, content: Uint8Array, { refusesShortTimes }: Asn1Rules): boolean {
  const { length } = content;
  switch (type) {
    case Universal.boolean:
      return length === 1;
    case Universal.null:
      return length === 0;
    case Universal.integer:
    case Universal.enumerated:
      return length > 0 && !isPadded(content);
    case Universal.bitString:
      return length > 0 && (content[0] ?? 0) <= 7;
    case Universal.objectIdentifier:
      // c2i_ASN1_OBJECT: the last byte ends an arc, and none begins with a needless byte
      return (
        length > 0 &&
        (content[length - 1] ?? 0) < 0x80 &&
        !content.some((byte, at) => byte === 0x80 && (content[at - 1] ?? 0) < 0x80)
      );
    case Universal.utcTime:
      return length >= 13 || !refusesShortTimes;
    case Universal.generalizedTime:
      return length >= 15 || !refusesShortTimes;
    case Universal.bmpString:
      return length % 2 === 0;
    case Universal.universalString:
      return length % 4 === 0;
    default:
      return true;
  }
}

/** c2i_ibuf: a byte in front that says nothing. */
function isPadded(content: Uint8Array): boolean {
  const [first, second] = content;
  if (second === undefined) return false;
  return first === 0xff ? second >= 0x80 : first === 0 && second < 0x80;
}
