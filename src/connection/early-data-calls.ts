/** The calls of SSL_read_early_data(3), and what they forbid the others meanwhile: ssl/ssl_lib.c, ossl_statem_check_finish_init. */
import { doHandshake, read, writeAll } from './calls.js';
import type { Connection } from './connection.js';
import type { EarlyDataPhase } from './early-data.js';
import { flush } from './flight.js';
import { setRole } from './lifecycle.js';

/** SSL_READ_EARLY_DATA_ERROR, _SUCCESS, _FINISH. */
export const ReadEarlyData = { error: 0, success: 1, finish: 2 } as const;

/** 1: all of it is with the transport; 0: an error, or to be called again with the same bytes. */
export function writeEarlyData(connection: Connection, bytes: Uint8Array): 0 | 1 {
  const { earlyData } = connection;
  switch (earlyData.phase) {
    case 'none':
      if (connection.server || !connection.inBefore || !maySend(connection)) return refuse(connection);
      return connectAndWrite(connection, bytes);
    case 'connect-retry':
      return connectAndWrite(connection, bytes);
    case 'write-retry':
      return writeAndFlush(connection, bytes);
    case 'write-flush':
      return flushWritten(connection);
    case 'finished-reading':
    case 'read-retry':
      return writeUnauthenticated(connection, bytes, earlyData.phase);
    default:
      return refuse(connection);
  }
}

function maySend(connection: Connection): boolean {
  return (connection.session?.maxEarlyData ?? 0) > 0 || connection.psk.use !== undefined;
}

function connectAndWrite(connection: Connection, bytes: Uint8Array): 0 | 1 {
  connection.earlyData.phase = 'connecting';
  if (connection.handshakeKind === undefined) setRole(connection, 'connect'); // SSL_connect
  if (doHandshake(connection) <= 0) {
    connection.earlyData.phase = 'connect-retry';
    return 0;
  }
  return writeAndFlush(connection, bytes);
}

function writeAndFlush(connection: Connection, bytes: Uint8Array): 0 | 1 {
  connection.earlyData.phase = 'writing';
  if (writeAll(connection, bytes) <= 0) {
    connection.earlyData.phase = 'write-retry';
    return 0;
  }
  connection.earlyData.phase = 'write-flush';
  return flushWritten(connection);
}

function flushWritten(connection: Connection): 0 | 1 {
  connection.want = 'writing';
  if (flush(connection) <= 0) return 0;
  connection.want = 'nothing';
  connection.earlyData.phase = 'write-retry';
  return 1;
}

/** A server writes to a client whose Finished it has not seen. */
function writeUnauthenticated(connection: Connection, bytes: Uint8Array, phase: EarlyDataPhase): 0 | 1 {
  connection.earlyData.phase = 'unauthenticated-writing';
  const written = writeAll(connection, bytes);
  if (written > 0) flush(connection);
  connection.earlyData.phase = phase;
  return written > 0 ? 1 : 0;
}

export interface ReadEarlyDataResult {
  readonly result: 0 | 1 | 2;
  readonly bytes: Uint8Array;
}

/** @param length how many bytes at most */
export function readEarlyData(connection: Connection, length: number): ReadEarlyDataResult {
  const { earlyData } = connection;
  if (!connection.server) return without(refuse(connection));
  switch (earlyData.phase) {
    case 'none':
      if (!connection.inBefore) return without(refuse(connection));
      return acceptAndRead(connection, length);
    case 'accept-retry':
      return acceptAndRead(connection, length);
    case 'read-retry':
      return readAccepted(connection, length);
    default:
      return without(refuse(connection));
  }
}

function acceptAndRead(connection: Connection, length: number): ReadEarlyDataResult {
  connection.earlyData.phase = 'accepting';
  if (connection.handshakeKind === undefined) setRole(connection, 'accept'); // SSL_accept
  if (doHandshake(connection) <= 0) {
    connection.earlyData.phase = 'accept-retry';
    return without(ReadEarlyData.error);
  }
  return readAccepted(connection, length);
}

function readAccepted(connection: Connection, length: number): ReadEarlyDataResult {
  const { earlyData } = connection;
  if (earlyData.status !== 'accepted') {
    earlyData.phase = 'finished-reading';
    return without(ReadEarlyData.finish);
  }
  earlyData.phase = 'reading';
  const { result, bytes } = read(connection, length);
  if (phaseOf(connection) === 'finished-reading' && result <= 0) return without(ReadEarlyData.finish);
  earlyData.phase = 'read-retry';
  return result > 0 ? { result: ReadEarlyData.success, bytes } : without(ReadEarlyData.error);
}

/** The phase as it is by now: reading has moved it on where EndOfEarlyData came. */
function phaseOf(connection: Connection): EarlyDataPhase {
  return connection.earlyData.phase;
}

function without(result: 0 | 1 | 2): ReadEarlyDataResult {
  return { result, bytes: new Uint8Array(0) };
}

function refuse(connection: Connection): 0 {
  connection.library.errors.push('SHOULD_NOT_HAVE_BEEN_CALLED');
  return 0;
}
