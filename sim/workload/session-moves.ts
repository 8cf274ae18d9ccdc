/** What a client does with the sessions that it holds: references, copies, files, the caches of its contexts. */
import { gave, type Hand, type Move } from './move.js';
import type { HeldSession, TaskState } from './state.js';

/** Sessions of a process at a time. */
export const sessionsMax = 4;
/** Files in which a process keeps sessions. */
export const sessionFiles = ['/a.session', '/b.session'] as const;

const free: Move = {
  name: 'free a session',
  weight: ({ task }) => 2 * task.process.sessions.length,
  *make({ task, random }) {
    const { sessions } = task.process;
    const session = random.pick(sessions);
    session.refs -= 1;
    if (session.refs === 0) sessions.splice(sessions.indexOf(session), 1);
    yield { call: 'SSL_SESSION_free', args: [`$${session.name}`] };
  },
};

const upRef: Move = {
  name: 'one reference more',
  weight: ({ task }) => (task.process.sessions.length > 0 ? 2 : 0),
  *make({ task, random }) {
    const session = random.pick(task.process.sessions);
    session.refs += 1;
    yield { call: 'SSL_SESSION_up_ref', args: [`$${session.name}`] };
  },
};

const dup: Move = {
  name: 'copy a session',
  weight: (hand) => (room(hand) && hand.task.process.sessions.length > 0 ? 2 : 0),
  *make(hand) {
    const { ctx, server, useful, name: of } = hand.random.pick(hand.task.process.sessions);
    const name = hand.fresh('sess');
    const result = yield { call: 'SSL_SESSION_dup', let: name, args: [`$${of}`] };
    if (gave(result)) hand.task.process.sessions.push({ name, ctx, server, useful, refs: 1 });
  },
};

/** One of those that the new callback has kept. */
const take: Move = {
  name: 'take a kept session',
  onward: true,
  weight: (hand) => (hand.setup.clientCache === 'own' && room(hand) ? 12 : 0),
  *make(hand) {
    const name = hand.fresh('sess');
    const { random, task } = hand;
    const ctx = random.pick(task.process.contexts);
    const result = yield {
      call: 'take_session',
      let: name,
      args: [`$${ctx}`, { which: random.pick(['oldest', 'newest']) }],
    };
    if (result.outcome === 'ok')
      task.process.sessions.push({ name, ctx, server: random.pick(hand.servers), useful: true, refs: 1 });
  },
};

const store: Move = {
  name: 'store a session',
  weight: ({ task }) => (task.process.sessions.length > 0 ? 3 : 0),
  *make(hand) {
    const { random, task } = hand;
    const bytes = hand.fresh('bytes');
    const path = random.pick(sessionFiles);
    const session = random.pick(task.process.sessions);
    yield { call: 'i2d_SSL_SESSION', let: bytes, args: [`$${session.name}`] };
    yield { call: 'file_write', args: [`$${bytes}`, { path }], faulty: true };
    if (random.chance({ oneIn: 2 })) {
      yield { call: 'file_sync', args: [{ path }] };
      yield { call: 'directory_sync', args: [{ path: '/' }] };
    }
  },
};

const load: Move = {
  name: 'load a session',
  weight: (hand) => (room(hand) ? 3 : 0),
  *make(hand) {
    const { random, task } = hand;
    const bytes = hand.fresh('bytes');
    const read = yield { call: 'file_read', let: bytes, args: [{ path: random.pick(sessionFiles) }], faulty: true };
    if (read.outcome !== 'ok') return;
    const name = hand.fresh('sess');
    const result = yield { call: 'd2i_SSL_SESSION', let: name, args: [`$${bytes}`] };
    const ctx = random.pick(task.process.contexts);
    if (gave(result))
      task.process.sessions.push({ name, ctx, server: random.pick(hand.servers), useful: true, refs: 1 });
  },
};

const add: Move = {
  name: 'add to the cache',
  weight: ({ task }) => (settled(task).length > 0 ? 2 : 0),
  *make({ task, random }) {
    const { name, ctx } = random.pick(settled(task));
    // One without an id can never be found, and at the tail of a cache libssl never evicts it, nor what comes behind.
    const asked = yield { call: 'SSL_SESSION_is_resumable', args: [`$${name}`] };
    if (asked.observed.ret !== 1 || !settled(task).some((one) => one.name === name)) return;
    yield { call: 'SSL_CTX_add_session', args: [`$${ctx}`, `$${name}`] };
  },
};

const remove: Move = {
  name: 'remove from the cache',
  weight: ({ task }) => (task.process.sessions.length > 0 ? 1 : 0),
  *make({ task, random }) {
    const session = random.pick(task.process.sessions);
    yield { call: 'SSL_CTX_remove_session', args: [`$${session.ctx}`, `$${session.name}`] };
  },
};

const getters = [
  'SSL_SESSION_get_id',
  'SSL_SESSION_is_resumable',
  'SSL_SESSION_has_ticket',
  'SSL_SESSION_get_timeout',
  'SSL_SESSION_get_time',
  'SSL_SESSION_get_ticket_lifetime_hint',
  'SSL_SESSION_get_max_early_data',
  'SSL_SESSION_get_protocol_version',
] as const;

const look: Move = {
  name: 'look at a session',
  weight: ({ task }) => (task.process.sessions.length > 0 ? 2 : 0),
  *make({ task, random }) {
    yield { call: random.pick(getters), args: [`$${random.pick(task.process.sessions).name}`] };
  },
};

const mark: Move = {
  name: 'ex_data of a session',
  weight: ({ task }) => (task.process.sessions.length > 0 ? 2 : 0),
  *make({ task, random }) {
    const session = `$${random.pick(task.process.sessions).name}`;
    const sets = random.chance({ oneIn: 2 });
    yield sets
      ? { call: 'SSL_SESSION_set_ex_data', args: [session, random.range(1, 9)] }
      : { call: 'SSL_SESSION_get_ex_data', args: [session] };
  },
};

const age: Move = {
  name: 'change its time',
  weight: ({ task }) => (task.process.sessions.length > 0 ? 1 : 0),
  *make({ task, random }) {
    const session = `$${random.pick(task.process.sessions).name}`;
    yield random.pick([
      { call: 'SSL_SESSION_set_timeout', args: [session, random.pick([0, 5, 300, 100_000])] },
      { call: 'SSL_SESSION_set_time', args: [session, { now: random.pick([-400, 0, 400]) }] },
    ]);
  },
};

export const sessionMoves: readonly Move[] = [free, upRef, dup, take, store, load, add, remove, look, mark, age];

/** Sessions whose id changes no more: one that a handshake offers may still get another. */
function settled(task: TaskState): readonly HeldSession[] {
  const handshaking = task.process.connections.some((one) => one.state !== 'open' && one.state !== 'ended');
  return handshaking ? [] : task.process.sessions;
}

/** Those that may be used with a context. */
export function sessionsOf({ task }: Hand, ctx: string): readonly HeldSession[] {
  return task.process.sessions.filter((session) => session.ctx === ctx);
}

/** Whether the process may hold one more. */
export function room({ task }: Hand): boolean {
  return task.process.sessions.length < sessionsMax;
}
