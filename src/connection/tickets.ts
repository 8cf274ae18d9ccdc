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

/** The application sees each ticket before it is made, also one that is an id of the cache. */
export function announceTicket(connection: Connection): void {
  const { generate } = connection.sessionContext.ticketCallbacks;
  if (generate === undefined || generate(connection) !== 0) return;
  throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
}

/** A ticket for the connection's session; empty where the callback has no keys for one. */
export function makeTicket(connection: Connection, session: Session): Uint8Array {
  const { sessionContext } = connection;
  const label = `${connection.label}/ticket-iv`;
  if (!connection.library.allocates('ticket', connection.id)) {
    throw new HandshakeFailure('internal_error', connection.profile.noMemoryReasons.ticket);
  }
  // construct_stateless_ticket decodes what it has encoded into a session that lives no longer than that.
  if (!connection.library.allocates('session')) {
    connection.library.errors.push('MALLOC_FAILURE', connection.profile.mallocFailureLibrary);
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
  const exData = connection.library.exData.get('session');
  exData?.made();
  exData?.freed(0);
  const why = whyNotRewritten(session);
  if (why !== undefined) {
    if (why.reason !== undefined) connection.library.errors.push(why.reason);
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
  if (sessionContext.ticketKeyCallback === undefined) return sealTicket(sessionContext.ticketKeys, session, label);
  const answer = sessionContext.ticketKeyCallback(connection, undefined);
  if (answer === 'fail') throw new HandshakeFailure('internal_error', 'CALLBACK_FAILED');
  if (answer === 'none' && connection.library.defects.has('stek-expiry-outage'))
    throw new HandshakeFailure('internal_error', 'CALLBACK_FAILED');
  return answer === 'none' ? new Uint8Array(0) : sealTicket(answer.keys, session, label);
}

export interface OpenedTicket {
  /** One reference of the connection's. */
  readonly session: Session;
  /** Whether a new ticket is due although this one is good. */
  readonly renew: boolean;
}

/**
 * What a ticket that came comes to: a session; no session, and a new ticket (`why`); the client has none and wants one (`empty`); as if
 * none had come (`none`).
 */
export type TakenTicket =
  | ({ readonly is: 'session' } & OpenedTicket)
  | { readonly is: 'refused'; readonly why: TicketRefusal | 'callback' }
  | { readonly is: 'empty' }
  | { readonly is: 'none' };

/** SSL_TICKET_STATUS and SSL_TICKET_RETURN (ssl.h). */
const Status = { empty: 3, notOpened: 4, opened: 5, openedToRenew: 6 } as const;
const Verdict = { ignore: 1, ignoreAndRenew: 2, use: 3, useAndRenew: 4 } as const;

/**
 * tls_decrypt_ticket.
 * @param sessionId - the client's, which a session of TLS 1.2 takes
 * @throws HandshakeFailure where a callback wants the handshake to end
 */
export function takeTicket(connection: Connection, ticket: Uint8Array, sessionId: Uint8Array): TakenTicket {
  const { decrypt } = connection.sessionContext.ticketCallbacks;
  const taken = opened(connection, ticket, sessionId);
  if (decrypt === undefined) return taken;
  const status = statusOf(taken);
  const session = taken.is === 'session' ? taken.session : null;
  const answer = decrypt(connection, session, ticket.slice(0, ticketKeyNameBytes), status);
  switch (answer) {
    case Verdict.ignore:
      session?.release(connection.label);
      return { is: 'none' };
    case Verdict.ignoreAndRenew:
      session?.release(connection.label);
      return taken.is === 'session' ? { is: 'refused', why: 'callback' } : taken;
    case Verdict.use:
    case Verdict.useAndRenew:
      if (taken.is === 'session') return { ...taken, renew: answer === Verdict.useAndRenew };
  }
  throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR', () => {
    // before 3.5 tls_parse_ctos_psk forgets the session, and its reference with it
    if (!connection.isTls13 || connection.profile.freesAbortedTicket) session?.release(connection.label);
  });
}

function statusOf(taken: TakenTicket): number {
  if (taken.is === 'session') return taken.renew ? Status.openedToRenew : Status.opened;
  return taken.is === 'empty' ? Status.empty : Status.notOpened;
}

function opened(connection: Connection, ticket: Uint8Array, sessionId: Uint8Array): TakenTicket {
  if (ticket.length === 0) return { is: 'empty' };
  const taken = openWithKeys(connection, ticket);
  const leaks = taken === 'bad-mac' && connection.library.defects.has('bad-ticket-leak');
  if (leaks) new Session(connection.library, connection.label); // whose reference nobody gives back
  if (typeof taken === 'string') return { is: 'refused', why: taken };
  if (sessionId.length > 0) taken.session.sessionId = sessionId.slice();
  return { is: 'session', ...taken };
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
