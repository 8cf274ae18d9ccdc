/** Bytes of one content type in and out: ssl3_read_bytes and ssl3_write_bytes, where handshakes, alerts and data meet. */
import { AlertDescription, AlertLevel, ContentType, readAlert, WireError } from '../wire/index.js';
import type { Connection } from './connection.js';
import { countEarlyData, earlyRecordsOverhead, skipsEarlyData } from './early-data.js';
import { fragmentBytesMax } from './fragment-length.js';
import { tellAlert } from './info.js';
import { concat } from './outgoing-record.js';
import type { IncomingRecord } from './record-state.js';
import { fatal, getRecord, type Outcome, writeRecord } from './records.js';
import { Shutdown } from './state.js';

const consecutiveAlertsMax = 5; //        MAX_WARN_ALERT_COUNT
const handshakeFragmentBytes = 4; //      a handshake header
/** A received alert's reason: the number is part of the name, its text is the table's (libssl/reasons.ts). */
export function alertReason(description: number): string {
  return `ALERT_${description}`;
}

export interface ReadBytes {
  readonly outcome: Outcome;
  readonly bytes: Uint8Array;
  readonly contentType: number;
}

/** What is asked for: application data, handshake bytes, or (SSL_shutdown) whatever brings close_notify. */
export type Wanted = 'application-data' | 'handshake' | 'close-notify';

const empty: Uint8Array = new Uint8Array(0);

/** @param acceptChangeCipherSpec a ChangeCipherSpec may stand where a handshake message is expected */
export function readBytes(
  connection: Connection,
  wanted: Wanted,
  length: number,
  options: { readonly acceptChangeCipherSpec: boolean },
): ReadBytes {
  const { records } = connection;
  if (wanted === 'handshake' && records.handshakeFragment.length > 0) {
    const bytes = records.handshakeFragment.subarray(0, length);
    records.handshakeFragment = records.handshakeFragment.subarray(bytes.length);
    return { outcome: 1, bytes, contentType: ContentType.handshake };
  }
  if (connection.inHandshake === 0 && connection.inInit) {
    const done = runHandshake(connection);
    if (done <= 0) return none(-1);
  }
  for (;;) {
    connection.want = 'nothing';
    while (records.current === undefined) {
      const got = getRecord(connection);
      if (got <= 0) return none(got);
    }
    const step = useRecord(connection, records.current, wanted, length, options.acceptChangeCipherSpec);
    if (step !== 'again') return step;
  }
}

function useRecord(
  connection: Connection,
  record: IncomingRecord,
  wanted: Wanted,
  length: number,
  acceptChangeCipherSpec: boolean,
): ReadBytes | 'again' {
  const { records, handshake } = connection;
  const { contentType } = record;
  const isMixed = records.handshakeFragment.length > 0 && contentType !== ContentType.handshake;
  if (connection.isTls13 && isMixed)
    return none(fatal(connection, 'unexpected_message', 'MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA'));
  if (contentType !== ContentType.alert && record.data.length > 0) records.consecutiveAlerts = 0;
  if (handshake.changeCipherSpecReceived && contentType !== ContentType.handshake) {
    return none(fatal(connection, 'unexpected_message', 'DATA_BETWEEN_CCS_AND_FINISHED'));
  }
  if ((connection.shutdown & Shutdown.received) !== 0) return thrownAway(connection, record);
  const takesChange = acceptChangeCipherSpec && !connection.isTls13;
  const isWanted =
    (wanted === 'application-data' && contentType === ContentType.applicationData) ||
    (wanted === 'handshake' && contentType === ContentType.handshake) ||
    (wanted === 'handshake' && contentType === ContentType.changeCipherSpec && takesChange);
  if (isWanted) return takeFromRecord(connection, record, wanted, length);
  if (connection.method.version === 'any' && (connection.server || contentType !== ContentType.alert)) {
    connection.version = record.version;
    return none(fatal(connection, 'unexpected_message', 'UNEXPECTED_MESSAGE'));
  }
  if (contentType === ContentType.alert) return onAlert(connection, record);
  const mayProcess = connection.isTls13 && contentType === ContentType.handshake;
  if ((connection.shutdown & Shutdown.sent) !== 0 && !mayProcess)
    return onDataAfterCloseNotify(connection, contentType);
  if (contentType === ContentType.handshake) return onHandshakeRecord(connection, record);
  records.current = record;
  if (contentType === ContentType.changeCipherSpec)
    return none(fatal(connection, 'unexpected_message', 'CCS_RECEIVED_EARLY'));
  if (contentType !== ContentType.applicationData)
    return none(fatal(connection, 'unexpected_message', 'UNEXPECTED_RECORD'));
  if (applicationDataAllowed(connection)) {
    handshake.inReadAppData = 2;
    return none(-1);
  }
  if (skipsEarlyData(connection)) {
    // a client's, which was sent before it read the HelloRetryRequest
    const counted = { overhead: earlyRecordsOverhead, direction: 'read' } as const;
    const refused = countEarlyData(connection, record.data.length, counted);
    if (refused !== undefined) return none(fatal(connection, refused.alert, refused.reason));
    records.current = undefined;
    return 'again';
  }
  return none(fatal(connection, 'unexpected_message', 'UNEXPECTED_RECORD'));
}

/**
 * After the peer has shut down, whatever comes is thrown away: 1.1.1 and 3.0 leave the emptied record standing, 3.5 goes
 * past it without giving it back, for which its record layer refuses to read another.
 */
function thrownAway(connection: Connection, record: IncomingRecord): ReadBytes {
  const { records, profile } = connection;
  if (profile.recordLayer === 'separate') {
    records.current = undefined;
    records.unreleased = true;
  } else {
    record.data = empty;
  }
  return none(0);
}

function takeFromRecord(
  connection: Connection,
  record: IncomingRecord,
  wanted: Wanted,
  length: number,
): ReadBytes | 'again' {
  const { records } = connection;
  const { contentType } = record;
  const tooEarly =
    connection.profile.recordLayer === 'separate' ? connection.isFirstHandshake : records.readProtection === undefined;
  if (connection.inInit && wanted === 'application-data' && tooEarly) {
    return none(fatal(connection, 'unexpected_message', 'APP_DATA_IN_HANDSHAKE'));
  }
  if (length === 0) {
    if (record.data.length === 0) records.current = undefined;
    return { outcome: 0, bytes: empty, contentType };
  }
  const isWhole = record.data.length <= length; // no view is made of a whole record: views of small arrays cost
  const bytes = isWhole ? record.data : record.data.subarray(0, length);
  record.data = isWhole ? empty : record.data.subarray(length);
  if (record.data.length === 0) records.current = undefined;
  return bytes.length === 0 ? 'again' : { outcome: 1, bytes, contentType };
}

function onAlert(connection: Connection, record: IncomingRecord): ReadBytes | 'again' {
  const { records, handshake, environment } = connection;
  let level: number;
  let description: number;
  try {
    ({ level, description } = readAlert(record.data));
  } catch (error) {
    if (error instanceof WireError) return none(fatal(connection, 'unexpected_message', 'INVALID_ALERT'));
    throw error;
  }
  environment.emit?.({ kind: 'alert', ssl: connection.id, direction: 'received', level, description });
  tellAlert(connection, 'received', { level, description });
  if (connection.isTls13) return onAlert13(connection, level, description);
  if (level === AlertLevel.warning) {
    handshake.warningAlert = description;
    records.current = undefined;
    records.consecutiveAlerts += 1;
    if (records.consecutiveAlerts === consecutiveAlertsMax) {
      return none(fatal(connection, 'unexpected_message', 'TOO_MANY_WARN_ALERTS'));
    }
  }
  if (level === AlertLevel.warning && description === AlertDescription.closeNotify) {
    connection.shutdown |= Shutdown.received;
    return none(0);
  }
  if (level === AlertLevel.fatal) return onFatalAlert(connection, description);
  if (level === AlertLevel.warning && description === AlertDescription.noRenegotiation) {
    return none(fatal(connection, 'handshake_failure', 'NO_RENEGOTIATION'));
  }
  if (level === AlertLevel.warning) return 'again';
  return none(fatal(connection, 'illegal_parameter', 'UNKNOWN_ALERT_TYPE'));
}

function onFatalAlert(connection: Connection, description: number): ReadBytes {
  connection.want = 'nothing';
  fatal(connection, 'none', alertReason(description));
  connection.shutdown |= Shutdown.received;
  connection.records.current = undefined;
  connection.sessionContext.cache.remove(connection.session ?? null);
  return none(0);
}

/** RFC 8446 §6: the level means nothing any more, and all but two alerts are errors. */
function onAlert13(connection: Connection, level: number, description: number): ReadBytes | 'again' {
  const { records, handshake } = connection;
  const isUserCanceled = description === AlertDescription.userCanceled;
  // 3.5 looks at no level here: it keeps close_notify, whose record is given again, out of what SSL_get_error looks at
  const isWarning = level === AlertLevel.warning && connection.profile.recordLayer === 'inline';
  if (isWarning || isUserCanceled) {
    handshake.warningAlert = description;
    records.current = undefined;
    records.consecutiveAlerts += 1;
    if (records.consecutiveAlerts === consecutiveAlertsMax) {
      return none(fatal(connection, 'unexpected_message', 'TOO_MANY_WARN_ALERTS'));
    }
  }
  if (isUserCanceled) return 'again';
  if (description !== AlertDescription.closeNotify) return onFatalAlert(connection, description);
  connection.shutdown |= Shutdown.received;
  return none(0);
}

/** After our close_notify handshake messages are dropped; application data is an error that only SSL_shutdown meets. */
function onDataAfterCloseNotify(connection: Connection, contentType: number): ReadBytes | 'again' {
  connection.records.current = undefined;
  if (contentType === ContentType.handshake) return 'again';
  return none(fatal(connection, 'none', 'APPLICATION_DATA_AFTER_CLOSE_NOTIFY'));
}

/** A handshake message where none was asked for: once its header is whole, a handshake begins. */
function onHandshakeRecord(connection: Connection, record: IncomingRecord): ReadBytes | 'again' {
  const { records } = connection;
  const taken = record.data.subarray(0, handshakeFragmentBytes - records.handshakeFragment.length);
  records.handshakeFragment = concat(records.handshakeFragment, taken);
  record.data = record.data.subarray(taken.length);
  if (record.data.length === 0) records.current = undefined;
  if (records.handshakeFragment.length < handshakeFragmentBytes) return 'again';
  if (connection.inHandshake > 0) return none(fatal(connection, 'unexpected_message', 'INTERNAL_ERROR'));
  const wasReadingEarly = connection.earlyData.phase === 'reading';
  connection.inInit = true;
  return runHandshake(connection) <= 0 || wasReadingEarly ? none(-1) : 'again';
}

/** ossl_statem_app_data_allowed: before a renegotiation has got anywhere, data may still come. */
function applicationDataAllowed(connection: Connection): boolean {
  const { handshake } = connection;
  if (connection.flow === 'uninitialised') return false;
  if (handshake.inReadAppData === 0 || handshake.totalRenegotiations === 0) return false;
  if (connection.server) return connection.handState === 'BEFORE' || connection.handState === 'SR_CLNT_HELLO';
  return connection.handState === 'CW_CLNT_HELLO';
}

/** ssl3_write_bytes: all of it, in records as large as they may be; after −1 the caller comes again with the same bytes. */
export function writeBytes(connection: Connection, contentType: number, bytes: Uint8Array): Outcome {
  const { records } = connection;
  connection.want = 'nothing';
  const already = records.written;
  const pendingLength = records.pending?.plaintextLength ?? 0;
  if (bytes.length < already + (records.pending === undefined ? 0 : pendingLength)) {
    return fatal(connection, 'internal_error', 'BAD_LENGTH');
  }
  if (connection.earlyData.phase === 'writing') {
    const refused = countEarlyData(connection, bytes.length, { overhead: 0, direction: 'write' });
    if (refused !== undefined) {
      fatal(connection, refused.alert, refused.reason);
      if (refused.secondReason !== undefined) connection.library.errors.push(refused.secondReason);
      return -1;
    }
  }
  records.written = 0;
  const { keyUpdate, extraTickets } = connection.tls13;
  if (records.pending === undefined && !records.leftBehind && (keyUpdate !== 'none' || extraTickets > 0))
    connection.inInit = true;
  const isUnauthenticated = connection.earlyData.phase === 'unauthenticated-writing';
  if (connection.inInit && connection.inHandshake === 0 && !isUnauthenticated && runHandshake(connection) <= 0)
    return -1;
  if (connection.records.leftBehind) return fatal(connection, 'internal_error', 'BAD_WRITE_RETRY');
  let sent = already;
  do {
    if (sent === bytes.length && sent > 0) break;
    if (bytes.length === 0) break;
    const chunkLength =
      records.pending?.plaintextLength ?? Math.min(bytes.length - sent, fragmentBytesMax(connection.session));
    const isWhole = sent === 0 && chunkLength >= bytes.length; // as nearly always: then no view is made
    const chunk = isWhole ? bytes : bytes.subarray(sent, sent + chunkLength);
    if (writeRecord(connection, contentType, chunk) <= 0) {
      records.written = sent;
      return -1;
    }
    sent += chunkLength;
  } while (sent < bytes.length);
  return 1;
}

/** ssl3_renegotiate_check: sets the machine up for a renegotiation that was asked for, once nothing is half read or written. */
export function renegotiateCheck(connection: Connection, options: { readonly inInit: 'allowed' | 'refused' }): boolean {
  const { handshake, records } = connection;
  if (!handshake.renegotiatePending) return false;
  const partlyRead = records.reading === 'header' ? records.header.length > 0 : records.body.length > 0;
  if (partlyRead || records.pending !== undefined) return false;
  if (options.inInit === 'refused' && connection.inInit) return false;
  connection.inInit = true;
  connection.requestState = 'SW_HELLO_REQ';
  handshake.renegotiatePending = false;
  handshake.totalRenegotiations += 1;
  return true;
}

/** The handshake function: 1, −1, or 0 where the method has none for that side. */
export function runHandshake(connection: Connection): number {
  if (connection.handshakeKind !== 'refused') return connection.machine(connection);
  connection.library.errors.push('SHOULD_NOT_HAVE_BEEN_CALLED');
  return 0;
}

function none(outcome: Outcome): ReadBytes {
  return { outcome, bytes: empty, contentType: 0 };
}
