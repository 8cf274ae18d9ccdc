/** The server's decision: is there a session for this ClientHello, and may it be resumed? ssl_get_prev_session, tls_decrypt_ticket. */
import { givingBackAfterAlert, HandshakeFailure } from '../handshake/index.js';
import { equalBytes, isTimedOut, type Session, type TicketRefusal, timeNow } from '../session/index.js';
import type { Connection } from './connection.js';
import { type DecisionCode, decide } from './decide.js';
import { CacheMode, Option, Verify } from './state.js';
import { takeTicket } from './tickets.js';

export interface Offer {
  readonly sessionId: Uint8Array;
  /** The content of the extension; undefined when it is absent. */
  readonly ticket: Uint8Array | undefined;
}

interface Candidate {
  readonly session: Session;
  readonly source: 'id' | 'ticket';
}

export const ticketRefusalCodes: Readonly<Record<TicketRefusal | 'callback', DecisionCode>> = {
  'too-short': 'ticket-too-short',
  'unknown-key': 'ticket-unknown-key',
  'bad-mac': 'ticket-bad-mac',
  'bad-content': 'ticket-bad-content',
  callback: 'ticket-ignored',
};

/**
 * Sets the connection's session when one may be resumed, and says whether a ticket is due.
 * @returns whether it is resumed
 * @throws HandshakeFailure where libssl ends the handshake rather than start anew
 */
export function findSession(connection: Connection, offer: Offer): boolean {
  const candidate = findCandidate(connection, offer);
  if (candidate === undefined) return false;
  const { session, source } = candidate;
  const refusal = givingBackAfterAlert(
    () => check(connection, session, source),
    () => letGo(connection, candidate),
  );
  if (refusal !== undefined) {
    decide(connection, 'refused', refusal, { session: session.id, field: fieldOf(refusal) });
    letGo(connection, candidate);
    return false;
  }
  if (connection.library.defects.has('immortal-renewal')) session.setTimeToNow();
  connection.setSession(session);
  connection.sessionContext.statistics.hits += 1;
  connection.verifyResult = session.verifyResult;
  decide(connection, 'accepted', source === 'id' ? 'resumed-by-id' : 'resumed-by-ticket', {
    session: session.id,
    field: source === 'id' ? 'session_id' : 'ticket',
  });
  return true;
}

/** The same checks for the session of a PSK of TLS 1.3, which is the connection's already. @returns whether it is resumed */
export function judgeCandidate(connection: Connection, session: Session): boolean {
  const refusal = check(connection, session, 'psk');
  if (refusal !== undefined) {
    decide(connection, 'refused', refusal, { session: session.id, field: fieldOf(refusal) });
    return false;
  }
  connection.sessionContext.statistics.hits += 1;
  connection.verifyResult = session.verifyResult;
  decide(connection, 'accepted', 'resumed-by-psk', { session: session.id, field: 'pre_shared_key' });
  return true;
}

/** A presented ticket is the only source then; an empty one, or none, leaves the id. The candidate's reference is ours. */
function findCandidate(connection: Connection, offer: Offer): Candidate | undefined {
  const { sessionContext } = connection;
  connection.ticketExpected = false;
  const { ticket } = offer;
  if (ticket !== undefined && !connection.has(Option.noTicket)) {
    const taken = takeTicket(connection, ticket, offer.sessionId);
    if (taken.is === 'session') {
      connection.ticketExpected = taken.renew;
      taken.session.home = sessionContext;
      return { session: taken.session, source: 'ticket' };
    }
    connection.ticketExpected = taken.is !== 'none';
    if (taken.is === 'refused') {
      decide(connection, 'refused', ticketRefusalCodes[taken.why], { field: 'ticket' });
      return undefined;
    }
  }
  if (offer.sessionId.length === 0) {
    decide(connection, 'none', 'nothing-offered', { field: 'session_id' });
    return undefined;
  }
  const session = lookUp(connection, offer.sessionId);
  return session === undefined ? undefined : { session, source: 'id' };
}

/** lookup_sess_in_cache: the internal cache, then the application's. */
export function lookUp(connection: Connection, sessionId: Uint8Array): Session | undefined {
  const { sessionContext, environment } = connection;
  if ((sessionContext.cacheMode & CacheMode.noInternalLookup) === 0) {
    const found = sessionContext.cache.find({ version: connection.version, sessionId });
    if (found !== undefined) {
      found.upRef(connection.label);
      environment.at?.({ name: 'lookup:unlocked', object: connection.id });
      return found;
    }
    sessionContext.statistics.misses += 1;
  }
  if (sessionContext.callbacks.getSession === undefined) {
    decide(connection, 'refused', 'id-unknown', { field: 'session_id' });
    return undefined;
  }
  return askCallback(connection, sessionId);
}

function askCallback(connection: Connection, sessionId: Uint8Array): Session | undefined {
  const { sessionContext, environment, profile } = connection;
  environment.at?.({ name: 'callback:get', object: connection.id });
  environment.emit?.({
    kind: 'callback',
    name: 'get',
    ctx: sessionContext.id,
    session: 0,
    ssl: connection.id,
    id: sessionId,
  });
  const answer = sessionContext.callbacks.getSession?.(connection, sessionId) ?? null;
  if (answer === null) {
    decide(connection, 'refused', 'callback-had-none', { field: 'session_id' });
    return undefined;
  }
  const { session, copy } = answer;
  if (!copy) session.passClaim('program', connection.label);
  if (profile.respectsNotResumable && session.notResumable) {
    decide(connection, 'refused', 'callback-session-not-resumable', { session: session.id, field: 'not_resumable' });
    if (!copy) session.release(connection.label);
    return undefined;
  }
  sessionContext.statistics.callbackHits += 1;
  if (copy) session.upRef(connection.label);
  if ((sessionContext.cacheMode & CacheMode.noInternalStore) === 0) sessionContext.cache.add(session);
  return session;
}

/** The checks in libssl's order; a code: not resumed, a new session instead. */
function check(connection: Connection, session: Session, source: 'id' | 'ticket' | 'psk'): DecisionCode | undefined {
  const { profile, handshake, sessionContext, environment, library } = connection;
  const isOfContext = equalBytes(session.sessionIdContext, connection.sessionIdContext);
  if (session.version !== connection.version) return 'version-differs';
  if (!isOfContext && !library.defects.has('sni-hop-resume')) return 'id-context-differs';
  if ((connection.verifyMode & Verify.peer) !== 0 && connection.sessionIdContext.length === 0) {
    decide(connection, 'refused', 'id-context-uninitialized', { session: session.id, field: 'sid_ctx' });
    throw new HandshakeFailure('internal_error', 'SESSION_ID_CONTEXT_UNINITIALIZED');
  }
  if (isTimedOut(profile, session, timeNow(profile, environment.nowMs()))) {
    sessionContext.statistics.timeouts += 1;
    if (source === 'id') sessionContext.cache.remove(session);
    return 'expired';
  }
  if (session.extendedMasterSecret && !handshake.receivedExtendedMasterSecret) {
    decide(connection, 'refused', 'extended-master-secret-missing', {
      session: session.id,
      field: 'extended_master_secret',
    });
    throw new HandshakeFailure(profile.inconsistentExtmsAlert, 'INCONSISTENT_EXTMS');
  }
  if (!session.extendedMasterSecret && handshake.receivedExtendedMasterSecret) return 'extended-master-secret-added';
  return undefined;
}

/** The candidate's reference goes; one that came in a ticket is answered with a new ticket. */
function letGo(connection: Connection, candidate: Candidate): void {
  candidate.session.release(connection.label);
  if (candidate.source === 'ticket') connection.ticketExpected = true;
}

function fieldOf(code: DecisionCode): string {
  switch (code) {
    case 'version-differs':
      return 'version';
    case 'id-context-differs':
      return 'sid_ctx';
    case 'expired':
      return 'timeout';
    default:
      return 'extended_master_secret';
  }
}
