/** What the record layer does otherwise in TLS 1.3: ssl3_get_record, tls13_enc; RFC 8446 §5. */
import type { AlertName } from '../handshake/index.js';
import { ContentType, ProtocolVersion, type RecordHeader, readInnerPlaintext } from '../wire/index.js';
import type { Connection } from './connection.js';
import type { IncomingRecord } from './record-state.js';

const changeCipherSpecByte = 1;
const emptyRecordsMax = 32; // MAX_EMPTY_RECORDS

/** What a record is refused with. */
export interface RecordRefusal {
  readonly alert: AlertName;
  readonly reason: string;
}

/** Behind protected keys a record looks like application data; a ChangeCipherSpec may pass until the handshake is over. */
export function checkProtectedHeader(connection: Connection, header: RecordHeader): RecordRefusal | undefined {
  const { records, tls13 } = connection;
  if (records.readProtection?.form !== 'inner-type') return undefined;
  const { contentType } = header;
  const isPassable =
    contentType === ContentType.applicationData ||
    (contentType === ContentType.changeCipherSpec && isBeforeEnd(connection)) ||
    (contentType === ContentType.alert && tls13.allowsPlainAlerts);
  if (!isPassable) return { alert: 'unexpected_message', reason: 'BAD_RECORD_TYPE' };
  if (header.legacyVersion !== ProtocolVersion.tls12) return { alert: 'decode_error', reason: 'WRONG_VERSION_NUMBER' };
  return undefined;
}

/**
 * Whether the first handshake is not over, as who reads records knows it: a separate record layer is told when it begins, and that
 * of a client, whose last keys come before its own Finished is out, thinks so until the server updates its keys.
 */
function isBeforeEnd(connection: Connection): boolean {
  const { profile, records } = connection;
  return profile.recordLayer === 'separate' ? records.isOfFirstHandshake : connection.isFirstHandshake;
}

/** RFC 8446 §5: a ChangeCipherSpec of middlebox compatibility means nothing, and is passed over. */
export function passesOver(connection: Connection, record: IncomingRecord): 'no' | 'yes' | RecordRefusal {
  const { records } = connection;
  const isRetried = connection.tls13.helloRetry !== 'none';
  if (record.contentType !== ContentType.changeCipherSpec || !isBeforeEnd(connection)) return 'no';
  if (!connection.isTls13 && !isRetried) return 'no';
  if (record.data.length !== 1 || record.data[0] !== changeCipherSpecByte)
    return { alert: connection.profile.invalidCcsAlert, reason: 'INVALID_CCS_MESSAGE' };
  records.consecutiveEmpty += 1;
  if (records.consecutiveEmpty > emptyRecordsMax)
    return { alert: 'unexpected_message', reason: 'UNEXPECTED_CCS_MESSAGE' };
  return 'yes';
}

/** Takes padding and type off; undefined where what is left has no type, or one that may not be. */
export function unwrapped(record: IncomingRecord): IncomingRecord | undefined {
  const inner = readInnerPlaintext(record.data);
  if (inner === undefined) return undefined;
  const { contentType } = inner;
  const isKnown =
    contentType === ContentType.applicationData ||
    contentType === ContentType.alert ||
    contentType === ContentType.handshake;
  return isKnown ? { contentType, version: record.version, data: inner.content } : undefined;
}
