/** Tickets on the server: with which keys they are sealed and opened. RFC 5077, SSL_CTX_set_tlsext_ticket_key_evp_cb(3). */
import { HandshakeFailure } from '../handshake/index.js';
import {
  openTicket,
  Session,
  sealTicket,
  type TicketRefusal,
  ticketKeyNameBytes,
  whyNotRewritten,
} from '../session/index.js';
import type { Connection } from './connection.js';

/** A ticket for the connection's session; empty where the callback has no keys for one. */
export function makeTicket(connection: Connection, session: Session): Uint8Array {
  const { sessionContext } = connection;
  const label = `${connection.label}/ticket-iv`;
  if (!connection.library.allocates('ticket', connection.id)) {
    throw new HandshakeFailure('internal_error', connection.profile.noMemoryReasons.ticket);
  }
  // construct_stateless_ticket decodes what it has encoded into a session that lives no longer than that.
  const exData = connection.library.exData.get('session');
  exData?.made();
  exData?.freed(0);
  const why = whyNotRewritten(session);
  if (why !== undefined) {
    if (why !== 'longer' && why.reason !== undefined) connection.library.errors.push(why.reason);
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
  if (sessionContext.ticketKeyCallback === undefined) return sealTicket(sessionContext.ticketKeys, session, label);
  const answer = sessionContext.ticketKeyCallback(connection, undefined);
  if (answer === 'fail') throw new HandshakeFailure('internal_error', 'CALLBACK_FAILED');
  return answer === 'none' ? new Uint8Array(0) : sealTicket(answer.keys, session, label);
}

export interface OpenedTicket {
  /** One reference of the connection's. */
  readonly session: Session;
  /** Whether a new ticket is due although this one is good. */
  readonly renew: boolean;
}

/** The session in a ticket that came, or why it is not used. */
export function takeTicket(connection: Connection, ticket: Uint8Array): OpenedTicket | TicketRefusal {
  const taken = openWithKeys(connection, ticket);
  const leaks = taken === 'bad-mac' && connection.library.defects.has('bad-ticket-leak');
  if (leaks) new Session(connection.library, connection.label); // whose reference nobody gives back
  return taken;
}

function openWithKeys(connection: Connection, ticket: Uint8Array): OpenedTicket | TicketRefusal {
  const { sessionContext, library, label } = connection;
  if (sessionContext.ticketKeyCallback === undefined) {
    const opened = openTicket(sessionContext.ticketKeys, library, ticket, label);
    return typeof opened === 'string' ? opened : { session: opened, renew: connection.isTls13 };
  }
  if (ticket.length < 2 * ticketKeyNameBytes) return 'too-short'; // name and IV
  const answer = sessionContext.ticketKeyCallback(connection, ticket.subarray(0, ticketKeyNameBytes));
  if (answer === 'fail') throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  if (answer === 'none') return 'unknown-key';
  const named = { ...answer.keys, name: ticket.slice(0, ticketKeyNameBytes) };
  const opened = openTicket(named, library, ticket, label);
  return typeof opened === 'string' ? opened : { session: opened, renew: answer.renew };
}
