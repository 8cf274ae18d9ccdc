/** What a client does with the sessions that it holds, and with the time between. */
import type { Hand, Move } from './move.js';

const free: Move = {
  name: 'free a session',
  weight: ({ task }) => (task.process.sessions.length > 0 ? 1 + 2 * task.process.sessions.length : 0),
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

const sleep: Move = {
  name: 'sleep',
  weight: () => 10,
  *make(hand) {
    yield { call: 'sleep', args: [{ us: pauseUs(hand) }], faulty: true };
  },
};

const flush: Move = {
  name: 'flush the cache',
  weight: () => 1,
  *make({ task, random }) {
    yield {
      call: 'SSL_CTX_flush_sessions',
      args: [`$${random.pick(task.process.contexts)}`, random.pick([0, { now: 0 }, { now: 400 }])],
    };
  },
};

export const sessionMoves: readonly Move[] = [free, upRef, sleep, flush];
/** What a server's own task does between connections. */
export const serverMoves: readonly Move[] = [sleep, sleep, flush];

/** Mostly shorter than a handshake, sometimes longer than a session lives. */
function pauseUs({ random }: Hand): number {
  return random.pick([0, 1_000, 40_000, 300_000, 2_000_000, 6_000_000, 400_000_000, 8_000_000_000]);
}
