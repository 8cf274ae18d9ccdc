/** What a handshake does to sessions and caches: new objects, storing, telling the application. ssl_get_new_session, ssl_update_cache. */
import { givingBackAfterAlert, HandshakeFailure } from '../handshake/index.js';
import { Session, timeNow, timeToSeconds } from '../session/index.js';
import { ProtocolVersion } from '../wire/index.js';
import type { Connection } from './connection.js';
import { allowsTicketsOnce } from './early-data.js';
import { CacheMode, Option, Verify } from './state.js';

const sessionIdBytes = 32;
const sessionIdAttemptsMax = 10; // MAX_SESS_ID_ATTEMPTS
const autoFlushEvery = 0xff;

/** The holder under which a callback's reference stands until it is decided whose it is. */
export const callbackHolder = 'callback';

/** ssl_get_new_session: a fresh session object in place of the old one. A server gives it an id, unless a ticket will do. */
export function newSession(connection: Connection, options: { readonly id: 'generate' | 'empty' }): void {
  const session = Session.make(connection.library, connection.label);
  if (session === undefined) {
    throw new HandshakeFailure('internal_error', connection.profile.noMemoryReasons.session);
  }
  session.setTimeout(connection.sessionContext.timeoutOfNewSessions);
  connection.setSession(undefined);
  if (options.id === 'generate' && !connection.ticketExpected) {
    givingBackAfterAlert(
      () => generateSessionId(connection, session),
      () => session.release(connection.label),
    );
  }
  session.sessionIdContext = connection.sessionIdContext;
  session.version = connection.version;
  session.verifyResult = 0;
  session.home = connection.sessionContext;
  session.extendedMasterSecret = connection.handshake.receivedExtendedMasterSecret;
  connection.session = session;
}

/** A session that will not be found again has no id. */
export function dropSessionId({ session, context, profile, hit }: Connection): void {
  const cachesSessions = (context.cacheMode & CacheMode.server) !== 0;
  if (session === undefined) return;
  if ((profile.emptiesIdOfNotResumable && session.notResumable) || (!cachesSessions && !hit))
    session.sessionId = new Uint8Array(0);
}

/**
 * ssl_generate_session_id: gives the session a new id. The callback is the connection's, else the context's, and sees the session with
 * an id of zeros, in which what it makes stays, also where that is refused.
 */
export function generateSessionId(connection: Connection, session: Session): void {
  const { sessionContext, version } = connection;
  const isTaken = (sessionId: Uint8Array): boolean => sessionContext.cache.find({ version, sessionId }) !== undefined;
  const callback = connection.generateSessionId ?? sessionContext.generateSessionId;
  if (callback === undefined) {
    session.sessionId = randomSessionId(connection, isTaken);
    return;
  }
  session.sessionId = new Uint8Array(sessionIdBytes);
  const made = callback(connection)?.slice();
  if (made === undefined) throw new HandshakeFailure('internal_error', 'SSL_SESSION_ID_CALLBACK_FAILED');
  if (made.length === 0 || made.length > sessionIdBytes) {
    session.sessionId = made.length === 0 ? new Uint8Array(sessionIdBytes) : made.slice(0, sessionIdBytes);
    throw new HandshakeFailure('internal_error', 'SSL_SESSION_ID_HAS_BAD_LENGTH');
  }
  session.sessionId = made;
  if (isTaken(made)) throw new HandshakeFailure('internal_error', 'SSL_SESSION_ID_CONFLICT');
}

function randomSessionId(connection: Connection, isTaken: (id: Uint8Array) => boolean): Uint8Array {
  const id = new Uint8Array(sessionIdBytes);
  for (let attempt = 0; attempt < sessionIdAttemptsMax; attempt += 1) {
    connection.fillRandom('session-id', id);
    if (!isTaken(id)) return id;
  }
  throw new HandshakeFailure('internal_error', 'SSL_SESSION_ID_CALLBACK_FAILED');
}

/** In TLS 1.3 sessions that may be in a cache are not changed: a duplicate without the ticket takes the place of the connection's. */
export function duplicateSession(
  connection: Connection,
  whyNot: string = connection.profile.noMemoryReasons.session,
): void {
  const { session, profile } = connection;
  const fresh = session?.duplicate({ ticket: 'left out', holder: connection.label });
  if (session === undefined || fresh === undefined) throw new HandshakeFailure('internal_error', whyNot);
  if (profile.duplicateIsResumable) fresh.notResumable = false;
  connection.setSession(fresh);
}

/** ssl_update_cache: stores the session of a finished handshake and tells the application; now and then flushes. */
export function updateCache(connection: Connection, side: 'client' | 'server'): void {
  const { session, sessionContext, profile } = connection;
  if (session === undefined || session.sessionId.length === 0) return;
  if (profile.respectsNotResumable && session.notResumable) return;
  if (connection.server && session.sessionIdContext.length === 0 && (connection.verifyMode & Verify.peer) !== 0) return;
  const mode = sessionContext.cacheMode;
  const role = side === 'client' ? CacheMode.client : CacheMode.server;
  const isTls13 = connection.method.version === ProtocolVersion.tls13;
  if ((mode & role) !== 0 && (!connection.hit || isTls13)) {
    if ((mode & CacheMode.noInternalStore) === 0 && isStored(connection)) sessionContext.cache.add(session);
    tellNewSession(connection, session);
  }
  if ((mode & CacheMode.noAutoClear) !== 0 || (mode & role) !== role) return;
  const { connectGood, acceptGood } = sessionContext.statistics;
  const count = side === 'client' ? connectGood : acceptGood;
  if ((count & autoFlushEvery) !== autoFlushEvery) return;
  const now = timeNow(profile, connection.environment.nowMs());
  sessionContext.cache.flush(timeToSeconds(profile, now));
}

/** A server of TLS 1.3 stores a session only where its ticket does not hold it whole, or somebody wants to hear of its end. */
function isStored(connection: Connection): boolean {
  if (connection.method.version !== ProtocolVersion.tls13 || !connection.server) return true;
  if (connection.library.defects.has('ticket-sessions-flood-cache')) return true;
  const isStateful = connection.has(Option.noTicket) || allowsTicketsOnce(connection);
  return isStateful || connection.sessionContext.callbacks.removeSession !== undefined;
}

function tellNewSession(connection: Connection, session: Session): void {
  const { sessionContext, environment } = connection;
  const callback = sessionContext.callbacks.newSession;
  if (callback === undefined) return;
  session.upRef(callbackHolder);
  environment.at?.({ name: 'callback:new', object: connection.id });
  environment.emit?.({
    kind: 'callback',
    name: 'new',
    ctx: sessionContext.id,
    session: session.id,
    ssl: connection.id,
    id: session.sessionId,
  });
  if (callback(connection, session) === 0) session.release(callbackHolder);
  else session.passClaim(callbackHolder, 'program');
}
