/** What programs do with the bytes of connections: handshakes, resumption, traffic, endings, faults, renegotiation. */
import {
  clear,
  closeWell,
  free,
  handshake,
  join,
  newPair,
  type Pair,
  pairs,
  sessionToOffer,
  setSession,
  usable,
} from './connections.js';
import type { Move } from './contexts.js';
import type { ConnectionDraft, Draft, SessionDraft } from './draft.js';
import { ref } from './draft.js';
import { takeSession } from './sessions.js';

/** A whole connection; its client's session is named, its end is drawn. */
function connect(draft: Draft, offered: SessionDraft | undefined): boolean {
  const pair = newPair(draft);
  if (offered !== undefined) setSession(draft, pair.client, offered);
  if (draft.likely(15))
    draft.emit('SSL_set_tlsext_host_name', ref(pair.client), { text: draft.random.pick(['a.example', 'b.example']) });
  handshake(draft, pair);
  if (draft.likely(70)) takeSession(draft, pair.client);
  if (draft.likely(20)) takeSession(draft, pair.server);
  if (draft.likely(40)) {
    closeWell(draft, pair);
    if (draft.likely(80)) {
      free(draft, pair.client);
      free(draft, pair.server);
    }
  }
  return true;
}

export const handshakeMoves: readonly Move[] = [
  (draft) => connect(draft, undefined),
  (draft) => {
    const pair = newPair(draft);
    handshake(draft, pair);
    takeSession(draft, draft.likely(80) ? pair.client : pair.server);
    return true;
  },
];

/** What happens to a session, or around it, between the connection that made it and the one that offers it. */
const between: readonly ((draft: Draft, pair: Pair, made: { client: SessionDraft; server: SessionDraft }) => void)[] = [
  () => {},
  (draft, _pair, { server }) => draft.emit('SSL_SESSION_set_time', ref(server), { now: -10_000_000 }),
  (draft, _pair, { client }) => draft.emit('SSL_SESSION_set_time', ref(client), { now: -10_000_000 }),
  (draft, _pair, { server }) => draft.emit('SSL_SESSION_set1_id_context', ref(server), { text: 'other' }),
  (draft, _pair, { client }) => draft.emit('SSL_SESSION_set1_id_context', ref(client), { text: 'other' }),
  (draft, _pair, { client }) => draft.emit('SSL_SESSION_set_protocol_version', ref(client), 'TLS1_3_VERSION'),
  (draft, _pair, { client }) => draft.emit('SSL_SESSION_set1_master_key', ref(client), draft.hex(48)),
  (draft, { server }) => draft.emit('SSL_CTX_flush_sessions', ref(server.context), 0),
  (draft, { client }) => draft.emit('SSL_CTX_flush_sessions', ref(client.context), 0),
  (draft, { server }, made) => {
    draft.emit('SSL_CTX_remove_session', ref(server.context), ref(made.server));
    if (draft.likely(40)) draft.emit('SSL_CTX_add_session', ref(server.context), ref(made.server));
  },
  (draft, { client }, made) => draft.emit('SSL_CTX_remove_session', ref(client.context), ref(made.client)),
  (draft, { server }) => draft.emit('SSL_CTX_set_session_id_context', ref(server.context), { text: 'later' }),
  (draft, { client }) => draft.emit('SSL_CTX_set_session_id_context', ref(client.context), { text: 'later' }),
  (draft, { server }) => draft.emit('SSL_CTX_set_options', ref(server.context), 'SSL_OP_NO_TICKET'),
  (draft, { server }) => draft.emit('SSL_CTX_clear_options', ref(server.context), 'SSL_OP_NO_TICKET'),
  (draft, { client }) => draft.emit('SSL_CTX_set_options', ref(client.context), 'SSL_OP_NO_TICKET'),
  (draft, { client }) => draft.emit('SSL_CTX_set_options', ref(client.context), 'SSL_OP_NO_EXTENDED_MASTER_SECRET'),
  (draft, { server }) => draft.emit('SSL_CTX_set_verify', ref(server.context), 'SSL_VERIFY_PEER'),
  (draft, { server }) => draft.emit('SSL_CTX_set_session_cache_mode', ref(server.context), 'SSL_SESS_CACHE_OFF'),
  (draft, { server }) => draft.emit('SSL_CTX_set_session_cache_mode', ref(server.context), externalMode),
  (draft, { server }) => {
    // What the callback kept is found again though the cache has lost it.
    draft.emit('sim_on_get', ref(server.context), draft.random.pick(['copy', 'nocopy']));
    draft.emit('SSL_CTX_set_session_cache_mode', ref(server.context), externalMode);
  },
];

const externalMode = 'SSL_SESS_CACHE_SERVER|SSL_SESS_CACHE_NO_INTERNAL';

/** What is offered instead of the session itself: a copy, with another id, or another name to go by. */
function copied(draft: Draft, of: SessionDraft): SessionDraft {
  const name = draft.fresh('x');
  draft.bind(name, 'SSL_SESSION_dup', ref(of));
  const copy: SessionDraft = { name, refs: 1, home: undefined, bare: true };
  draft.sessions.push(copy);
  if (draft.likely(40)) draft.emit('SSL_SESSION_set1_id', ref(copy), draft.hex(draft.length(32)));
  if (draft.likely(20)) draft.emit('SSL_SESSION_set1_hostname', ref(copy), { text: 'b.example' });
  if (draft.likely(20)) draft.emit('SSL_SESSION_set1_id_context', ref(copy), draft.hex(draft.length(32)));
  return copy;
}

/** A connection whose session is offered again after something has happened to it. */
function offerAgain(draft: Draft): boolean {
  const first = newPair(draft);
  if (draft.likely(25)) draft.emit('sim_on_new', ref(first.server.context), true);
  handshake(draft, first);
  const made = { client: takeSession(draft, first.client), server: takeSession(draft, first.server) };
  if (draft.likely(80)) closeWell(draft, first);
  if (draft.likely(50)) for (const ssl of [first.client, first.server]) free(draft, ssl);
  for (let times = draft.random.int(3); times >= 0; times--) draft.random.pick(between)(draft, first, made);
  const second = newPair(draft, first);
  setSession(draft, second.client, draft.likely(20) ? copied(draft, made.client) : made.client);
  handshake(draft, second);
  return true;
}

export const resumptionMoves: readonly Move[] = [
  offerAgain,
  (draft) =>
    draft.sessions.some((one) => !one.bare) ? connect(draft, sessionToOffer(draft)) : connect(draft, undefined),
  (draft) => {
    // The connections that resume are those of the first handshake.
    const pair = draft.pick(pairs(draft, ['open', 'ended']));
    if (pair === undefined) return false;
    if (draft.likely(70)) closeWell(draft, pair);
    if (draft.likely(60)) {
      // The client's close_notify is taken in, or it would be the first thing that the next handshake meets.
      if (draft.likely(90)) draft.emit('SSL_shutdown', ref(pair.server));
      for (const ssl of [pair.client, pair.server]) clear(draft, ssl);
    } else {
      join(draft, pair);
    }
    handshake(draft, pair);
    return true;
  },
];

/** One step of a handshake; the state is a guess that errs on the side of `handshake`. */
function step(draft: Draft, ssl: ConnectionDraft): void {
  draft.emit('SSL_do_handshake', ref(ssl));
  if (ssl.state === 'before') ssl.state = 'handshake';
}

export const stepMoves: readonly Move[] = [
  (draft) => {
    const pair = draft.pick(pairs(draft, ['before', 'handshake'])) ?? newPair(draft);
    if (pair.client.state === 'before' && draft.likely(40)) setSession(draft, pair.client, sessionToOffer(draft));
    const rounds = 1 + draft.random.int(5);
    for (let round = 0; round < rounds; round++)
      step(draft, draft.likely(85) === (round % 2 === 0) ? pair.client : pair.server);
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['before', 'handshake', 'open']);
    if (ssl === undefined) return false;
    step(draft, ssl);
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['handshake', 'before']));
    if (pair === undefined) return false;
    handshake(draft, pair);
    return true;
  },
];

export const trafficMoves: readonly Move[] = [
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open', 'ended']));
    if (pair === undefined) return false;
    const [from, to] = draft.random.shuffled([pair.client, pair.server]);
    if (from === undefined || to === undefined) return false;
    draft.emit('sim_exchange', ref(from), ref(to));
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['open', 'ended', 'before', 'handshake']);
    if (ssl === undefined || (ssl.state !== 'open' && draft.likely(70))) return false;
    draft.emit(
      'SSL_write',
      ref(ssl),
      draft.random.pick([
        { text: 'hello' },
        { hex: '' },
        { hex: '00' },
        draft.hex(1000),
        draft.hex(4097),
        draft.hex(16_385),
      ]),
    );
    if (ssl.state === 'before' && ssl.role !== 'none') ssl.state = 'handshake';
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['open', 'ended', 'before', 'handshake']);
    if (ssl === undefined || (ssl.state !== 'open' && draft.likely(70))) return false;
    draft.emit('SSL_read', ref(ssl), draft.random.pick([1, 5, 5, 2000, 0, -1, 'INT_MIN', 16_384]));
    if (ssl.state === 'before' && ssl.role !== 'none') ssl.state = 'handshake';
    return true;
  },
];

export const endingMoves: readonly Move[] = [
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open']));
    if (pair === undefined) return false;
    const [first, second] = draft.random.shuffled([pair.client, pair.server]);
    if (first === undefined || second === undefined) return false;
    draft.emit('SSL_shutdown', ref(first));
    if (draft.likely(25)) draft.emit('SSL_write', ref(second), { text: 'late' });
    draft.emit('SSL_read', ref(second), 5);
    if (draft.likely(60)) draft.emit('SSL_shutdown', ref(draft.likely(70) ? second : first));
    first.state = 'ended';
    second.state = 'ended';
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open', 'ended']));
    if (pair === undefined) return false;
    closeWell(draft, pair);
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['open', 'ended', 'handshake', 'before']);
    if (ssl === undefined || (ssl.state === 'before' && draft.likely(80))) return false;
    draft.emit('SSL_shutdown', ref(ssl));
    if (ssl.state === 'open') ssl.state = 'ended';
    return true;
  },
  (draft) => {
    const ssl = draft.pick(draft.liveConnections());
    if (ssl === undefined) return false;
    if (draft.likely(3)) draft.emit('SSL_free', null);
    else free(draft, ssl);
    return true;
  },
  (draft) => {
    const ssl = draft.pick(draft.liveConnections());
    if (ssl === undefined) return false;
    clear(draft, ssl);
    return true;
  },
  (draft) => {
    const ssl = draft.pick(draft.liveConnections());
    if (ssl === undefined) return false;
    const flags = [
      'SSL_SENT_SHUTDOWN',
      'SSL_SENT_SHUTDOWN',
      'SSL_RECEIVED_SHUTDOWN',
      'SSL_SENT_SHUTDOWN|SSL_RECEIVED_SHUTDOWN',
      0,
      12345,
    ];
    draft.emit('SSL_set_shutdown', ref(ssl), draft.random.pick(flags));
    // Flags that nobody sent: a read believes them, and SSL_get_error does not.
    if (draft.likely(30) && !ssl.changed) draft.emit('SSL_read', ref(ssl), 16);
    return true;
  },
  (draft) => {
    const ssl = draft.pick(draft.liveConnections());
    if (ssl === undefined) return false;
    draft.emit('SSL_set_quiet_shutdown', ref(ssl), draft.random.pick([1, 1, 0]));
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open', 'ended']));
    if (pair === undefined) return false;
    free(draft, pair.client);
    free(draft, pair.server);
    return true;
  },
];

export const faultMoves: readonly Move[] = [
  (draft) => {
    const ssl = usable(draft, ['open', 'handshake', 'open', 'ended']);
    if (ssl === undefined || ssl.role === 'none') return false;
    draft.emit('sim_cut', ref(ssl));
    const [one, other] = draft.random.shuffled([ssl, ssl.peer]);
    for (const end of [one, other]) {
      if (end === undefined || end.refs === 0 || end.changed) continue;
      draft.emit(...pokeOf(draft, end));
    }
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['open', 'handshake', 'before', 'open', 'open']);
    const peer = ssl?.peer;
    if (ssl === undefined || peer === undefined || peer.refs === 0 || peer.changed) return false;
    draft.emit('sim_corrupt', ref(ssl));
    draft.emit(...pokeOf(draft, peer));
    draft.emit(...pokeOf(draft, ssl));
    if (draft.likely(60)) draft.emit(...pokeOf(draft, peer));
    return true;
  },
];

/** Some I/O, so that a fault is met. */
function pokeOf(draft: Draft, ssl: ConnectionDraft): [string, ...(string | number | { readonly text: string })[]] {
  if (ssl.state === 'before' || ssl.state === 'handshake') {
    if (ssl.role !== 'none') ssl.state = 'handshake';
    return ['SSL_do_handshake', ref(ssl)];
  }
  const pokes: [string, ...(string | number | { readonly text: string })[]][] = [
    ['SSL_read', ref(ssl), 1],
    ['SSL_write', ref(ssl), { text: 'hello' }],
    ['SSL_shutdown', ref(ssl)],
  ];
  return draft.random.pick(pokes);
}

export const renegotiationMoves: readonly Move[] = [
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open']));
    if (pair === undefined) return false;
    const [first, second] = draft.random.shuffled([pair.client, pair.server]);
    if (first === undefined || second === undefined) return false;
    draft.emit(draft.likely(50) ? 'SSL_renegotiate' : 'SSL_renegotiate_abbreviated', ref(first));
    if (draft.likely(90)) draft.emit('SSL_do_handshake', ref(first));
    // Each read takes in a flight and answers it; five are enough for a whole handshake.
    const rounds = draft.random.pick([0, 1, 2, 3, 4, 5, 5, 5]);
    for (let round = 0; round < rounds; round++) {
      draft.emit('SSL_read', ref(round % 2 === 0 ? second : first), 1);
    }
    if (draft.likely(30)) draft.emit('sim_handshake', ref(pair.client), ref(pair.server));
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['open', 'before', 'handshake', 'ended']);
    if (ssl === undefined) return false;
    draft.emit('SSL_renegotiate', ref(ssl));
    return true;
  },
];

export const laterMoves: readonly Move[] = [
  (draft) => {
    const ssl = usable(draft, ['open', 'before', 'open']);
    if (ssl === undefined) return false;
    draft.emit(
      'SSL_key_update',
      ref(ssl),
      draft.random.pick(['SSL_KEY_UPDATE_NOT_REQUESTED', 'SSL_KEY_UPDATE_REQUESTED', 7]),
    );
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['open', 'before', 'open']);
    if (ssl === undefined) return false;
    draft.emit('SSL_new_session_ticket', ref(ssl));
    return true;
  },
];
