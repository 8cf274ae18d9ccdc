/** What the application says to the server's name, once the extensions of a hello are read. */
import { HandshakeFailure } from '../handshake/index.js';
import type { Context } from '../session/index.js';
import { AlertDescription, AlertLevel } from '../wire/index.js';
import type { Connection } from './connection.js';
import { sendAlert } from './records.js';
import { generateSessionId } from './sessions.js';
import { Option } from './state.js';

/**
 * final_server_name: the application may switch contexts, and a server's consent alone puts the name into the session. Where it
 * switches tickets off, the session gets an id in place of the ticket that it would have been. libssl asks a client's callback too.
 */
export function answerServerName(connection: Connection): void {
  const { handshake, session } = connection;
  const hadTickets = !connection.has(Option.noTicket);
  const callback = connection.context.servername ?? connection.sessionContext.servername;
  const before = connection.context;
  const answer = callback === undefined ? 'noack' : callback(connection, nameToAnswer(connection));
  moveAccept(connection, connection.profile.movesAcceptOf === 'switched' ? connection.context : before);
  if (answer === 'alert-fatal') throw new HandshakeFailure('unrecognized_name', 'CALLBACK_FAILED');
  if (
    connection.server &&
    answer === 'ok' &&
    !connection.hit &&
    session !== undefined &&
    connection.hostname !== undefined
  ) {
    session.hostname = connection.hostname;
  }
  if (answer === 'ok' && connection.ticketExpected && hadTickets && connection.has(Option.noTicket)) {
    connection.ticketExpected = false;
    if (!connection.hit) replaceTicketById(connection);
  }
  if (answer === 'alert-warning' && !connection.isTls13) {
    sendAlert(connection, AlertLevel.warning, AlertDescription.unrecognizedName);
  }
  if (answer === 'noack' || answer === 'alert-warning') handshake.servernameDone = false;
}

/** SSL_get_servername(3), which is all that a callback knows: before TLS 1.3 the name of a resumed session is the connection's. */
function nameToAnswer({ server, hit, isTls13, session, hostname }: Connection): string | undefined {
  if (!hit || isTls13) return hostname;
  return server ? session?.hostname : (session?.hostname ?? hostname);
}

/** A failure is told twice: by who makes the id, and by who wanted it. */
function replaceTicketById(connection: Connection): void {
  if (connection.session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  try {
    generateSessionId(connection, connection.session);
  } catch (failure) {
    if (!(failure instanceof HandshakeFailure)) throw failure;
    if (failure.reason !== undefined) connection.library.errors.push(failure.reason);
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
}

/** final_server_name: a first handshake whose context was switched counts as accepted by the new one; OpenSSL does it on clients too. */
function moveAccept(connection: Connection, context: Context): void {
  const { sessionContext, tls13 } = connection;
  if (!connection.isFirstHandshake || context === sessionContext || tls13.helloRetry !== 'none') return;
  context.statistics.accept += 1;
  sessionContext.statistics.accept -= 1;
}
