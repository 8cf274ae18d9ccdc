/** What goes to the transport: at once, or a flight of a handshake in one write, as with OpenSSL's buffering BIO. */
import { briefBytes } from '../wire/index.js';
import type { Connection } from './connection.js';
import type { PendingWrite } from './record-state.js';

const flightBytesMax = 4096; // DEFAULT_BUFFER_SIZE

/** The buffered flight goes out, in one write as BIO_f_buffer's. @returns 1 when all is with the transport, −1 when it has to wait or cannot */
export function flush(connection: Connection): 1 | -1 {
  connection.writeRetry = false;
  const [first, ...others] = connection.flight;
  if (first === undefined) return 1;
  const bytes = others.length === 0 ? first : joined(connection.flight);
  const pending: PendingWrite = { contentType: 0, bytes, sent: 0, plaintextLength: 0 };
  const isOut = push(connection, pending);
  connection.flight = isOut ? [] : [bytes.subarray(pending.sent)];
  return isOut ? 1 : -1;
}

/** The defect ticket-write-deadlock: a ticket counts as written once it has left for the peer. */
export function awaitsPeer({ library, handState, transport }: Connection): boolean {
  if (handState !== 'SW_SESSION_TICKET' || !library.defects.has('ticket-write-deadlock')) return false;
  return transport?.flushed?.() === false;
}

/** BIO_f_buffer: a flight is held back as far as it fits; what does not goes out, the buffer's content first. */
export function bufferWrite(connection: Connection, pending: PendingWrite): boolean {
  for (;;) {
    const { flight } = connection;
    const rest = pending.sent === 0 ? pending.bytes : pending.bytes.subarray(pending.sent);
    const room = flightBytesMax - flight.reduce((sum, part) => sum + part.length, 0);
    if (rest.length <= room || room === flightBytesMax) {
      if (rest.length >= flightBytesMax) return push(connection, pending);
      flight.push(rest);
      return true;
    }
    if (room > 0) flight.push(rest.subarray(0, room));
    pending.sent += room;
    if (flush(connection) < 0) return false;
  }
}

/** Whether all of it was taken. */
export function push(connection: Connection, pending: PendingWrite): boolean {
  connection.writeRetry = false;
  while (pending.sent < pending.bytes.length) {
    const rest = pending.sent === 0 ? pending.bytes : pending.bytes.subarray(pending.sent);
    const taken = connection.transport === undefined ? rest.length : connection.transport.write(rest); // none: what is written is lost
    if (taken === 'broken') return false;
    if (taken === 0) {
      connection.writeRetry = true;
      return false;
    }
    pending.sent += taken;
  }
  return true;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = briefBytes(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
