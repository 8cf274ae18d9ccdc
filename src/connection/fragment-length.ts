/** The maximum fragment length that a client asks for: RFC 6066 §4. It belongs to the session, and to its resumptions. */
import { HandshakeFailure } from '../handshake/index.js';
import { type FragmentLengthCode, fragmentLengthUnspecified, type Session } from '../session/index.js';
import { readMaxFragmentLength, recordPlaintextBytesMax } from '../wire/index.js';
import type { Connection } from './connection.js';

const smallestBytes = 2 ** 9;
const codeMax = 4;

/** Whether it is one of 1 to 4, for 2^9 to 2^12 bytes: IS_MAX_FRAGMENT_LENGTH_EXT_VALID. */
export function isFragmentLengthCode(code: number): code is FragmentLengthCode {
  return Number.isInteger(code) && code >= 1 && code <= codeMax;
}

/** The largest plaintext of a record under this session, in bytes: 2^14 where nothing less was agreed. */
export function fragmentBytesMax(session: Session | undefined): number {
  const code = session?.maxFragmentLength ?? 0;
  return isFragmentLengthCode(code) ? smallestBytes * 2 ** (code - 1) : recordPlaintextBytesMax;
}

/** The largest plaintext of a record that may come: 1.1.1 and 3.0 ask the session each time, 3.5 its record layer. */
export function receivedBytesMax(connection: Connection): number {
  const { profile, session, records } = connection;
  return profile.recordLayer === 'inline' ? fragmentBytesMax(session) : records.readFragmentBytesMax;
}

/** SSL3_RT_MAX_ENCRYPTED_OVERHEAD, and what aligns a record in its buffer. */
const readOverheadBytes = 256 + 64 + 3;

/** A new record layer for reading: 3.5 makes its buffer for the fragments of this moment, tls_setup_read_buffer. */
export function beginReadLayer({ records, session, isFirstHandshake }: Connection): void {
  records.isOfFirstHandshake = isFirstHandshake;
  records.readFragmentBytesMax = fragmentBytesMax(session);
  records.readBufferBytes = records.readFragmentBytesMax + readOverheadBytes;
}

/** A server reads the extension, tls_parse_ctos_maxfragmentlen. A resumed session has its length from its first handshake. */
export function onOfferedFragmentLength(connection: Connection, data: Uint8Array | undefined): void {
  const { session, hit, profile } = connection;
  if (data === undefined || session === undefined) return;
  const code = readCode(data);
  if (profile.resumedFragmentLength === 'kept') {
    if (session.maxFragmentLength === fragmentLengthUnspecified) session.maxFragmentLength = code;
    return;
  }
  if (hit && session.maxFragmentLength !== code) throw invalid();
  session.maxFragmentLength = code;
}

/** A client reads the answer, tls_parse_stoc_maxfragmentlen: only what it asked for will do. */
export function onAnsweredFragmentLength(connection: Connection, data: Uint8Array): void {
  const { session, maxFragmentLength } = connection;
  if (maxFragmentLength === 0) throw new HandshakeFailure('unsupported_extension', 'UNSOLICITED_EXTENSION');
  const code = readCode(data);
  if (code !== maxFragmentLength) throw invalid();
  if (session !== undefined) session.maxFragmentLength = code;
}

/** final_maxfragmentlen: once all extensions are read. */
export function settleFragmentLength(connection: Connection, options: { readonly offered: boolean }): void {
  const { session, profile, server, hit, records } = connection;
  if (session === undefined) return;
  const mustAgree = server && hit && profile.resumedFragmentLength === 'checked';
  if (mustAgree && isFragmentLengthCode(session.maxFragmentLength) && !options.offered) {
    throw new HandshakeFailure('missing_extension', 'BAD_EXTENSION');
  }
  if (session.maxFragmentLength === fragmentLengthUnspecified) session.maxFragmentLength = 0;
  if (!isFragmentLengthCode(session.maxFragmentLength)) return;
  records.readFragmentBytesMax = fragmentBytesMax(session);
  if (profile.recordLayer === 'separate') records.writeFragmentBytesMax = fragmentBytesMax(session);
}

function readCode(data: Uint8Array): FragmentLengthCode {
  if (data.length !== 1) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  const code = readMaxFragmentLength(data);
  if (!isFragmentLengthCode(code)) throw invalid();
  return code;
}

function invalid(): HandshakeFailure {
  return new HandshakeFailure('illegal_parameter', 'SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH');
}
