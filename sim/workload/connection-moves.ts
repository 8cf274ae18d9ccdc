/** What a client does with its connections. It follows the manual: what has failed is freed, and nothing else. */
import type { StepResult } from '../world/index.js';
import type { Hand, Move, StepDraft, Steps } from './move.js';
import type { HeldConnection } from './state.js';
import { serverPort } from './topology.js';

/** Connections of a task at a time. */
const connectionsMax = 2;
/** Sessions of a process at a time. */
const sessionsMax = 4;

const make: Move = {
  name: 'new connection',
  weight: ({ task }) => (task.connections.length < connectionsMax ? (task.connections.length === 0 ? 40 : 4) : 0),
  *make({ task, fresh, random }) {
    const name = fresh('ssl');
    const ctx = random.pick(task.process.contexts);
    const result = yield { call: 'SSL_new', let: name, args: [`$${ctx}`] };
    if (!gave(result)) return;
    task.connections.push({
      name,
      ctx,
      state: 'new',
      server: '',
      opened: '',
      resumes: undefined,
      streams: false,
      answered: 0,
    });
  },
};

const resume: Move = {
  name: 'set a session',
  weight: (hand) => (sessionsFor(hand).length > 0 ? 30 : 0),
  *make(hand) {
    const connection = inState(hand, 'new');
    const session = hand.random.pick(sessionsFor(hand));
    if (connection === undefined) return;
    connection.resumes = session;
    yield { call: 'SSL_set_session', args: [`$${connection.name}`, `$${session.name}`] };
  },
};

const connect: Move = {
  name: 'connect',
  weight: (hand) => (inState(hand, 'new') === undefined ? 0 : 25),
  *make(hand) {
    const connection = inState(hand, 'new');
    if (connection === undefined) return;
    // A session goes back to who gave it, as a rule: another server would not know it.
    const known = connection.resumes?.server;
    const server = known !== undefined && !hand.random.chance({ oneIn: 8 }) ? known : hand.random.pick(hand.servers);
    connection.server = server;
    connection.streams = true;
    const result = yield about(connection, 'connect', { to: server, port: serverPort });
    connection.opened = hand.lastStep;
    connection.state = result.outcome === 'ok' ? 'connected' : 'broken';
  },
};

const handshake: Move = {
  name: 'handshake',
  weight: (hand) => (inState(hand, 'connected') === undefined ? 0 : 40),
  *make(hand) {
    const connection = inState(hand, 'connected');
    if (connection === undefined) return;
    const result = yield about(connection, 'handshake');
    connection.state = result.outcome === 'ok' ? 'open' : 'broken';
  },
};

const sendEarly: Move = {
  name: 'early data',
  weight: (hand) => (hand.setup.earlyData > 0 && inState(hand, 'connected')?.resumes !== undefined ? 20 : 0),
  *make(hand) {
    const connection = inState(hand, 'connected');
    if (connection === undefined) return;
    const result = yield about(connection, 'send_early', { bytes: hand.random.range(1, 400) });
    if (!['ok', 'failed'].includes(result.outcome)) connection.state = 'broken';
  },
};

const request: Move = {
  name: 'request',
  weight: (hand) => (inState(hand, 'open') === undefined ? 0 : 20),
  *make(hand) {
    const connection = inState(hand, 'open');
    if (connection === undefined) return;
    const { random } = hand;
    const ask = {
      bytes: random.pick([0, 0, 20, 2_000]),
      answer: random.pick([1, 100, 1_000, 20_000]),
      ends: random.pick(['length', 'length', 'length', 'until-close']),
    };
    const result = yield about(connection, 'request', ask);
    if (result.outcome !== 'ok') connection.state = 'broken';
    else connection.answered += 1;
  },
};

const keep: Move = {
  name: 'keep its session',
  weight: (hand) =>
    hand.task.process.sessions.length < sessionsMax && inState(hand, 'open', 'ended') !== undefined ? 20 : 0,
  *make(hand) {
    const connection = inState(hand, 'open', 'ended');
    if (connection === undefined) return;
    const name = hand.fresh('sess');
    const result = yield { call: 'SSL_get1_session', let: name, args: [`$${connection.name}`] };
    if (!gave(result)) return;
    hand.task.process.sessions.push({ name, ctx: connection.ctx, server: connection.server, refs: 1 });
  },
};

const close: Move = {
  name: 'close',
  weight: (hand) => (inState(hand, 'open') === undefined ? 0 : 8),
  *make(hand) {
    const connection = inState(hand, 'open');
    if (connection !== undefined) yield* closing(connection, !hand.random.chance({ oneIn: 4 }));
  },
};

/** Ends the stream without a word of TLS. */
const disconnect: Move = {
  name: 'disconnect',
  weight: (hand) => (inState(hand, 'connected', 'open') === undefined ? 0 : 2),
  *make(hand) {
    const connection = inState(hand, 'connected', 'open');
    if (connection === undefined) return;
    connection.state = 'broken';
    connection.streams = false;
    yield about(connection, 'disconnect');
  },
};

const free: Move = {
  name: 'free a connection',
  weight: (hand) => (inState(hand, 'ended', 'broken') === undefined ? 0 : 40),
  *make(hand) {
    const connection = inState(hand, 'ended', 'broken');
    if (connection !== undefined) yield* freeing(hand, connection);
  },
};

export const connectionMoves: readonly Move[] = [
  make,
  resume,
  connect,
  handshake,
  sendEarly,
  request,
  keep,
  close,
  disconnect,
  free,
];

/** Ends and frees what a task has open. */
export function* endConnections(hand: Hand): Steps {
  for (const connection of [...hand.task.connections]) {
    if (connection.state === 'open') yield* closing(connection, true);
    yield* freeing(hand, connection);
  }
}

function* closing(connection: HeldConnection, wait: boolean): Steps {
  connection.streams = false;
  const result = yield about(connection, 'close', { wait });
  connection.state = result.outcome === 'ok' ? 'ended' : 'broken';
  connection.streams = result.outcome === 'timeout';
}

function* freeing(hand: Hand, connection: HeldConnection): Steps {
  const { connections } = hand.task;
  if (connection.streams) {
    connection.streams = false;
    yield about(connection, 'disconnect');
  }
  const at = connections.indexOf(connection);
  if (at >= 0) connections.splice(at, 1);
  yield { call: 'SSL_free', args: [`$${connection.name}`] };
}

/** One of the task's connections in one of these states. */
function inState({ task }: Hand, ...states: readonly HeldConnection['state'][]): HeldConnection | undefined {
  return task.connections.find((one) => states.includes(one.state));
}

function sessionsFor(hand: Hand): Hand['task']['process']['sessions'] {
  const connection = inState(hand, 'new');
  if (connection === undefined || connection.resumes !== undefined) return [];
  return hand.task.process.sessions.filter((session) => session.ctx === connection.ctx);
}

function about(
  connection: HeldConnection,
  call: string,
  options?: Readonly<Record<string, string | number | boolean>>,
): StepDraft {
  return {
    call,
    args: options === undefined ? [`$${connection.name}`] : [`$${connection.name}`, options],
    faulty: true,
  };
}

/** Whether a call has returned an object. */
export function gave(result: StepResult): boolean {
  const { ret } = result.observed;
  return result.outcome === 'ok' && ret !== null && ret !== undefined;
}
