/** What is set where a session is made or kept shows in the session itself, or in what becomes of it: set, made, and looked at. */
import { closeWell, handshake, newPair, setSession } from './connections.js';
import { type Move, newContext } from './contexts.js';
import { type Draft, ref } from './draft.js';
import { bareSession, takeSession } from './sessions.js';

/** A timeout of the context: the sessions of its handshakes have it, or the default in its place. */
function timeoutOfContext(draft: Draft): boolean {
  if (draft.limits.smallCaches) return false; // all its sessions have one timeout
  const pair = newPair(draft);
  const { context } = draft.random.pick([pair.client, pair.server, pair.server]);
  draft.emit('SSL_CTX_set_timeout', ref(context), draft.random.pick([0, 0, 130, 1030, 100030]));
  handshake(draft, pair);
  for (const ssl of [pair.client, pair.server]) {
    const made = takeSession(draft, ssl);
    draft.emit('SSL_SESSION_get_timeout', ref(made));
    draft.emit('SSL_SESSION_get_ticket_lifetime_hint', ref(made));
  }
  return true;
}

/** A session whose id is taken away: a ticket keeps it resumable. */
function withoutId(draft: Draft): boolean {
  const pair = newPair(draft);
  handshake(draft, pair);
  const made = takeSession(draft, pair.client);
  closeWell(draft, pair);
  const name = draft.fresh('x');
  draft.bind(name, 'SSL_SESSION_dup', ref(made));
  const copy = { name, refs: 1, home: undefined, bare: true };
  draft.sessions.push(copy);
  draft.emit('SSL_SESSION_set1_id', ref(copy), { text: '' });
  draft.emit('SSL_SESSION_is_resumable', ref(copy));
  if (draft.likely(50)) {
    const next = newPair(draft, pair);
    setSession(draft, next.client, copy);
    handshake(draft, next);
  }
  return true;
}

/** A session that only the program has kept, and that its callback gives back to a context that stores again. */
function keptByProgram(draft: Draft): boolean {
  const pair = newPair(draft);
  const ctx = pair.server.context;
  draft.emit('SSL_CTX_set_options', ref(ctx), 'SSL_OP_NO_TICKET');
  draft.emit('SSL_CTX_set_session_cache_mode', ref(ctx), 'SSL_SESS_CACHE_SERVER|SSL_SESS_CACHE_NO_INTERNAL_STORE');
  draft.emit('sim_on_new', ref(ctx), true);
  handshake(draft, pair);
  const offered = takeSession(draft, pair.client);
  closeWell(draft, pair);
  draft.emit('sim_on_get', ref(ctx), draft.random.pick(['copy', 'nocopy']));
  if (draft.likely(80)) draft.emit('SSL_CTX_set_session_cache_mode', ref(ctx), 'SSL_SESS_CACHE_SERVER');
  const next = newPair(draft, pair);
  setSession(draft, next.client, offered);
  handshake(draft, next);
  takeSession(draft, next.server);
  return true;
}

/** Sessions of one cache of which some get another time: 3.x keeps them in the order in which they expire, and flushes in it. */
function rearranged(draft: Draft): boolean {
  const ctx = draft.pick(draft.liveContexts()) ?? newContext(draft, 'server');
  const sessions = [bareSession(draft), bareSession(draft), bareSession(draft)];
  for (const session of sessions) {
    draft.emit('SSL_SESSION_set_time', ref(session), draft.age());
    draft.emit('SSL_CTX_add_session', ref(ctx), ref(session));
    session.home = ctx;
  }
  for (const session of draft.random.shuffled(sessions).slice(0, 1 + draft.random.int(2))) {
    if (draft.likely(50)) draft.emit('SSL_SESSION_set_time', ref(session), draft.age());
    else draft.emit('SSL_SESSION_set_timeout', ref(session), draft.timeout());
  }
  // Between two expiries (see `Draft.age`): ages of a program are its first hundreds of seconds.
  draft.emit('SSL_CTX_flush_sessions', ref(ctx), { now: 60 + 100 * draft.random.int(12) });
  return true;
}

export const shownMoves: readonly Move[] = [rearranged];
export const shownHandshakeMoves: readonly Move[] = [timeoutOfContext, withoutId, keptByProgram];
