/** What programs do to contexts: making, counting, settings, callbacks, the cache. */
import type { ContextDraft, Draft, SessionDraft } from './draft.js';
import { ref } from './draft.js';
import { bareSession } from './sessions.js';

/** A piece of a program: adds steps, or returns false where nothing that it needs is there. */
export type Move = (draft: Draft) => boolean;

/** Makes a context fit for handshakes of its role. */
export function newContext(draft: Draft, role: 'client' | 'server'): ContextDraft {
  const { random, limits } = draft;
  const name = draft.fresh(role === 'client' ? 'cc' : 'sc');
  const own = role === 'client' ? 'TLS_client_method' : 'TLS_server_method';
  draft.bind(
    name,
    'SSL_CTX_new',
    random.weighted([
      { weight: 6, value: 'TLS_method' },
      { weight: 5, value: own },
    ]),
  );
  const ctx: ContextDraft = { name, role, refs: 1, connections: 0 };
  draft.contexts.push(ctx);
  if (!limits.tls13 || draft.likely(20)) draft.emit('SSL_CTX_set_max_proto_version', ref(ctx), 'TLS1_2_VERSION');
  if (draft.likely(10)) draft.emit('SSL_CTX_set_min_proto_version', ref(ctx), 'TLS1_2_VERSION');
  if (draft.likely(1)) draft.emit('SSL_CTX_set_min_proto_version', ref(ctx), 'TLS1_3_VERSION');
  if (role === 'server') {
    if (!draft.likely(3)) draft.emit('sim_use_certificate', ref(ctx));
    if (limits.sessionIds) draft.emit('SSL_CTX_set_options', ref(ctx), 'SSL_OP_NO_TICKET');
  }
  if (draft.likely(60)) setMode(draft, ctx);
  if (limits.smallCaches) setSize(draft, ctx);
  if (limits.watched) watch(draft, ctx);
  return ctx;
}

function watch(draft: Draft, ctx: ContextDraft): void {
  const looks = { call: 'SSL_CTX_get_timeout', args: ['$@ctx'] };
  draft.steps.push({ call: 'sim_on', args: [ref(ctx), 'info'], steps: [looks] });
}

function context(draft: Draft, act: (ctx: ContextDraft) => void): boolean {
  const ctx = draft.pick(draft.liveContexts());
  if (ctx === undefined) return false;
  act(ctx);
  return true;
}

const roleModes = [
  'SSL_SESS_CACHE_OFF',
  'SSL_SESS_CACHE_CLIENT',
  'SSL_SESS_CACHE_SERVER',
  'SSL_SESS_CACHE_BOTH',
] as const;
const furtherModes = [
  'SSL_SESS_CACHE_NO_AUTO_CLEAR',
  'SSL_SESS_CACHE_NO_INTERNAL_LOOKUP',
  'SSL_SESS_CACHE_NO_INTERNAL_STORE',
  'SSL_SESS_CACHE_NO_INTERNAL',
  'SSL_SESS_CACHE_UPDATE_TIME',
] as const;

function setMode(draft: Draft, ctx: ContextDraft): void {
  const { random } = draft;
  const role = random.weighted([
    { weight: 1, value: roleModes[0] },
    { weight: 3, value: roleModes[1] },
    { weight: 3, value: roleModes[2] },
    { weight: 8, value: roleModes[3] },
  ]);
  // Updating times would let two sessions of a small cache expire together.
  const further = draft.limits.smallCaches ? furtherModes.slice(0, -1) : furtherModes;
  const mode = draft.likely(25) ? `${role}|${random.pick(further)}` : role;
  draft.emit('SSL_CTX_set_session_cache_mode', ref(ctx), draft.likely(2) ? random.pick([0xffff, -1, 0]) : mode);
}

function setSize(draft: Draft, ctx: ContextDraft): void {
  const size = draft.limits.smallCaches
    ? 1 + draft.random.int(4)
    : draft.random.pick([0, -1, 1, 1000, 20480, 'LONG_MAX', 'LONG_MIN']);
  draft.emit('SSL_CTX_sess_set_cache_size', ref(ctx), size);
}

/** Options that change what sessions do; the last ones are unknown to OpenSSL 1.1.1. */
export const sessionOptions: readonly string[] = [
  'SSL_OP_NO_TICKET',
  'SSL_OP_NO_TICKET',
  'SSL_OP_NO_RENEGOTIATION',
  'SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION',
  'SSL_OP_NO_TICKET|SSL_OP_NO_RENEGOTIATION',
  'SSL_OP_CIPHER_SERVER_PREFERENCE',
  'SSL_OP_IGNORE_UNEXPECTED_EOF',
  'SSL_OP_IGNORE_UNEXPECTED_EOF',
  'SSL_OP_NO_EXTENDED_MASTER_SECRET',
  'SSL_OP_ALLOW_CLIENT_RENEGOTIATION',
  'SSL_OP_LEGACY_SERVER_CONNECT',
  'SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION',
  'SSL_OP_NO_ENCRYPT_THEN_MAC',
  'SSL_OP_ALL',
];

/** Versions, what is none, and those of DTLS. */
const versionsMin = [
  'TLS1_2_VERSION',
  'TLS1_2_VERSION',
  'TLS1_VERSION',
  'SSL3_VERSION',
  'DTLS1_2_VERSION',
  'TLS_ANY_VERSION',
  0x0305,
  0,
  -1,
  5,
] as const;

const settings: readonly ((draft: Draft, ctx: ContextDraft) => void)[] = [
  setMode,
  setMode,
  setSize,
  (draft, ctx) => draft.emit('SSL_CTX_get_session_cache_mode', ref(ctx)),
  (draft, ctx) => draft.emit('SSL_CTX_sess_get_cache_size', ref(ctx)),
  (draft, ctx) => draft.emit('SSL_CTX_get_timeout', ref(ctx)),
  (draft, ctx) => {
    // A small cache takes one timeout for all that handshakes bring: its order is then that of their making.
    const timeout = draft.limits.smallCaches
      ? 7230
      : draft.random.pick([0, -1, -5, 130, 1030, 100030, 'LONG_MAX', 'LONG_MIN']);
    draft.emit('SSL_CTX_set_timeout', ref(ctx), timeout);
  },
  (draft, ctx) => draft.emit('SSL_CTX_set_options', ref(ctx), draft.random.pick([...sessionOptions, 0])),
  (draft, ctx) => draft.emit('SSL_CTX_clear_options', ref(ctx), draft.random.pick([...sessionOptions, -1])),
  (draft, ctx) => draft.emit('SSL_CTX_set_quiet_shutdown', ref(ctx), draft.random.pick([1, 1, 0])),
  (draft, ctx) => draft.emit('SSL_CTX_set_num_tickets', ref(ctx), draft.random.pick([0, 1, 2, 3, 40])),
  (draft, ctx) => draft.emit('SSL_CTX_set_min_proto_version', ref(ctx), draft.random.pick(versionsMin)),
  (draft, ctx) => {
    const version = draft.limits.tls13
      ? draft.random.pick(['TLS1_2_VERSION', 'TLS1_3_VERSION', 0, 5])
      : 'TLS1_2_VERSION';
    draft.emit('SSL_CTX_set_max_proto_version', ref(ctx), version);
  },
  setIdContext,
  setIdContext,
  setVerify,
  // A client with a certificate: the server that asks does not trust it.
  (draft, ctx) => draft.emit('sim_use_certificate', ref(ctx)),
];

function setIdContext(draft: Draft, ctx: ContextDraft): void {
  const length = draft.likely(30) ? draft.length(32) : 2;
  const value = draft.likely(50) ? { text: 'app' } : draft.hex(length);
  draft.emit('SSL_CTX_set_session_id_context', ref(ctx), value);
}

function setVerify(draft: Draft, ctx: ContextDraft): void {
  const { random } = draft;
  const mode =
    ctx.role === 'server'
      ? random.weighted([
          { weight: 6, value: 'SSL_VERIFY_PEER' },
          { weight: 3, value: 'SSL_VERIFY_NONE' },
          { weight: 1, value: 'SSL_VERIFY_PEER|SSL_VERIFY_FAIL_IF_NO_PEER_CERT' },
          { weight: 1, value: 'SSL_VERIFY_PEER|SSL_VERIFY_CLIENT_ONCE' },
          { weight: 1, value: 'SSL_VERIFY_FAIL_IF_NO_PEER_CERT' },
        ])
      : random.weighted([
          { weight: 6, value: 'SSL_VERIFY_NONE' },
          { weight: 1, value: 'SSL_VERIFY_PEER' },
        ]);
  draft.emit('SSL_CTX_set_verify', ref(ctx), mode);
}

export const contextMoves: readonly Move[] = [
  (draft) => {
    if (draft.contexts.length >= 3 && !draft.likely(10)) return false;
    newContext(draft, draft.random.pick(['client', 'server']));
    return true;
  },
  (draft) =>
    context(draft, (ctx) => {
      draft.emit('SSL_CTX_up_ref', ref(ctx));
      ctx.refs += 1;
    }),
  (draft) => {
    // The last reference goes more rarely, and mostly where connections keep the context alive.
    const ctx = draft.pick(
      draft.contexts.filter((one) => one.refs > 1 || (one.refs === 1 && one.connections > 0 && draft.likely(30))),
    );
    if (ctx === undefined) return false;
    draft.emit('SSL_CTX_free', ref(ctx));
    ctx.refs -= 1;
    return true;
  },
];

export const settingMoves: readonly Move[] = [
  (draft) => context(draft, (ctx) => draft.random.pick(settings)(draft, ctx)),
];

export const callbackMoves: readonly Move[] = [
  (draft) => context(draft, (ctx) => draft.emit('sim_on_new', ref(ctx), draft.likely(40))),
  (draft) => context(draft, (ctx) => draft.emit('sim_on_remove', ref(ctx))),
  (draft) =>
    context(draft, (ctx) => {
      draft.emit('sim_on_get', ref(ctx), draft.random.pick(['miss', 'copy', 'copy', 'nocopy', 'nocopy']));
    }),
];

/** In small caches every session that is added has an expiry of its own. */
function add(draft: Draft, ctx: ContextDraft, session: SessionDraft): void {
  if (draft.limits.smallCaches) {
    draft.emit('SSL_SESSION_set_time', ref(session), draft.age());
  }
  draft.emit('SSL_CTX_add_session', ref(ctx), ref(session));
  session.home = ctx;
}

/** Flush times keep away from every expiry (see `Draft.age`). */
function flushTime(draft: Draft): number | string | { readonly now: number } {
  return draft.random.pick([
    0,
    0,
    { now: 160 },
    { now: 1060 },
    { now: 20060 },
    { now: -1060 },
    -1,
    1,
    'LONG_MAX',
    6060,
  ]);
}

export const cacheMoves: readonly Move[] = [
  (draft) =>
    context(draft, (ctx) => {
      const known = draft.pick(draft.liveSessions((one) => one.home === undefined || one.home === ctx));
      add(draft, ctx, known !== undefined && draft.likely(50) ? known : bareSession(draft));
    }),
  (draft) => {
    const session = draft.pick(
      draft.liveSessions((one) => one.home === undefined || draft.contexts.includes(one.home)),
    );
    const ctx = session?.home ?? draft.pick(draft.liveContexts());
    if (session === undefined || ctx === undefined || !draft.liveContexts().includes(ctx)) return false;
    add(draft, ctx, session);
    return true;
  },
  (draft) => {
    const session = draft.pick(draft.liveSessions());
    const other = draft.pick(draft.liveContexts());
    const ctx = session?.home !== undefined && draft.likely(80) ? session.home : other;
    if (session === undefined || ctx === undefined || !draft.liveContexts().includes(ctx)) return false;
    draft.emit('SSL_CTX_remove_session', ref(ctx), draft.likely(3) ? null : ref(session));
    return true;
  },
  (draft) =>
    context(draft, (ctx) => {
      draft.emit('SSL_CTX_flush_sessions', ref(ctx), flushTime(draft));
    }),
];
