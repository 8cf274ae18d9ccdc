/** Records: RFC 5246 §6.2.1, RFC 8446 §5.1. */
import { contentTypes, named, namedHex, versions } from './names.js';
import { count, decimal, FieldReader } from './reader.js';

export const recordHeaderBytes = 5;

export interface RecordHeader {
  readonly contentType: number;
  readonly version: number;
  /** As the header says it. */
  readonly length: number;
  /** Where the fragment begins and ends, as far as it came. */
  readonly from: number;
  readonly to: number;
  /** Whether header and fragment came whole. */
  readonly isWhole: boolean;
}

/** The header at `at`, with its fields in a reader of their own. */
export function readHeader(
  bytes: Uint8Array,
  at: number,
): { readonly header: RecordHeader; readonly reader: FieldReader } {
  const reader = new FieldReader(bytes, 'RFC 8446 §5.1', {
    from: at,
    to: Math.min(at + recordHeaderBytes, bytes.length),
  });
  const contentType = reader.u8('type', named(contentTypes));
  const version = reader.u16('legacy_record_version', namedHex(versions));
  const length = reader.u16('length', decimal);
  const to = Math.min(reader.at + length, bytes.length);
  const isWhole = !reader.failed && to === reader.at + length;
  return { header: { contentType, version, length, from: reader.at, to, isWhole }, reader };
}

/** What a record whose end did not come is said to lack. */
export function lackOf({ length, from, to, isWhole }: RecordHeader): string | undefined {
  return isWhole ? undefined : `expected ${count(length)}, ${to - from} came`;
}
