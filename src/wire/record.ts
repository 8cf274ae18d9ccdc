import { recordHeaderBytes } from './constants.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** RFC 5246 §6.2.1: what stands before a fragment. Whether version and length are acceptable is the record layer's rule. */
export interface RecordHeader {
  readonly contentType: number; //   ContentType type
  readonly legacyVersion: number; // ProtocolVersion version
  readonly length: number; //        uint16 length, bytes of the fragment
}

/** @param bytes - exactly `recordHeaderBytes`; other lengths throw `WireError` */
export function readRecordHeader(bytes: Uint8Array): RecordHeader {
  const r = new Reader(bytes);
  const header = { contentType: r.u8(), legacyVersion: r.u16(), length: r.u16() };
  r.end();
  return header;
}

/** The five bytes of a record header, and behind them the fragment where it is given. */
export function writeRecordHeader(value: RecordHeader, fragment?: Uint8Array): Uint8Array {
  const w = new Writer(recordHeaderBytes + (fragment?.length ?? 0));
  w.u8(value.contentType);
  w.u16(value.legacyVersion);
  w.u16(value.length);
  if (fragment !== undefined) w.bytes(fragment);
  return w.finish();
}
