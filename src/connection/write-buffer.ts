/**
 * The buffer in which OpenSSL makes a record: ssl3_setup_write_buffer, tls_setup_write_buffer. It is made for the fragments of the
 * session of that moment, while a record is as large as the session of now lets it be: a session that gives way to one without a
 * maximum fragment length leaves a buffer that is too small.
 */
import type { Connection } from './connection.js';
import { fragmentBytesMax } from './fragment-length.js';
import type { Protection } from './protection.js';
import { Option } from './state.js';

/** SSL3_RT_SEND_MAX_ENCRYPTED_OVERHEAD: a MAC of 64 and a block of 16. */
const overheadBytes = 64 + 16;
const headerBytes = 5;
const alignBytes = 7; //        SSL3_ALIGN_PAYLOAD − 1
const usedToAlign = 3; //       what malloc gives is a multiple of 16; behind the header the payload is one of 8
const blockBytes = 16;
/** Room for another record, of no content, unless an option says that none is put before the data. */
const emptyFragmentBytes = headerBytes + alignBytes + overheadBytes;
const inlineIvBytes = 16; //    1.1.1 and 3.0 make room for the longest

/** What protects the records that are written from here on; with 3.5 it comes with a buffer of its own. */
export function beginWriting(connection: Connection, protection: Protection | undefined): void {
  connection.records.writeProtection = protection;
  connection.alertWriting = 'as-keys-say';
  if (connection.profile.recordLayer === 'separate') beginWriteBuffer(connection);
}

/** The buffer is made: by 1.1.1 and 3.0 as a handshake begins, by 3.5 with each of its record layers. */
export function beginWriteBuffer({ records, session }: Connection): void {
  records.writeFragmentBytesMax = fragmentBytesMax(session);
  records.leftBehind = false;
}

/** Whether a record of so many bytes of plaintext can be made in it. */
export function fitsWriteBuffer(connection: Connection, plaintextBytes: number): boolean {
  const { records, profile } = connection;
  if (plaintextBytes <= records.writeFragmentBytesMax) return true;
  const isInline = profile.recordLayer === 'inline';
  const protection = records.writeProtection;
  const { ivBytes = 0, mac } = protection ?? {};
  const typeBytes = protection?.form === 'inner-type' ? 1 : 0;
  const bufferBytes =
    alignBytes +
    headerBytes +
    records.writeFragmentBytesMax +
    overheadBytes +
    (isInline ? inlineIvBytes : ivBytes + typeBytes) +
    (connection.has(Option.dontInsertEmptyFragments) ? 0 : emptyFragmentBytes);
  const beforeBytes = usedToAlign + headerBytes + ivBytes;
  const macBytes = mac?.bytes ?? 0;
  const macInside = mac?.covers === 'plaintext' ? macBytes : 0;
  // what encryption may add is asked for beforehand; 3.5 asks for none where nothing is encrypted
  const reservedBytes = isInline || protection !== undefined ? overheadBytes - macBytes : 0;
  if (beforeBytes + plaintextBytes + typeBytes + macInside + reservedBytes > bufferBytes) return false;
  if (mac?.covers !== 'ciphertext') return true;
  const paddedBytes = (Math.floor(plaintextBytes / blockBytes) + 1) * blockBytes;
  return beforeBytes + paddedBytes + macBytes <= bufferBytes;
}
