/** What programs do with connections apart from their bytes: making and joining them, their sessions, their settings. */
import { type Move, newContext, sessionOptions } from './contexts.js';
import type { ConnectionDraft, ContextDraft, Draft, SessionDraft } from './draft.js';
import { ref } from './draft.js';
import { bareSession, takeSession } from './sessions.js';

/** Two connections that are, or are to be, joined. */
export interface Pair {
  readonly client: ConnectionDraft;
  readonly server: ConnectionDraft;
}

function contextOf(draft: Draft, role: 'client' | 'server'): ContextDraft {
  const wrong = draft.likely(1) ? draft.pick(draft.liveContexts()) : undefined;
  return wrong ?? draft.pick(draft.liveContexts(role)) ?? newContext(draft, role);
}

/** Makes a connection, and a context for it where none lives. */
export function newConnection(
  draft: Draft,
  role: 'client' | 'server',
  context: ContextDraft = contextOf(draft, role),
): ConnectionDraft {
  const name = draft.fresh(role === 'client' ? 'c' : 's');
  draft.bind(name, 'SSL_new', ref(context));
  context.connections += 1;
  const ssl: ConnectionDraft = {
    name,
    context,
    refs: 1,
    role: 'none',
    peer: undefined,
    state: 'before',
    changed: false,
  };
  draft.connections.push(ssl);
  return ssl;
}

/** Two connections of the program, joined. */
export function join(draft: Draft, { client, server }: Pair): Pair {
  draft.emit('sim_pair', ref(client), ref(server));
  for (const [ssl, peer, role] of [
    [client, server, 'client'],
    [server, client, 'server'],
  ] as const) {
    if (ssl.peer !== undefined && ssl.peer !== peer) ssl.peer.peer = undefined;
    ssl.peer = peer;
    ssl.role = role;
    ssl.state = 'before';
    ssl.changed = false;
  }
  return { client, server };
}

/** Makes a client and a server and joins them, of the contexts of an earlier pair where one is given. */
export function newPair(draft: Draft, like?: Pair): Pair {
  const client = newConnection(draft, 'client', like?.client.context);
  return join(draft, { client, server: newConnection(draft, 'server', like?.server.context) });
}

/** A whole handshake; that it succeeds is a guess. */
export function handshake(draft: Draft, pair: Pair): void {
  draft.emit('sim_handshake', ref(pair.client), ref(pair.server));
  pair.client.state = 'open';
  pair.server.state = 'open';
}

/** Pairs that live, are joined, and may do I/O, in one of `states`. */
export function pairs(draft: Draft, states: readonly ConnectionDraft['state'][]): Pair[] {
  const result: Pair[] = [];
  for (const client of draft.liveConnections(
    (ssl) => ssl.role === 'client' && !ssl.changed && states.includes(ssl.state),
  )) {
    const server = client.peer;
    if (server !== undefined && server.refs > 0 && !server.changed) result.push({ client, server });
  }
  return result;
}

/** A joined connection that may do I/O. */
export function usable(draft: Draft, states: readonly ConnectionDraft['state'][]): ConnectionDraft | undefined {
  return draft.pick(draft.liveConnections((ssl) => !ssl.changed && states.includes(ssl.state)));
}

/** A session to offer: of a handshake more often than a bare one. */
export function sessionToOffer(draft: Draft): SessionDraft {
  const real = draft.pick(draft.liveSessions((one) => !one.bare));
  if (real !== undefined && draft.likely(85)) return real;
  return draft.pick(draft.liveSessions()) ?? bareSession(draft);
}

/** `SSL_set_session`, and what it means for later I/O. */
export function setSession(draft: Draft, ssl: ConnectionDraft, session: SessionDraft | null): void {
  draft.emit('SSL_set_session', ref(ssl), session === null ? null : ref(session));
  if (ssl.state !== 'before') ssl.changed = true;
}

/** Steps that end the pair well, so that its session stays good. */
export function closeWell(draft: Draft, { client, server }: Pair): void {
  draft.emit('sim_close', ref(client), ref(server));
  client.state = 'ended';
  server.state = 'ended';
}

/** `SSL_free`, which may not be the last. */
export function free(draft: Draft, ssl: ConnectionDraft): void {
  draft.emit('SSL_free', ref(ssl));
  ssl.refs -= 1;
  if (ssl.refs === 0) ssl.context.connections -= 1;
}

/** `SSL_clear`: whatever was, the connection is before its handshake. */
export function clear(draft: Draft, ssl: ConnectionDraft): void {
  draft.emit('SSL_clear', ref(ssl));
  ssl.state = 'before';
  ssl.changed = false;
}

export const setSessionMoves: readonly Move[] = [
  (draft) => {
    const fresh = draft.pick(draft.liveConnections((one) => one.state === 'before')) ?? newConnection(draft, 'client');
    setSession(draft, fresh, draft.likely(15) ? null : (draft.pick(draft.liveSessions()) ?? bareSession(draft)));
    return true;
  },
  (draft) => {
    const ssl = draft.pick(
      draft.liveConnections((one) => one.state === 'open' || one.state === 'ended' || draft.likely(10)),
    );
    if (ssl === undefined) return false;
    setSession(draft, ssl, draft.likely(40) ? null : sessionToOffer(draft));
    return true;
  },
  (draft) => {
    const [to, from] = draft.random.shuffled(draft.liveConnections());
    if (to === undefined || from === undefined || (to.state !== 'before' && draft.likely(70))) return false;
    draft.emit('SSL_copy_session_id', ref(to), ref(from));
    if (to.state !== 'before') to.changed = true;
    return true;
  },
  (draft) => {
    const ssl = draft.pick(draft.liveConnections());
    if (ssl === undefined) return false;
    takeSession(draft, ssl);
    return true;
  },
  (draft) => {
    const ssl = draft.pick(draft.liveConnections());
    if (ssl === undefined) return false;
    const name = draft.fresh('y');
    if (draft.likely(50)) draft.bind(name, 'SSL_get_session', ref(ssl));
    else draft.emit('SSL_get_session', ref(ssl));
    return true;
  },
];

function connection(draft: Draft, act: (ssl: ConnectionDraft) => void): boolean {
  const ssl = draft.pick(draft.liveConnections());
  if (ssl === undefined) return false;
  act(ssl);
  return true;
}

export const connectionMoves: readonly Move[] = [
  (draft) => {
    if (draft.connections.length > 12) return false;
    if (draft.likely(50)) newPair(draft);
    else newConnection(draft, draft.random.pick(['client', 'server']));
    return true;
  },
  (draft) =>
    connection(draft, (ssl) => {
      draft.emit('SSL_up_ref', ref(ssl));
      ssl.refs += 1;
    }),
  (draft) =>
    connection(draft, (ssl) => {
      if (draft.likely(15)) draft.emit('SSL_set_shutdown', ref(ssl), draft.random.pick([1, 2, 3]));
      const name = draft.fresh('d');
      draft.bind(name, 'SSL_dup', ref(ssl));
      if (ssl.state === 'before') {
        ssl.context.connections += 1;
        draft.connections.push({
          name,
          context: ssl.context,
          refs: 1,
          role: 'none',
          peer: undefined,
          state: 'before',
          changed: false,
        });
      } else {
        ssl.refs += 1;
      }
    }),
  (draft) => {
    const ssl = draft.pick(draft.liveConnections((one) => one.state === 'before' || draft.likely(15)));
    const ctx = ssl === undefined ? undefined : draft.pick(draft.liveContexts(ssl.context.role));
    if (ssl === undefined || ctx === undefined) return false;
    draft.emit('SSL_set_SSL_CTX', ref(ssl), ref(ctx));
    return true;
  },
  (draft) =>
    connection(draft, (ssl) =>
      draft.emit(
        'SSL_set_tlsext_host_name',
        ref(ssl),
        draft.random.pick([
          { text: 'a.example' },
          { text: 'b.example' },
          { text: '' },
          { text: 'a'.repeat(256) },
          null,
        ]),
      ),
    ),
  (draft) =>
    connection(draft, (ssl) =>
      draft.emit(
        'SSL_set_session_id_context',
        ref(ssl),
        draft.likely(50) ? { text: 'app' } : draft.hex(draft.length(32)),
      ),
    ),
  (draft) => connection(draft, (ssl) => draft.emit('SSL_set_options', ref(ssl), draft.random.pick(sessionOptions))),
  (draft) => connection(draft, (ssl) => draft.emit('SSL_set_num_tickets', ref(ssl), draft.random.pick([0, 1, 2, 40]))),
  (draft) => {
    const ssl = draft.pick(draft.liveConnections((one) => one.state === 'before' || draft.likely(20)));
    if (ssl === undefined) return false;
    const role = (ssl.context.role === 'client') !== draft.likely(3) ? 'client' : 'server';
    draft.emit(role === 'client' ? 'SSL_set_connect_state' : 'SSL_set_accept_state', ref(ssl));
    ssl.state = 'before';
    ssl.changed = false;
    ssl.role = role;
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['before', 'handshake', 'open', 'ended']));
    if (pair === undefined) return false;
    join(draft, pair);
    return true;
  },
];

const connectionGetters: readonly string[] = [
  'SSL_session_reused',
  'SSL_get_shutdown',
  'SSL_get_num_tickets',
  'SSL_is_init_finished',
  'SSL_in_before',
  'SSL_version',
];

export const connectionGetterMoves: readonly Move[] = [
  (draft) => connection(draft, (ssl) => draft.emit(draft.random.pick(connectionGetters), ref(ssl))),
];
