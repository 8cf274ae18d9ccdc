/** Sessions that expire just now, a second ago or in a second. Both stacks' clocks stand, since each program here puts them (`sim_clock`). */
import { closeWell, handshake, newPair, setSession } from './connections.js';
import { type Move, newContext } from './contexts.js';
import type { Draft, SessionDraft } from './draft.js';
import { ref } from './draft.js';
import { bareSession, takeSession } from './sessions.js';

/** Small caches want sessions that expire far apart: which of two goes first is then never in doubt. */
function atItsEdge(draft: Draft, one: SessionDraft): void {
  const age = draft.random.pick([100, 1000, 7200]);
  draft.emit('sim_clock', 0);
  draft.emit('SSL_SESSION_set_time', ref(one), { now: -age });
  draft.emit('SSL_SESSION_set_timeout', ref(one), age + draft.random.pick([-1, 0, 0, 0, 1]));
}

/** A flush meets it. */
function flushedAtItsEdge(draft: Draft): boolean {
  if (draft.limits.smallCaches) return false;
  const ctx = draft.pick(draft.liveContexts()) ?? newContext(draft, 'server');
  const one = bareSession(draft);
  atItsEdge(draft, one);
  draft.emit('SSL_CTX_add_session', ref(ctx), ref(one));
  one.home = ctx;
  draft.emit('SSL_CTX_flush_sessions', ref(ctx), { now: draft.random.pick([0, 0, 0, 1]) });
  return true;
}

/** A client offers it. */
function offeredAtItsEdge(draft: Draft): boolean {
  if (draft.limits.smallCaches) return false;
  const pair = newPair(draft);
  handshake(draft, pair);
  const offered = takeSession(draft, pair.client);
  const kept = takeSession(draft, pair.server);
  closeWell(draft, pair);
  atItsEdge(draft, kept);
  const next = newPair(draft, pair);
  setSession(draft, next.client, offered);
  handshake(draft, next);
  return true;
}

export const edgeMoves: readonly Move[] = [flushedAtItsEdge];
export const edgeHandshakeMoves: readonly Move[] = [offeredAtItsEdge];
