/** What programs seldom do, and the manual allows: a third of the seeds has some of it, so that all others are as they were. */
import type { RandomStream } from '../kernel/index.js';
import type { Argument } from '../plan/index.js';
import { about, inState } from './connection-moves.js';
import { gave, type Hand, type Move, type StepDraft } from './move.js';
import { room, sessionFiles } from './session-moves.js';
import type { HeldConnection } from './state.js';

const sessionGetters = [
  'SSL_SESSION_get0_alpn_selected',
  'SSL_SESSION_get0_cipher',
  'SSL_SESSION_get0_hostname',
  'SSL_SESSION_get0_id_context',
  'SSL_SESSION_get0_peer',
  'SSL_SESSION_get0_ticket',
  'SSL_SESSION_get0_ticket_appdata',
  'SSL_SESSION_get_compress_id',
] as const;

const lookAtSession: Move = {
  name: 'look closer at a session',
  weight: ({ task }) => (task.process.sessions.length > 0 ? 8 : 0),
  *make({ task, random }) {
    const session = `$${random.pick(task.process.sessions).name}`;
    yield random.chance({ oneIn: 8 })
      ? { call: 'SSL_SESSION_get_master_key', args: [session, random.pick([0, 16, 48, 256])] }
      : { call: random.pick(sessionGetters), args: [session] };
  },
};

const connectionGetters: readonly (readonly [string, ...Argument[]])[] = [
  ['SSL_version'],
  ['SSL_in_before'],
  ['SSL_get_SSL_CTX'],
  ['SSL_get_session'],
  ['SSL_get_num_tickets'],
  ['SSL_get_current_cipher'],
  ['SSL_get0_alpn_selected'],
  ['SSL_get_servername', 0],
  ['SSL_get_servername_type'],
  ['SSL_get_verify_result'],
  ['SSL_get_early_data_status'],
  ['SSL_get_max_early_data'],
  ['SSL_has_matching_session_id', { hex: '0102' }],
  ['SSL_set_ex_data', 7],
  ['SSL_get_ex_data'],
];

const lookAtConnection: Move = {
  name: 'look closer at a connection',
  weight: (hand) => (inState(hand, 'new', 'connected', 'open', 'ended', 'broken') === undefined ? 0 : 8),
  *make(hand) {
    const connection = inState(hand, 'new', 'connected', 'open', 'ended', 'broken');
    if (connection === undefined) return;
    const [call, ...args] = hand.random.pick(connectionGetters);
    yield { call, args: [`$${connection.name}`, ...args] };
  },
};

const contextGetters: readonly (readonly [string, ...Argument[]])[] = [
  ['SSL_CTX_get_session_cache_mode'],
  ['SSL_CTX_sess_get_cache_size'],
  ['SSL_CTX_get_timeout'],
  ['SSL_CTX_get_verify_mode'],
  ['SSL_CTX_get_max_early_data'],
  ['SSL_CTX_get_recv_max_early_data'],
  ['SSL_CTX_set_ex_data', 7],
  ['SSL_CTX_get_ex_data'],
];

const lookAtContext: Move = {
  name: 'look closer at a context',
  weight: () => 3,
  *make({ task, random }) {
    const [call, ...args] = random.pick(contextGetters);
    yield { call, args: [`$${random.pick(task.process.contexts)}`, ...args] };
  },
};

const shareContext: Move = {
  name: 'one reference to a context more, for a while',
  weight: () => 3,
  *make({ task, random }) {
    const ctx = `$${random.pick(task.process.contexts)}`;
    yield { call: 'SSL_CTX_up_ref', args: [ctx] };
    yield passing(random);
    yield { call: 'SSL_CTX_free', args: [ctx] };
  },
};

const shareConnection: Move = {
  name: 'one reference to a connection more, for a while',
  weight: (hand) => (inState(hand, 'new', 'connected', 'open') === undefined ? 0 : 8),
  *make(hand) {
    const connection = inState(hand, 'new', 'connected', 'open');
    if (connection === undefined) return;
    yield { call: 'SSL_up_ref', args: [`$${connection.name}`] };
    yield passing(hand.random);
    yield { call: 'SSL_free', args: [`$${connection.name}`] };
  },
};

/**
 * Before it begins: a name for the server, suites, what it does not want. No two of a hash: a client of libssl writes the other
 * suite into the session that it resumes, which others may have (`published-session-unchanged`).
 */
const configure: Move = {
  name: 'configure a connection',
  weight: (hand) => (inState(hand, 'new') === undefined ? 0 : 40),
  *make(hand) {
    const connection = inState(hand, 'new');
    if (connection === undefined) return;
    const [call, value] = hand.random.pick<readonly [string, Argument]>([
      ['SSL_set_tlsext_host_name', { text: 'server.example' }],
      ['SSL_set_ciphersuites', { text: 'TLS_AES_128_GCM_SHA256' }],
      ['SSL_set_ciphersuites', { text: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256' }],
      ['SSL_set_options', 0x4000], // SSL_OP_NO_TICKET
      ['SSL_set_post_handshake_auth', 1],
    ]);
    yield { call, args: [`$${connection.name}`, value] };
  },
};

const duplicate: Move = {
  name: 'duplicate a connection',
  weight: (hand) =>
    inState(hand, 'new') !== undefined && hand.task.connections.length < 2 && !hand.setup.identity ? 20 : 0,
  *make(hand) {
    const connection = inState(hand, 'new');
    if (connection === undefined) return;
    const name = hand.fresh('ssl');
    const made = yield { call: 'SSL_dup', let: name, args: [`$${connection.name}`] };
    if (gave(made)) hand.task.process.connections.push({ ...connection, name });
  },
};

/** The session of one connection for another that has not begun. */
const copySession: Move = {
  name: 'copy the session of a connection',
  weight: (hand) => (copied(hand) === undefined ? 0 : 60),
  *make(hand) {
    const pair = copied(hand);
    if (pair === undefined) return;
    const { to, from } = pair;
    // Not of those that the process holds: the connection alone has it.
    to.resumes = { name: '', ctx: from.ctx, server: from.server, useful: from.answered > 0, refs: 0 };
    yield { call: 'SSL_copy_session_id', args: [`$${to.name}`, `$${from.name}`] };
  },
};

/** One call in place of a whole handshake, and one that reads where perhaps nothing has come. */
const poll: Move = {
  name: 'poll a connection',
  weight: (hand) => (inState(hand, 'connected', 'open') === undefined ? 0 : 30),
  *make(hand) {
    const connection = inState(hand, 'connected', 'open');
    if (connection === undefined) return;
    const name = `$${connection.name}`;
    if (connection.state === 'connected') yield { call: 'SSL_do_handshake', args: [name], faulty: true };
    else yield { call: 'SSL_read', args: [name, 100], faulty: true };
  },
};

/** Says that both sides have shut down, and sends nothing: the session stays good. */
const shutDownByWord: Move = {
  name: 'call a connection shut down',
  weight: (hand) => (inState(hand, 'open') === undefined ? 0 : 6),
  *make(hand) {
    const connection = inState(hand, 'open');
    if (connection === undefined) return;
    const name = `$${connection.name}`;
    yield hand.random.chance({ oneIn: 2 })
      ? { call: 'SSL_set_shutdown', args: [name, 3] }
      : { call: 'SSL_set_quiet_shutdown', args: [name, 1] };
    yield { call: 'SSL_shutdown', args: [name] };
    connection.state = 'broken';
    connection.streams = false;
    yield about(connection, 'disconnect');
  },
};

const sessionSetters: readonly (readonly [string, Argument])[] = [
  ['SSL_SESSION_set1_ticket_appdata', { hex: 'abcdef' }],
  ['SSL_SESSION_set_max_early_data', 0],
];

/** A copy of its own, changed before anybody else has it, and in nothing without which a handshake fails. */
const change: Move = {
  name: 'change a copy of a session',
  weight: (hand) => (room(hand) && hand.task.process.sessions.length > 0 ? 4 : 0),
  *make(hand) {
    const { ctx, server, useful, name: of } = hand.random.pick(hand.task.process.sessions);
    const name = hand.fresh('sess');
    const made = yield { call: 'SSL_SESSION_dup', let: name, args: [`$${of}`] };
    if (!gave(made)) return;
    const [call, value] = hand.random.pick(sessionSetters);
    yield { call, args: [`$${name}`, value] };
    hand.task.process.sessions.push({ name, ctx, server, useful, refs: 1 });
  },
};

/** A file that is there whole or not at all, and one that is gone. */
const replaceFile: Move = {
  name: 'replace a file',
  weight: ({ task }) => (task.process.sessions.length > 0 ? 3 : 0),
  *make(hand) {
    const { random, task } = hand;
    const path = random.pick(sessionFiles);
    const session = random.pick(task.process.sessions);
    const bytes = hand.fresh('bytes');
    const before = `/new-${task.task}.session`;
    yield { call: 'i2d_SSL_SESSION', let: bytes, args: [`$${session.name}`] };
    yield { call: 'file_write', args: [`$${bytes}`, { path: before }], faulty: true };
    if (random.chance({ oneIn: 2 })) yield { call: 'file_sync', args: [{ path: before }] };
    yield { call: 'file_rename', args: [{ from: before, to: path }], faulty: true };
    if (random.chance({ oneIn: 2 })) yield { call: 'directory_sync', args: [{ path: '/' }] };
    if (random.chance({ oneIn: 4 })) yield { call: 'file_remove', args: [{ path }] };
  },
};

const clients: readonly Move[] = [
  lookAtSession,
  lookAtConnection,
  lookAtContext,
  shareContext,
  shareConnection,
  configure,
  duplicate,
  copySession,
  poll,
  shutDownByWord,
  change,
  replaceFile,
];
const servers: readonly Move[] = [lookAtContext, shareContext];

/** Which of them there are in a run; in most there are none. */
export function drawSeldom(random: RandomStream): readonly string[] {
  if (!random.chance({ oneIn: 3 })) return [];
  return clients.map(({ name }) => name).filter(() => random.chance({ oneIn: 2 }));
}

/** Those of these names that a client or server can make. */
export function seldomMoves(names: readonly string[], role: 'client' | 'server'): readonly Move[] {
  return (role === 'client' ? clients : servers).filter(({ name }) => names.includes(name));
}

function passing(random: RandomStream): StepDraft {
  return { call: 'sleep', args: [{ us: random.pick([0, 1_000, 300_000]) }], faulty: true };
}

/** One that has not begun, and another of its context whose handshake is done. */
function copied(hand: Hand): { readonly to: HeldConnection; readonly from: HeldConnection } | undefined {
  const to = inState(hand, 'new');
  const from = inState(hand, 'open', 'ended');
  if (to === undefined || from === undefined || to.resumes !== undefined || to.ctx !== from.ctx) return undefined;
  return { to, from };
}
