/** Records: RFC 5246 §6.2.1, RFC 8446 §5.1. */
import type { Field } from './field.js';
import { contentTypes, named, namedHex, versions } from './names/code-points.js';
import { asText, count, FieldReader } from './reader.js';

export const recordHeaderBytes = 5;

export interface RecordHeader {
  readonly contentType: number;
  readonly version: number;
  /** As the header says it. */
  readonly length: number;
  /** Where the fragment begins and ends, as far as it came. */
  readonly from: number;
  readonly to: number;
  /** The stream ended within the header. */
  readonly isCut: boolean;
  /** Whether header and fragment came whole. */
  readonly isWhole: boolean;
}

const of13 = { version: 'legacy_record_version', source: 'RFC 8446 §5.1' } as const;
const of12 = { version: 'version', source: 'RFC 5246 §6.2.1' } as const;

/** The header at `at`, with its fields in a reader of their own. */
export function readHeader(
  bytes: Uint8Array,
  at: number,
  { isTls13 }: { readonly isTls13: boolean },
): { readonly header: RecordHeader; readonly reader: FieldReader } {
  const words = isTls13 ? of13 : of12;
  const range = { from: at, to: Math.min(at + recordHeaderBytes, bytes.length) };
  const reader = new FieldReader(bytes, words.source, range);
  const contentType = reader.u8('type', named(contentTypes));
  const version = reader.u16(words.version, namedHex(versions));
  const length = reader.u16('length', count);
  const from = reader.at;
  const to = Math.min(from + length, bytes.length);
  const isCut = reader.failed;
  return { header: { contentType, version, length, from, to, isCut, isWhole: !isCut && to === from + length }, reader };
}

/** What a record whose end did not come is said to lack. */
export function lackOf({ length, from, to, isCut, isWhole }: RecordHeader): string | undefined {
  if (isCut) return `expected a header of ${count(recordHeaderBytes)}, the stream ended within it`;
  return isWhole ? undefined : `expected ${count(length)}, ${to - from} came`;
}

const versionMajor = 3;

/** What is no record, from `at` to the end: nobody could tell where the next begins. Undefined for one, and for the start of one. */
export function notARecord(bytes: Uint8Array, at: number): Field | undefined {
  const came = bytes[at + 1];
  if (came === undefined || came === versionMajor) return undefined;
  const rest = bytes.subarray(at);
  return {
    name: 'unknown',
    offset: at,
    length: rest.length,
    value: asText(rest),
    source: 'RFC 8446 §5.1',
    problem: `expected a record, whose second byte is ${versionMajor}, ${came} came`,
  };
}
