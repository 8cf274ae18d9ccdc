/** Calls at moments when nobody expects them: before, within and behind a handshake, and within a renegotiation. */
import { clear, handshake, newPair, type Pair, pairs, sessionToOffer, setSession } from './connections.js';
import { callbackMoves, type Move, sessionOptions, settingMoves } from './contexts.js';
import type { ConnectionDraft, Draft, DraftArgument } from './draft.js';
import { ref } from './draft.js';
import { takeSession } from './sessions.js';

/** What an application may do to a connection that is on its way. */
type Act = (draft: Draft, ssl: ConnectionDraft) => void;

function call(name: string, ...values: readonly DraftArgument[]): Act {
  return (draft, ssl) => draft.emit(name, ref(ssl), ...(values.length === 0 ? [] : [draft.random.pick(values)]));
}

function contextCall(name: string, ...values: readonly DraftArgument[]): Act {
  return (draft, ssl) => {
    if (draft.liveContexts().includes(ssl.context)) draft.emit(name, ref(ssl.context), draft.random.pick(values));
  };
}

const shutdownFlags = [
  'SSL_SENT_SHUTDOWN',
  'SSL_RECEIVED_SHUTDOWN',
  'SSL_SENT_SHUTDOWN|SSL_RECEIVED_SHUTDOWN',
  0,
  4,
  -1,
];
const idContexts = [
  { text: 'app' },
  { hex: '' },
  { hex: '00' },
  { hex: 'ab'.repeat(31) },
  { hex: 'ab'.repeat(32) },
  { hex: 'ab'.repeat(33) },
];
const hostNames = [{ text: 'a.example' }, { text: '' }, null, { text: 'a'.repeat(255) }, { text: 'a'.repeat(256) }];

/** Lengths around what a buffered flight holds, a record, and several of them. */
export const writtenBytes: readonly number[] = [
  0, 1, 4_000, 4_095, 4_096, 4_097, 8_192, 16_383, 16_384, 16_385, 20_000, 33_000,
];
const readBytes: readonly number[] = [0, 1, 5, 4_096, 16_384, 16_385, 40_000];

function written(draft: Draft): DraftArgument {
  return { hex: '6a'.repeat(draft.random.pick(writtenBytes)) };
}

const acts: readonly Act[] = [
  call('SSL_set_shutdown', ...shutdownFlags),
  call('SSL_set_shutdown', ...shutdownFlags),
  call('SSL_renegotiate'),
  call('SSL_renegotiate'),
  call('SSL_shutdown'),
  call('SSL_set_quiet_shutdown', 1, 0),
  call('SSL_set_session_id_context', ...idContexts),
  call('SSL_set_tlsext_host_name', ...hostNames),
  call('SSL_set_options', ...sessionOptions),
  call('SSL_set_num_tickets', 0, 1, 1000),
  call('SSL_session_reused'),
  call('SSL_get_shutdown'),
  call('SSL_do_handshake'),
  (draft, ssl) => draft.emit('SSL_read', ref(ssl), draft.random.pick(readBytes)),
  (draft, ssl) => draft.emit('SSL_write', ref(ssl), written(draft)),
  (draft, ssl) => draft.emit('SSL_write', ref(ssl), written(draft)),
  contextCall('SSL_CTX_set_session_id_context', ...idContexts),
  contextCall(
    'SSL_CTX_set_session_cache_mode',
    'SSL_SESS_CACHE_OFF',
    'SSL_SESS_CACHE_BOTH',
    'SSL_SESS_CACHE_BOTH|SSL_SESS_CACHE_NO_INTERNAL',
  ),
  contextCall('SSL_CTX_set_options', ...sessionOptions),
  contextCall('SSL_CTX_clear_options', ...sessionOptions),
  contextCall(
    'SSL_CTX_set_verify',
    'SSL_VERIFY_NONE',
    'SSL_VERIFY_PEER',
    'SSL_VERIFY_PEER|SSL_VERIFY_FAIL_IF_NO_PEER_CERT',
  ),
  contextCall('SSL_CTX_set_quiet_shutdown', 1, 0),
  contextCall('SSL_CTX_flush_sessions', 0),
  (draft) => draft.random.pick(callbackMoves)(draft),
  (draft) => draft.random.pick(callbackMoves)(draft),
  (draft) => draft.random.pick(settingMoves)(draft),
  touchSession,
  touchSession,
  (draft, ssl) => {
    const other = draft.pick(draft.liveContexts());
    if (other !== undefined) draft.emit('SSL_set_SSL_CTX', ref(ssl), ref(other));
  },
  (draft, ssl) => {
    draft.emit(draft.random.pick(['SSL_set_connect_state', 'SSL_set_accept_state']), ref(ssl));
    ssl.changed = false;
  },
  clear,
  (draft, ssl) => {
    setSession(draft, ssl, draft.likely(50) ? null : sessionToOffer(draft));
    if (ssl.changed) clear(draft, ssl);
  },
];

/** Something is done to the very session that the connection is working with. */
function touchSession(draft: Draft, ssl: ConnectionDraft): void {
  const one = takeSession(draft, ssl);
  const { limits, random } = draft;
  const changes: readonly (readonly [string, ...DraftArgument[]])[] = [
    ['SSL_SESSION_set1_id_context', ref(one), random.pick(idContexts)],
    ['SSL_SESSION_set1_hostname', ref(one), random.pick(hostNames)],
    ['SSL_SESSION_set_protocol_version', ref(one), random.pick(['TLS1_2_VERSION', 'TLS1_3_VERSION', 0])],
    ['SSL_SESSION_set1_master_key', ref(one), draft.hex(random.pick([0, 1, 48]))],
    ['SSL_SESSION_set_max_early_data', ref(one), 16384],
    ['SSL_CTX_remove_session', ref(ssl.context), ref(one)],
    ['SSL_SESSION_is_resumable', ref(one)],
  ];
  const timed: readonly (readonly [string, ...DraftArgument[]])[] = [
    ['SSL_SESSION_set_time', ref(one), random.pick([{ now: -10_000_000 }, { now: 10_000_000 }, 0])],
    ['SSL_SESSION_set_timeout', ref(one), random.pick([0, -1, 730, 'LONG_MAX'])],
  ];
  const [name, ...args] = random.pick(limits.smallCaches ? changes : [...changes, ...timed]);
  if (args[0] === ref(ssl.context) && !draft.liveContexts().includes(ssl.context)) return;
  draft.emit(name, ...args);
}

function act(draft: Draft, { client, server }: Pair): void {
  for (let times = draft.random.pick([1, 1, 2, 3]); times > 0; times--) {
    draft.random.pick(acts)(draft, draft.random.pick([client, server]));
  }
}

/** The handshake as far as it comes in so many single calls, the client's first. */
function steps(draft: Draft, { client, server }: Pair, count: number): void {
  for (let step = 0; step < count; step++) draft.emit('SSL_do_handshake', ref(step % 2 === 0 ? client : server));
}

function drain(draft: Draft, { client, server }: Pair, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    draft.emit('SSL_read', ref(round % 2 === 0 ? server : client), draft.random.pick(readBytes));
  }
}

function after(draft: Draft, pair: Pair): void {
  if (draft.likely(50)) draft.emit('sim_exchange', ref(pair.client), ref(pair.server));
  if (draft.likely(40)) drain(draft, pair, 2);
  if (draft.likely(40)) draft.emit('sim_close', ref(pair.client), ref(pair.server));
  pair.client.state = draft.likely(50) ? 'open' : 'ended';
  pair.server.state = pair.client.state;
}

export const momentMoves: readonly Move[] = [
  (draft) => {
    const pair = newPair(draft);
    if (draft.likely(40)) setSession(draft, pair.client, sessionToOffer(draft));
    const before = draft.random.int(6);
    if (draft.likely(30)) act(draft, pair);
    steps(draft, pair, before);
    act(draft, pair);
    if (draft.likely(50)) steps(draft, pair, draft.random.int(4));
    handshake(draft, pair);
    after(draft, pair);
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open', 'ended']));
    if (pair === undefined) return false;
    act(draft, pair);
    after(draft, pair);
    if (draft.likely(30)) handshake(draft, pair);
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open']));
    if (pair === undefined) return false;
    const [first, second] = draft.random.shuffled([pair.client, pair.server]);
    if (first === undefined || second === undefined) return false;
    draft.emit('SSL_renegotiate', ref(first));
    draft.emit('SSL_do_handshake', ref(first));
    const turned: Pair = { client: first, server: second };
    drain(draft, turned, draft.random.int(4));
    act(draft, pair);
    drain(draft, turned, draft.random.int(5));
    if (draft.likely(50)) act(draft, pair);
    after(draft, pair);
    return true;
  },
  (draft) => {
    // Long data, whole and in parts.
    const pair = draft.pick(pairs(draft, ['open']));
    if (pair === undefined) return false;
    const [from, to] = draft.random.shuffled([pair.client, pair.server]);
    if (from === undefined || to === undefined) return false;
    draft.emit('SSL_write', ref(from), written(draft));
    for (let reads = draft.random.int(4); reads > 0; reads--)
      draft.emit('SSL_read', ref(to), draft.random.pick(readBytes));
    if (draft.likely(30)) act(draft, pair);
    return true;
  },
];
