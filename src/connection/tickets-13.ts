/** NewSessionTicket of TLS 1.3, on both sides: RFC 8446 §4.6.1. Each ticket is a session of its own. */
import { HandshakeFailure, ticketPsk } from '../handshake/index.js';
import { type Session, timeToSeconds } from '../session/index.js';
import {
  ExtensionType,
  readEarlyDataOfTicket,
  readNewSessionTicketOfTls13,
  writeEarlyDataOfTicket,
  writeNewSessionTicketOfTls13,
  writeNoTicket,
} from '../wire/index.js';
import { collectExtensions13 } from './collect-extensions.js';
import type { Connection } from './connection.js';
import { derivationOf } from './keys-13.js';
import { parsed } from './parsed.js';
import { isStateful } from './resumption-13.js';
import { duplicateSession, generateSessionId, updateCache } from './sessions.js';
import { announceTicket, makeTicket } from './tickets.js';

const nonceBytes = 8; // TICKET_NONCE_SIZE
const lifetimeSecondsMax = 7n * 24n * 60n * 60n; // ONE_WEEK_SEC

/** tls_construct_new_session_ticket. `nothing`: the callback has no keys for one, and it counts as sent all the same. */
export function makeNewSessionTicket13(connection: Connection): Uint8Array | 'nothing' {
  const { tls13, profile } = connection;
  if (tls13.sentTickets !== 0 || connection.hit) duplicateSession(connection, profile.noMemoryReasons.ticketSession);
  const session = sessionOf(connection);
  // ssl_generate_session_id: while a ticket is expected, which is until the handshake is finished, a session has no id
  if (connection.ticketExpected) session.sessionId = new Uint8Array(0);
  else generateSessionId(connection, session);
  session.ticketAgeAdd = drawAgeAdd(connection);
  const ticketNonce = nonceOf(tls13.ticketNonce);
  session.masterKey = secretOf(connection, ticketNonce);
  session.setTimeToNow();
  session.maxEarlyData = connection.earlyData.max;
  if (connection.handshake.alpnSelected !== undefined) session.alpnSelected = connection.handshake.alpnSelected;
  announceTicket(connection);
  const stateful = isStateful(connection);
  const ticket = stateful ? session.sessionId : makeTicket(connection, session);
  const hasNoKeys = ticket.length === 0 && !stateful;
  if (hasNoKeys && profile.ticketWithoutKeys === 'left-out') {
    countTicket(connection);
    return 'nothing';
  }
  const early = connection.earlyData.max;
  const extensions = early === 0 ? [] : [{ type: ExtensionType.earlyData, data: writeEarlyDataOfTicket(early) }];
  const lifetime = timeToSeconds(profile, session.timeout);
  const body = hasNoKeys
    ? writeNoTicket(extensions)
    : writeNewSessionTicketOfTls13({
        ticketLifetime: Number(BigInt.asUintN(32, lifetime > lifetimeSecondsMax ? lifetimeSecondsMax : lifetime)),
        ticketAgeAdd: session.ticketAgeAdd,
        ticketNonce,
        ticket,
        extensions,
      });
  countTicket(connection);
  updateCache(connection, 'server');
  return body;
}

/** tls_process_new_session_ticket: a duplicate of the session takes its place, since that may be in a cache and in use elsewhere. */
export function onNewSessionTicket13(connection: Connection, body: Uint8Array): void {
  const message = parsed(() => readNewSessionTicketOfTls13(body), 'LENGTH_MISMATCH');
  const { profile } = connection;
  duplicateSession(connection);
  const session = sessionOf(connection);
  session.setTimeToNow();
  session.ticket = undefined;
  if (!connection.library.allocates('ticket', connection.id)) {
    throw new HandshakeFailure('internal_error', profile.noMemoryReasons.ticket);
  }
  session.ticket = message.ticket.slice();
  session.ticketLifetimeHint = message.ticketLifetime;
  session.ticketAgeAdd = message.ticketAgeAdd;
  const early = collectExtensions13(connection, message.extensions, 'ticket').get(ExtensionType.earlyData);
  if (early !== undefined) session.maxEarlyData = parsed(() => readEarlyDataOfTicket(early), 'INVALID_MAX_EARLY_DATA');
  session.sessionId = connection.environment.crypto.ticketId(session.ticket);
  session.notResumable = false;
  session.masterKey = secretOf(connection, message.ticketNonce);
  updateCache(connection, 'client');
}

function countTicket(connection: Connection): void {
  const { tls13 } = connection;
  tls13.sentTickets += 1;
  tls13.ticketNonce += 1;
  if (tls13.extraTickets > 0) tls13.extraTickets -= 1;
}

function secretOf(connection: Connection, ticketNonce: Uint8Array): Uint8Array {
  const { resumptionSecret } = connection.tls13;
  if (resumptionSecret === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  return ticketPsk(derivationOf(connection), resumptionSecret, ticketNonce);
}

function drawAgeAdd(connection: Connection): number {
  const bytes = new Uint8Array(4);
  connection.fillRandom('ticket-age-add', bytes);
  return new DataView(bytes.buffer).getUint32(0);
}

function nonceOf(count: number): Uint8Array {
  const nonce = new Uint8Array(nonceBytes);
  new DataView(nonce.buffer).setUint32(nonceBytes - 4, count);
  return nonce;
}

function sessionOf(connection: Connection): Session {
  if (connection.session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  return connection.session;
}
