/** A connection's beginnings: SSL_clear, SSL_set_connect_state, SSL_set_accept_state. */
import { type Connection, handshakeKindOf } from './connection.js';
import { beginReadLayer } from './fragment-length.js';
import { Records } from './record-state.js';
import { Tls13State } from './tls13-state.js';
import { beginWriteBuffer } from './write-buffer.js';

/** SSL_clear: back to where a connection starts, but a session that is not bad stays set. @returns false with a renegotiation under way */
export function clearConnection(connection: Connection): boolean {
  if (connection.clearBadSession()) connection.setSession(undefined);
  connection.setExternalPsk(undefined);
  connection.hit = false;
  connection.shutdown = 0;
  if (connection.renegotiate) {
    connection.library.errors.push('INTERNAL_ERROR');
    return false;
  }
  connection.resetMachine();
  const { extraTickets } = connection.tls13;
  connection.tls13 = new Tls13State();
  connection.tls13.extraTickets = extraTickets; // what SSL_new_session_ticket asked for stays asked for
  connection.want = 'nothing';
  connection.firstPacket = false;
  connection.outgoing = undefined;
  const { firstRecord, pending, leftBehind } = connection.records;
  connection.records = new Records();
  connection.method = connection.profile.keepsDefaultMethod ? connection.defaultMethod : connection.context.method;
  connection.resetMethodState();
  beginReadLayer(connection); // RECORD_LAYER_reset, by when the next handshake is the first again
  beginWriteBuffer(connection);
  if (connection.profile.recordLayer === 'inline') {
    connection.records.firstRecord = firstRecord; // of the whole life
    connection.records.leftBehind = leftBehind || pending !== undefined;
  }
  connection.clientVersion = connection.version;
  return true;
}

/** Which side it plays from here on; what was under way is forgotten, sessions are not looked at. */
export function setRole(connection: Connection, role: 'connect' | 'accept'): void {
  connection.server = role === 'accept';
  connection.shutdown = 0;
  connection.resetMachine();
  connection.handshakeKind = handshakeKindOf(connection.method, role);
  connection.records.readProtection = undefined;
  connection.records.writeProtection = undefined;
  if (connection.profile.recordLayer === 'separate') {
    connection.records = new Records();
    beginReadLayer(connection);
    beginWriteBuffer(connection);
  }
}
