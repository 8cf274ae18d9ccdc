/** The record layer and what goes out through it: ssl3_get_record, do_ssl3_write, alerts, and how a fatal error leaves its marks. */
import { type AlertName, alertCode } from '../handshake/index.js';
import {
  AlertDescription,
  AlertLevel,
  ContentType,
  ProtocolVersion,
  type RecordHeader,
  readRecordHeader,
  recordCiphertextBytesMaxOfTls13,
  recordHeaderBytes,
  recordPlaintextBytesMax,
  writeRecordHeader,
} from '../wire/index.js';
import type { Connection } from './connection.js';
import { countEarlyData, earlyRecordsOverhead, skipsEarlyData } from './early-data.js';
import { bufferWrite, flush, push } from './flight.js';
import { receivedBytesMax } from './fragment-length.js';
import { tellAlert } from './info.js';
import { activeProtection, concat, isSealedAs13, knowsTag, macVersion, outgoingFragment } from './outgoing-record.js';
import type { OpenFailure, Protection } from './protection.js';
import type { IncomingRecord } from './record-state.js';
import { checkProtectedHeader, passesOver, unwrapped } from './records-13.js';
import { Option, Shutdown } from './state.js';
import { fitsWriteBuffer } from './write-buffer.js';

/** TLS 1.2: 2^14 and 1024 for compression and 256 for what OpenSSL grants (SSL3_RT_MAX_ENCRYPTED_LENGTH). */
const encryptedBytesMax = recordPlaintextBytesMax + 256 + 64;
/** What 1.1.1 and 3.0 make room for behind the header: aligned, so that three bytes more fit. */
const readBufferBytes = encryptedBytesMax + 3;
const emptyRecordsMax = 32; // MAX_EMPTY_RECORDS
const empty: Uint8Array = new Uint8Array(0);
const sumAtFirst = 0x811c9dc5; // FNV-1a, offset basis
const recordVersionMajor = 3;
/** The first bytes of an HTTP request, as far as they are looked at. */
const httpMethods = /^(GET |POST |HEAD |PUT )/;
const laterHttpMethods = /^(GET |POST |HEAD |PUT |PATCH|OPTIO|DELET|TRACE)/;

/** 1: it is there or done; 0: end of file or nothing; −1: an error, or try again. */
export type Outcome = 1 | 0 | -1;

/**
 * SSLfatal: the reason, if there is one, goes to the error queue; the first time, the connection breaks for good and the peer gets the alert.
 * @returns −1, what the caller returns
 */
export function fatal(connection: Connection, alert: AlertName, reason: string | undefined): -1 {
  if (reason !== undefined) connection.library.errors.push(reason);
  if (connection.inInit && connection.flow === 'error') return -1;
  connection.inInit = true;
  connection.flow = 'error';
  if (alert !== 'none' && connection.alertWriting !== 'not-at-all')
    sendAlert(connection, AlertLevel.fatal, alertCode(alert, connection.version));
  return -1;
}

/** A failure that the record layer meets: 3.5 adds a second reason, and tells the peer only then. */
export function recordFatal(connection: Connection, alert: AlertName, reason: string): -1 {
  if (connection.profile.recordLayer === 'inline') return fatal(connection, alert, reason);
  connection.library.errors.push(reason);
  if (alert === 'none') return -1;
  return fatal(connection, alert, 'RECORD_LAYER_FAILURE');
}

/** ssl3_send_alert. A fatal one first takes the session out of the cache; after close_notify only close_notify is sent. */
export function sendAlert(connection: Connection, level: number, description: number): Outcome {
  const isCloseNotify = description === AlertDescription.closeNotify;
  if ((connection.shutdown & Shutdown.sent) !== 0 && !isCloseNotify) return -1;
  if (level === AlertLevel.fatal && connection.session !== undefined) {
    connection.sessionContext.cache.remove(connection.session);
  }
  connection.handshake.alertDispatch = 'pending';
  connection.handshake.alert = Uint8Array.of(level, asOf(connection, description));
  return connection.records.pending === undefined ? dispatchAlert(connection) : -1;
}

/** SSL 3.0, whose number the last record bore, has no protocol_version. */
function asOf({ version }: Connection, description: number): number {
  const isUnknown = version === ProtocolVersion.ssl3 && description === AlertDescription.protocolVersion;
  return isUnknown ? AlertDescription.handshakeFailure : description;
}

/** ssl3_dispatch_alert: 1 when it is out. */
export function dispatchAlert(connection: Connection): Outcome {
  const { handshake, environment } = connection;
  const wasRetry = handshake.alertDispatch === 'retry';
  handshake.alertDispatch = 'none';
  environment.at?.({ name: 'alert:before', object: connection.id });
  const [level = 0, description = 0] = handshake.alert;
  if (connection.profile.recordLayer === 'separate' && connection.records.pending !== undefined) {
    if (!wasRetry) return -1; // something else is stuck there: given up
    if (continueWrite(connection, ContentType.alert) <= 0) {
      handshake.alertDispatch = 'retry';
      return -1;
    }
    environment.emit?.({ kind: 'alert', ssl: connection.id, direction: 'sent', level, description });
    return 1; // nobody is told, and nothing flushed
  }
  if (writeRecord(connection, ContentType.alert, handshake.alert) <= 0) {
    handshake.alertDispatch = connection.profile.recordLayer === 'separate' ? 'retry' : 'pending';
    return -1;
  }
  flush(connection);
  environment.emit?.({ kind: 'alert', ssl: connection.id, direction: 'sent', level, description });
  tellAlert(connection, 'sent', { level, description });
  return 1;
}

/** One record, protected as the write keys say. What the transport does not take stays pending: −1, call again. */
export function writeRecord(connection: Connection, contentType: number, plaintext: Uint8Array): Outcome {
  const { records, handshake } = connection;
  if (records.pending !== undefined) return continueWrite(connection, contentType);
  if (handshake.alertDispatch !== 'none' && dispatchAlert(connection) <= 0) return -1;
  return sendRecord(connection, contentType, plaintext);
}

function sendRecord(connection: Connection, contentType: number, plaintext: Uint8Array): Outcome {
  const { records, environment } = connection;
  records.leftBehind = false; // a buffer is made, where none is
  if (!fitsWriteBuffer(connection, plaintext.length)) return notMade(connection, contentType, plaintext.length);
  const version = outgoingVersion(connection);
  if (isSealedAs13(connection, contentType) && !knowsTag(connection))
    return fatal(connection, 'internal_error', 'INTERNAL_ERROR');
  const made = outgoingFragment(connection, contentType, plaintext);
  if (made === undefined) {
    const isBroken = connection.inInit && connection.flow === 'error'; // it is the alert that cannot be sealed
    return isBroken ? -1 : fatal(connection, 'internal_error', 'INTERNAL_ERROR');
  }
  const { outerType, fragment } = made;
  const bytes = writeRecordHeader(
    { contentType: outerType, legacyVersion: version, length: fragment.length },
    fragment,
  );
  environment.at?.({ name: 'record:write', object: connection.id });
  environment.emit?.({
    kind: 'record',
    ssl: connection.id,
    direction: 'sent',
    contentType: outerType,
    length: bytes.length,
    sum: sumOf(bytes, sumAtFirst),
  });
  records.pending = { contentType, bytes, sent: 0, plaintextLength: plaintext.length };
  return continueWrite(connection, contentType);
}

/** A record for which the buffer has no room. 3.5 asks its layer for reading what alert to send, which knows of none; called again, it takes the record for sent. */
function notMade(connection: Connection, contentType: number, plaintextLength: number): -1 {
  if (connection.profile.recordLayer === 'inline') return fatal(connection, 'internal_error', 'INTERNAL_ERROR');
  connection.library.errors.push('INTERNAL_ERROR');
  connection.records.pending = { contentType, bytes: empty, sent: 0, plaintextLength };
  return -1;
}

function continueWrite(connection: Connection, contentType: number): Outcome {
  const { records } = connection;
  const { pending } = records;
  if (pending === undefined) return 1;
  if (pending.contentType !== contentType) return fatal(connection, 'internal_error', 'BAD_WRITE_RETRY');
  connection.want = 'writing';
  if (!(connection.buffering ? bufferWrite(connection, pending) : push(connection, pending))) {
    const isGone = !connection.writeRetry;
    if (isGone && connection.profile.recordLayer === 'separate') connection.library.errors.push('SYSCALL', 'SYS');
    return -1;
  }
  records.pending = undefined;
  connection.want = 'nothing';
  return 1;
}

/** The next record, decrypted, becomes `records.current`. */
export function getRecord(connection: Connection): Outcome {
  const { records } = connection;
  if (records.unreleased) return recordFatal(connection, 'internal_error', 'RECORDS_NOT_RELEASED');
  if (records.reading === 'header') {
    const read = fill(connection, recordHeaderBytes, 'header');
    if (read <= 0) return read;
  }
  const header = readRecordHeader(records.header);
  if (records.reading === 'header') {
    records.reading = 'body';
    if (checkHeader(connection, header, records.header) < 0) return -1;
  }
  if (connection.profile.recordLayer === 'separate' && header.length > encryptedBytesMax) {
    return recordFatal(connection, 'internal_error', 'INTERNAL_ERROR'); // of a header refused before: its body fits no buffer
  }
  const read = header.length === 0 ? 1 : fill(connection, header.length, 'body');
  if (read <= 0) return read;
  const fragment = records.body;
  const sum = sumOf(fragment, sumOf(records.header, sumAtFirst));
  records.reading = 'header';
  records.header = empty;
  records.body = empty;
  records.firstRecord = false;
  connection.environment.at?.({ name: 'record:read', object: connection.id });
  connection.environment.emit?.({
    kind: 'record',
    ssl: connection.id,
    direction: 'received',
    contentType: header.contentType,
    length: recordHeaderBytes + fragment.length,
    sum,
  });
  return unprotect(connection, { contentType: header.contentType, version: header.legacyVersion, data: fragment });
}

function unprotect(connection: Connection, received: IncomingRecord): Outcome {
  let record = received;
  const { records } = connection;
  const passed = passesOver(connection, record);
  if (passed !== 'no') {
    if (passed === 'yes') return 1;
    return recordFatal(connection, passed.alert, passed.reason);
  }
  const protection = activeProtection(connection, records.readProtection);
  const isPlainAlert = protection?.form === 'inner-type' && record.contentType === ContentType.alert;
  if (protection !== undefined && !isPlainAlert) {
    if (connection.isTls13 && !knowsTag(connection)) return recordFatal(connection, 'internal_error', 'INTERNAL_ERROR');
    const frame = { contentType: record.contentType, version: macVersion(connection, protection) };
    const opened = protection.open(frame, record.data);
    if (typeof opened === 'string') {
      if (skipsEarlyData(connection)) return passOverEarlyData(connection, record.data.length, protection);
      const isShort = opened === 'no-nonce' && protection.form === 'inner-type'; // for a tag and a type
      return notOpened(connection, isShort ? 'no-blocks' : opened);
    }
    record.data = opened;
    if (protection.form === 'inner-type') {
      const inner = unwrapped(record);
      if (inner === undefined) return recordFatal(connection, 'unexpected_message', 'BAD_RECORD_TYPE');
      record = inner;
    }
  }
  // a layer of its own counts whoever reads
  const isInline = connection.profile.recordLayer === 'inline';
  const isEarly = isInline ? connection.earlyData.phase === 'reading' : records.readsEarlyData;
  if (isEarly && record.contentType === ContentType.applicationData) {
    const refused = countEarlyData(connection, record.data.length, { overhead: 0, direction: 'read' });
    if (refused !== undefined) return recordFatal(connection, refused.alert, refused.reason);
  }
  const mayBeEmpty = record.contentType === ContentType.applicationData;
  const isJudged = isInline ? connection.isTls13 : protection?.form === 'inner-type';
  if (isJudged && !mayBeEmpty && record.data.length === 0)
    return recordFatal(connection, 'unexpected_message', 'BAD_LENGTH');
  if (record.data.length > receivedBytesMax(connection))
    return recordFatal(connection, 'record_overflow', 'DATA_LENGTH_TOO_LONG');
  if (record.data.length === 0) {
    records.consecutiveEmpty += 1;
    if (records.consecutiveEmpty > emptyRecordsMax)
      return recordFatal(connection, 'unexpected_message', 'RECORD_TOO_SMALL');
  } else {
    records.consecutiveEmpty = 0;
  }
  records.current = record;
  return 1;
}

/** EVP_GCM_TLS_TAG_LEN, that of every suite here. */
const tagBytes = 16;

/** What does not open is taken for early data, and like an empty record. */
function passOverEarlyData(connection: Connection, length: number, protection: Protection): Outcome {
  // 3.x has taken the tag off by then, where there was one
  const uncounted = connection.profile.countsTagsPassedOver || length <= tagBytes ? 0 : tagBytes;
  const counted = { overhead: earlyRecordsOverhead, direction: 'read' } as const;
  const refused = countEarlyData(connection, length - uncounted, counted);
  if (refused !== undefined) return recordFatal(connection, refused.alert, refused.reason);
  protection.restart?.();
  return 1;
}

function notOpened(connection: Connection, failure: OpenFailure): -1 {
  switch (failure) {
    case 'no-nonce':
      return recordFatal(connection, 'internal_error', 'INTERNAL_ERROR');
    case 'no-mac':
      return recordFatal(connection, 'decode_error', 'LENGTH_TOO_SHORT');
    case 'no-blocks':
      return recordFatal(connection, 'bad_record_mac', connection.profile.brokenBlocksReason);
    case 'bad':
      return recordFatal(connection, 'bad_record_mac', 'DECRYPTION_FAILED_OR_BAD_RECORD_MAC');
  }
}

function checkHeader(connection: Connection, header: RecordHeader, bytes: Uint8Array): Outcome {
  const { profile, records } = connection;
  // a layer of its own asks for no version once it is for TLS 1.3: its keys do
  const isFor13 = records.readProtection?.form === 'inner-type' || records.version === ProtocolVersion.tls13;
  if (profile.recordLayer === 'separate' && isFor13) return checkUnder(connection, header);
  const expected = expectedVersion(connection);
  if (expected !== undefined && header.legacyVersion !== expected) return wrongVersion(connection, header, expected);
  if (header.legacyVersion >> 8 !== recordVersionMajor) {
    if (!records.firstRecord) return recordFatal(connection, 'protocol_version', 'WRONG_VERSION_NUMBER');
    const start = String.fromCharCode(...bytes);
    const methods = profile.recordLayer === 'inline' ? httpMethods : laterHttpMethods;
    if (methods.test(start)) return recordFatal(connection, 'none', 'HTTP_REQUEST');
    if (start === 'CONNE') return recordFatal(connection, 'none', 'HTTPS_PROXY_REQUEST');
    return recordFatal(connection, 'none', 'WRONG_VERSION_NUMBER');
  }
  return checkUnder(connection, header);
}

/** What the keys in use make of a header, and its length. */
function checkUnder(connection: Connection, header: RecordHeader): Outcome {
  const refused = checkProtectedHeader(connection, header);
  if (refused !== undefined) return recordFatal(connection, refused.alert, refused.reason);
  const reason = lengthError(connection, header.length);
  return reason === undefined ? 1 : recordFatal(connection, 'record_overflow', reason);
}

/** How the length of a record is judged from its header alone; 3.5 knows by then whether it is protected. */
function lengthError(connection: Connection, length: number): string | undefined {
  const isInline = connection.profile.recordLayer === 'inline';
  if (isInline) {
    if (length > readBufferBytes) return 'PACKET_LENGTH_TOO_LONG';
  } else if (connection.records.readProtection === undefined && length > recordPlaintextBytesMax) {
    return 'DATA_LENGTH_TOO_LONG';
  }
  const max = connection.isTls13 ? recordCiphertextBytesMaxOfTls13 : encryptedBytesMax;
  if (length > max) return 'ENCRYPTED_LENGTH_TOO_LONG';
  return !isInline && length > (connection.records.readBufferBytes ?? length) ? 'PACKET_LENGTH_TOO_LONG' : undefined;
}

/** A record of another version; an alert is not answered, since it says what is wrong itself. */
function wrongVersion(connection: Connection, header: RecordHeader, expected: number): -1 {
  const { profile, records } = connection;
  const isInline = profile.recordLayer === 'inline';
  if (
    expected >> 8 === header.legacyVersion >> 8 &&
    (isInline ? records.writeProtection : records.readProtection) === undefined
  ) {
    if (header.contentType === ContentType.alert) return recordFatal(connection, 'none', 'WRONG_VERSION_NUMBER');
    if (isInline)
      connection.version = header.legacyVersion; // "send back error using their minor version number"
    else records.version = header.legacyVersion;
  }
  return recordFatal(connection, 'protocol_version', 'WRONG_VERSION_NUMBER');
}

/** Reads exactly so many bytes, never more: what belongs to later records stays with the transport. */
function fill(connection: Connection, length: number, part: 'header' | 'body'): Outcome {
  const { records } = connection;
  let have = part === 'header' ? records.header : records.body;
  while (have.length < length) {
    connection.want = 'reading';
    connection.readRetry = false;
    const got = connection.transport?.read(length - have.length) ?? 'wait';
    if (got === 'wait') {
      connection.readRetry = true;
      return -1;
    }
    if (got === 'broken') return -1;
    if (got === 'eof') return endOfFile(connection);
    have = have.length === 0 ? got : concat(have, got);
    if (part === 'header') records.header = have;
    else records.body = have;
  }
  connection.want = 'nothing';
  return 1;
}

function endOfFile(connection: Connection): Outcome {
  const { profile, library } = connection;
  const isEnd = library.defects.has('eof-taken-as-end');
  if (!profile.eofIsFatal && !isEnd) return 0;
  if (isEnd || connection.has(Option.ignoreUnexpectedEof)) {
    connection.shutdown = Shutdown.received;
    connection.handshake.warningAlert = AlertDescription.closeNotify;
    return 0;
  }
  fatal(connection, 'decode_error', 'UNEXPECTED_EOF_WHILE_READING');
  return 0;
}

/** The version that an incoming record must bear; undefined: any of the major version. */
function expectedVersion(connection: Connection): number | undefined {
  const version = connection.profile.recordLayer === 'separate' ? connection.records.version : connection.version;
  if (connection.isTls13 || connection.tls13.helloRetry === 'pending') return undefined; // looked at where it is protected
  if (connection.profile.recordLayer === 'separate') return version;
  return connection.firstPacket ? undefined : version;
}

/** A first ClientHello goes out in a TLS 1.0 record, for servers that know no better. */
function outgoingVersion(connection: Connection): number {
  const version = Math.min(connection.version, ProtocolVersion.tls12);
  const isRetried = connection.tls13.helloRetry !== 'none';
  const isFirstHello = connection.handState === 'CW_CLNT_HELLO' && !connection.renegotiate && !isRetried;
  return isFirstHello && version > ProtocolVersion.tls10 ? ProtocolVersion.tls10 : version;
}

/** FNV-1a over further bytes, 32 bits: so that a trace tells other bytes of equal length apart. */
function sumOf(bytes: Uint8Array, before: number): number {
  let sum = before;
  for (let i = 0; i < bytes.length; i += 1) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193); // in range
  return sum >>> 0;
}
