/** Moves against the manual. What libssl survives goes on; what it does not ends the process, and is told as the program's fault. */
import { about, inState } from './connection-moves.js';
import type { MisuseName } from './misuse.js';
import { gave, type Hand, type Move, type StepDraft, type Steps } from './move.js';
import { room, sessionsOf } from './session-moves.js';
import type { HeldConnection, HeldSession } from './state.js';

/** A move that is made in runs that have this misuse. */
function misuse(
  name: MisuseName,
  weight: number,
  of: { readonly possible: (hand: Hand) => boolean; readonly make: (hand: Hand) => Steps },
): Move {
  return {
    name,
    weight: (hand) => (hand.setup.misuse?.includes(name) === true && of.possible(hand) ? weight : 0),
    *make(hand) {
      hand.task.process.misused = true;
      yield* of.make(hand);
    },
  };
}

const foreignSession = misuse('foreign-session', 240, {
  possible: (hand) => foreign(hand) !== undefined,
  *make(hand) {
    const connection = inState(hand, 'new');
    const session = foreign(hand);
    if (connection === undefined || session === undefined) return;
    connection.resumes = session;
    yield set('foreign-session', connection, session.name);
  },
});

/** A session that was never in a handshake, or one whose time is over. */
const spentSession = misuse('spent-session', 40, {
  possible: (hand) => inState(hand, 'new') !== undefined && room(hand),
  *make(hand) {
    const connection = inState(hand, 'new');
    if (connection === undefined) return;
    const name = hand.fresh('sess');
    const made = yield { call: 'SSL_SESSION_new', let: name };
    if (!gave(made)) return;
    yield { call: 'SSL_SESSION_set_timeout', args: [`$${name}`, 0] };
    yield set('spent-session', connection, name);
    yield { call: 'SSL_SESSION_free', args: [`$${name}`] };
  },
});

const lateSession = misuse('late-session', 30, {
  possible: (hand) => sessionsOf(hand, inState(hand, 'open')?.ctx ?? '').length > 0,
  *make(hand) {
    const connection = inState(hand, 'open');
    if (connection === undefined) return;
    yield set('late-session', connection, hand.random.pick(sessionsOf(hand, connection.ctx)).name);
    const result = yield about(connection, 'request', { answer: 100 });
    if (result.outcome !== 'ok') connection.state = 'broken';
  },
});

const shutdownAgain = misuse('shutdown-again', 40, {
  possible: (hand) => inState(hand, 'new', 'connected', 'open', 'ended', 'broken') !== undefined,
  *make(hand) {
    const connection = inState(hand, 'ended', 'broken', 'connected', 'open', 'new');
    if (connection === undefined) return;
    for (let times = hand.random.range(1, 3); times > 0; times -= 1) {
      yield { call: 'SSL_shutdown', args: [`$${connection.name}`], misuse: 'shutdown-again' };
    }
    if (connection.state === 'connected' || connection.state === 'open') connection.state = 'broken';
  },
});

const clear = misuse('clear', 30, {
  possible: (hand) => inState(hand, 'connected', 'open', 'ended', 'broken') !== undefined,
  *make(hand) {
    const connection = inState(hand, 'connected', 'open', 'ended', 'broken');
    if (connection === undefined) return;
    yield { call: 'SSL_clear', args: [`$${connection.name}`], misuse: 'clear' };
    if (connection.streams && hand.random.chance({ oneIn: 2 })) yield about(connection, 'handshake');
    connection.state = 'broken';
  },
});

const freeTwice = misuse('free-twice', 10, {
  possible: (hand) => alone(hand) !== undefined,
  *make(hand) {
    const session = alone(hand);
    if (session === undefined) return;
    yield* gone(hand, session);
    yield { call: 'SSL_SESSION_free', args: [`$${session.name}`], misuse: 'free-twice' };
  },
});

const useAfterFree = misuse('use-after-free', 10, {
  possible: (hand) => alone(hand) !== undefined,
  *make(hand) {
    const session = alone(hand);
    if (session === undefined) return;
    yield* gone(hand, session);
    const call = hand.random.pick(['SSL_SESSION_get_timeout', 'SSL_SESSION_is_resumable', 'i2d_SSL_SESSION']);
    const name = call === 'i2d_SSL_SESSION' ? { let: hand.fresh('bytes') } : {};
    yield { call, ...name, args: [`$${session.name}`], misuse: 'use-after-free' };
  },
});

const neverFree = misuse('never-free', 10, {
  possible: ({ task }) => task.process.sessions.length > 0,
  *make({ random, task }) {
    const { name } = random.pick(task.process.sessions);
    yield { call: 'SSL_SESSION_up_ref', args: [`$${name}`], misuse: 'never-free' };
  },
});

const freeInCallback = misuse('free-in-callback', 10, {
  possible: ({ setup }) => setup.clientCache === 'internal',
  *make({ random, task }) {
    const ctx = `$${random.pick(task.process.contexts)}`;
    const steps = [{ call: 'SSL_SESSION_free', args: ['$@session'] }];
    const kind = random.pick(['new', 'remove']);
    const returns = kind === 'new' ? { returns: 0 } : {};
    yield { call: 'sim_on', args: [ctx, kind], steps, ...returns, misuse: 'free-in-callback' };
  },
});

const changeInCache = misuse('change-in-cache', 10, {
  possible: ({ task }) => task.process.sessions.length > 0,
  *make({ random, task }) {
    const { name } = random.pick(task.process.sessions);
    yield { call: 'SSL_SESSION_set1_id', args: [`$${name}`, { hex: '01' }], misuse: 'change-in-cache' };
  },
});

export const misuseMoves: readonly Move[] = [
  foreignSession,
  spentSession,
  lateSession,
  shutdownAgain,
  clear,
  freeTwice,
  useAfterFree,
  neverFree,
  freeInCallback,
  changeInCache,
];

function set(misuse: MisuseName, connection: HeldConnection, session: string): StepDraft {
  return { call: 'SSL_set_session', args: [`$${connection.name}`, `$${session}`], misuse };
}

/** One of another context than that of a connection which has not begun. */
function foreign(hand: Hand): HeldSession | undefined {
  const connection = inState(hand, 'new');
  if (connection === undefined || connection.resumes !== undefined) return undefined;
  return hand.task.process.sessions.find((session) => session.ctx !== connection.ctx);
}

/** A session of which the program has one reference. */
function alone({ task }: Hand): HeldSession | undefined {
  return task.process.sessions.find((session) => session.refs === 1);
}

function* gone({ task }: Hand, session: HeldSession): Steps {
  const { sessions } = task.process;
  sessions.splice(sessions.indexOf(session), 1);
  yield { call: 'SSL_SESSION_free', args: [`$${session.name}`] };
}
