/** What the calls that do I/O ask of a connection: SSL_do_handshake, SSL_read, SSL_write, SSL_shutdown, SSL_renegotiate, SSL_get_error. */
import { AlertDescription, AlertLevel, ContentType, KeyUpdateRequest } from '../wire/index.js';
import type { Connection } from './connection.js';
import type { EarlyDataPhase } from './early-data.js';
import { readBytes, renegotiateCheck, runHandshake, writeBytes } from './read-write.js';
import { dispatchAlert, type Outcome, sendAlert } from './records.js';
import { Option, Shutdown } from './state.js';

export type SslErrorName =
  | 'SSL_ERROR_NONE'
  | 'SSL_ERROR_SSL'
  | 'SSL_ERROR_WANT_READ'
  | 'SSL_ERROR_WANT_WRITE'
  | 'SSL_ERROR_SYSCALL'
  | 'SSL_ERROR_ZERO_RETURN';

export function doHandshake(connection: Connection): number {
  if (connection.handshakeKind === undefined) return fail(connection, 'CONNECTION_TYPE_NOT_SET');
  goOnAfterEarlyData(connection, 'handshake');
  renegotiateCheck(connection, { inInit: 'refused' });
  return connection.inInit || connection.inBefore ? runHandshake(connection) : 1;
}

/** Calls for early data that have to be made again come before others. */
const notReadingNow: ReadonlySet<EarlyDataPhase> = new Set(['connect-retry', 'accept-retry']);
const notWritingNow: ReadonlySet<EarlyDataPhase> = new Set(['connect-retry', 'accept-retry', 'read-retry']);

/** ossl_statem_check_finish_init: a handshake that paused for early data goes on with the next call that wants it done. */
function goOnAfterEarlyData(connection: Connection, call: 'handshake' | 'read' | 'write'): void {
  const { earlyData, handState } = connection;
  const isPaused = handState === 'EARLY_DATA' || handState === 'PENDING_EARLY_DATA_END';
  if (!isPaused) return;
  if (call === 'handshake') {
    connection.inInit = true;
    if (earlyData.phase === 'write-retry') earlyData.phase = 'finished-writing';
  } else if (connection.server) {
    if (earlyData.phase === 'finished-reading' && handState === 'EARLY_DATA') connection.inInit = true;
  } else if (call === 'read') {
    if (handState === 'EARLY_DATA') connection.inInit = true;
  } else if (earlyData.phase !== 'writing') {
    connection.inInit = true;
    if (earlyData.phase === 'write-retry') earlyData.phase = 'finished-writing';
  }
}

export interface ReadResult {
  readonly result: Outcome;
  readonly bytes: Uint8Array;
}

/** @param length how many bytes at most */
export function read(connection: Connection, length: number): ReadResult {
  const { handshake } = connection;
  const empty = new Uint8Array(0);
  if (connection.handshakeKind === undefined) return { result: fail(connection, 'UNINITIALIZED'), bytes: empty };
  if ((connection.shutdown & Shutdown.received) !== 0) {
    connection.want = 'nothing';
    return { result: 0, bytes: empty };
  }
  if (notReadingNow.has(connection.earlyData.phase))
    return { result: refuse(connection, 'SHOULD_NOT_HAVE_BEEN_CALLED'), bytes: empty };
  goOnAfterEarlyData(connection, 'read');
  renegotiateCheck(connection, { inInit: 'refused' });
  handshake.inReadAppData = 1;
  const got = readBytes(connection, 'application-data', length, { acceptChangeCipherSpec: false });
  if (got.outcome !== -1 || connection.handshake.inReadAppData !== 2) {
    connection.handshake.inReadAppData = 0;
    return { result: got.outcome, bytes: got.bytes };
  }
  connection.inHandshake += 1; // application data stood where the renegotiation's answer was expected
  const again = readBytes(connection, 'application-data', length, { acceptChangeCipherSpec: false });
  connection.inHandshake -= 1;
  return { result: again.outcome, bytes: again.bytes };
}

/** How many bytes were written, −1 for an error or to try again with the same bytes. */
export function write(connection: Connection, bytes: Uint8Array): number {
  const outcome = writeAll(connection, bytes);
  return outcome > 0 ? bytes.length : outcome;
}

/** SSL_write_ex: 1 when all of it was written, which may be nothing. */
export function writeAll(connection: Connection, bytes: Uint8Array): Outcome {
  if (connection.handshakeKind === undefined) return fail(connection, 'UNINITIALIZED');
  if ((connection.shutdown & Shutdown.sent) !== 0) {
    connection.want = 'nothing';
    return fail(connection, 'PROTOCOL_IS_SHUTDOWN');
  }
  if (notWritingNow.has(connection.earlyData.phase)) return refuse(connection, 'SHOULD_NOT_HAVE_BEEN_CALLED');
  goOnAfterEarlyData(connection, 'write');
  renegotiateCheck(connection, { inInit: 'refused' });
  return writeBytes(connection, ContentType.applicationData, bytes);
}

/** 1 closed both ways, 0 our close_notify is out, −1 wait or error. */
export function shutdown(connection: Connection): number {
  if (connection.handshakeKind === undefined) return fail(connection, 'UNINITIALIZED');
  if (connection.inInit) return fail(connection, 'SHUTDOWN_WHILE_IN_INIT');
  const both = Shutdown.sent | Shutdown.received;
  if (connection.quietShutdown !== 0 || connection.inBefore) {
    connection.shutdown = both;
    return 1;
  }
  if ((connection.shutdown & Shutdown.sent) === 0) {
    connection.shutdown |= Shutdown.sent;
    sendAlert(connection, AlertLevel.warning, AlertDescription.closeNotify);
    if (connection.handshake.alertDispatch !== 'none') return -1;
  } else if (connection.handshake.alertDispatch !== 'none') {
    if (dispatchAlert(connection) === -1) return -1;
  } else if ((connection.shutdown & Shutdown.received) === 0) {
    readBytes(connection, 'close-notify', 0, { acceptChangeCipherSpec: false });
    if ((connection.shutdown & Shutdown.received) === 0) return -1;
  }
  return connection.shutdown === both && connection.handshake.alertDispatch === 'none' ? 1 : 0;
}

/** 1: a renegotiation will start with the next call that does I/O. @param session whether a client offers the one it has */
export function renegotiate(connection: Connection, { session }: { readonly session: 'new' | 'offered' }): number {
  if (connection.isTls13) return refuse(connection, 'WRONG_SSL_VERSION');
  if (connection.has(Option.noRenegotiation)) return refuse(connection, 'NO_RENEGOTIATION');
  connection.renegotiate = true;
  connection.newSession = session === 'new';
  if (connection.handshakeKind !== undefined) connection.handshake.renegotiatePending = true;
  return 1;
}

/** SSL_key_update: 1 when the next call that writes will send one. @param type 0: ours alone; 1: the peer's too */
export function askForKeyUpdate(connection: Connection, type: number): number {
  if (!connection.isTls13) return refuse(connection, 'WRONG_SSL_VERSION');
  if (type !== KeyUpdateRequest.updateNotRequested && type !== KeyUpdateRequest.updateRequested)
    return refuse(connection, 'INVALID_KEY_UPDATE_TYPE');
  if (!connection.isInitFinished) return refuse(connection, 'STILL_IN_INIT');
  if (connection.records.pending !== undefined) return refuse(connection, 'BAD_WRITE_RETRY');
  connection.inInit = true;
  connection.tls13.keyUpdate = type === KeyUpdateRequest.updateRequested ? 'requested' : 'not-requested';
  return 1;
}

/** SSL_new_session_ticket: 1 when the next call that writes will send one. */
export function askForTicket(connection: Connection): number {
  const { tls13, records } = connection;
  const isBusy = connection.inInit && tls13.extraTickets === 0;
  if (isBusy || connection.isFirstHandshake || !connection.server || !connection.isTls13) return 0;
  tls13.extraTickets += 1;
  if (records.pending === undefined && !connection.inInit) connection.inInit = true;
  return 1;
}

/** SSL_get_error: what the oldest queued error, the last want and the shutdown flags make of a return value. */
export function errorOf(connection: Connection, result: number): SslErrorName {
  if (result > 0) return 'SSL_ERROR_NONE';
  const queued = connection.library.errors.peek();
  if (queued !== undefined) return queued.library === 'SYS' ? 'SSL_ERROR_SYSCALL' : 'SSL_ERROR_SSL';
  if (connection.want === 'reading' && connection.readRetry) return 'SSL_ERROR_WANT_READ';
  if (connection.want === 'writing' && connection.writeRetry) return 'SSL_ERROR_WANT_WRITE';
  const peerClosed = (connection.shutdown & Shutdown.received) !== 0;
  if (peerClosed && connection.handshake.warningAlert === AlertDescription.closeNotify) return 'SSL_ERROR_ZERO_RETURN';
  return 'SSL_ERROR_SYSCALL';
}

function fail(connection: Connection, reason: string): -1 {
  connection.library.errors.push(reason);
  return -1;
}

function refuse(connection: Connection, reason: string): 0 {
  connection.library.errors.push(reason);
  return 0;
}
