/** What a client does with its connections. It follows the manual: what has failed is freed, and nothing else. */
import { gave, type Hand, type Move, type StepDraft, type Steps } from './move.js';
import { room, sessionsOf } from './session-moves.js';
import type { HeldConnection, HeldSession } from './state.js';
import { serverPort } from './topology.js';

/** Connections of a task at a time. */
const connectionsMax = 2;

const make: Move = {
  name: 'new connection',
  onward: true,
  weight: ({ task }) => (task.connections.length < connectionsMax ? (task.connections.length === 0 ? 120 : 8) : 0),
  *make({ task, fresh, random }) {
    const name = fresh('ssl');
    const ctx = random.pick(task.process.contexts);
    const result = yield { call: 'SSL_new', let: name, args: [`$${ctx}`] };
    if (!gave(result)) return;
    task.process.connections.push({
      name,
      task: task.task,
      ctx,
      state: 'new',
      server: '',
      opened: '',
      resumes: undefined,
      streams: false,
      answered: 0,
      kept: false,
      early: false,
    });
  },
};

const resume: Move = {
  name: 'set a session',
  onward: true,
  weight: (hand) => (sessionsFor(hand).length > 0 ? 120 : 0),
  *make(hand) {
    const connection = inState(hand, 'new');
    const useful = sessionsFor(hand).filter((session) => session.useful);
    const any = useful.length === 0 || hand.random.chance({ oneIn: 8 });
    const session = hand.random.pick(any ? sessionsFor(hand) : useful);
    if (connection === undefined) return;
    connection.resumes = session;
    yield { call: 'SSL_set_session', args: [`$${connection.name}`, `$${session.name}`] };
  },
};

const connect: Move = {
  name: 'connect',
  onward: true,
  weight: (hand) => (inState(hand, 'new') === undefined ? 0 : 75),
  *make(hand) {
    const connection = inState(hand, 'new');
    if (connection === undefined) return;
    // A session goes back to who gave it, as a rule: another server would not know it.
    const known = connection.resumes?.server;
    const server = known !== undefined && !hand.random.chance({ oneIn: 8 }) ? known : hand.random.pick(hand.servers);
    connection.server = server;
    connection.streams = true;
    const step = about(connection, 'connect', { to: server, port: serverPort });
    const result = yield { ...step, resumes: connection.resumes !== undefined };
    connection.opened = hand.lastStep();
    connection.state = result.outcome === 'ok' ? 'connected' : 'broken';
  },
};

const handshake: Move = {
  name: 'handshake',
  onward: true,
  weight: (hand) => (inState(hand, 'connected') === undefined ? 0 : 120),
  *make(hand) {
    const connection = inState(hand, 'connected');
    if (connection === undefined) return;
    const result = yield about(connection, 'handshake');
    connection.state = result.outcome === 'ok' ? 'open' : 'broken';
  },
};

const sendEarly: Move = {
  name: 'early data',
  onward: true,
  weight: (hand) => {
    const connection = inState(hand, 'connected');
    if (hand.setup.earlyData === 0 || connection?.resumes?.useful !== true) return 0;
    return connection.early ? 10 : 120;
  },
  *make(hand) {
    const connection = inState(hand, 'connected');
    if (connection === undefined) return;
    const result = yield about(connection, 'send_early', { bytes: hand.random.pick([1, 90, 90, 800, 3_000]) });
    connection.early = true;
    if (!['ok', 'failed'].includes(result.outcome)) connection.state = 'broken';
  },
};

const request: Move = {
  name: 'request',
  onward: true,
  weight: (hand) => (inState(hand, 'open') === undefined ? 0 : inState(hand, 'open')?.answered === 0 ? 150 : 20),
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
  onward: true,
  // A session of TLS 1.3 is worth keeping once its ticket has been read.
  weight: (hand) => (!room(hand) || unkept(hand) === undefined ? 0 : unkept(hand)?.answered === 0 ? 3 : 200),
  *make(hand) {
    const connection = unkept(hand);
    if (connection === undefined) return;
    connection.kept = true;
    const name = hand.fresh('sess');
    const result = yield { call: 'SSL_get1_session', let: name, args: [`$${connection.name}`] };
    if (!gave(result)) return;
    hand.task.process.sessions.push({
      name,
      ctx: connection.ctx,
      server: connection.server,
      useful: connection.answered > 0,
      refs: 1,
    });
  },
};

const close: Move = {
  name: 'close',
  onward: true,
  weight: (hand) => (inState(hand, 'open') === undefined ? 0 : inState(hand, 'open')?.answered === 0 ? 8 : 60),
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
  onward: true,
  weight: (hand) => (inState(hand, 'ended', 'broken') === undefined ? 0 : 120),
  *make(hand) {
    const connection = inState(hand, 'ended', 'broken');
    if (connection !== undefined) yield* freeing(hand, connection);
  },
};

/** New keys for what is sent; below TLS 1.3 the call fails, and nothing is harmed. */
const updateKeys: Move = {
  name: 'update keys',
  weight: (hand) => (hand.setup.tls === '1.3' && inState(hand, 'open') !== undefined ? 3 : 0),
  *make(hand) {
    const connection = inState(hand, 'open');
    if (connection === undefined) return;
    const options = { requested: hand.random.chance({ oneIn: 2 }), count: hand.random.pick([1, 2]) };
    const result = yield about(connection, 'key_update', options);
    if (result.outcome !== 'ok') connection.state = 'broken';
  },
};

const looks = ['SSL_session_reused', 'SSL_get_shutdown', 'SSL_is_init_finished', 'observe'] as const;

const look: Move = {
  name: 'look at a connection',
  weight: (hand) => (inState(hand, 'connected', 'open', 'ended') === undefined ? 0 : 3),
  *make(hand) {
    const connection = inState(hand, 'connected', 'open', 'ended');
    if (connection !== undefined) yield { call: hand.random.pick(looks), args: [`$${connection.name}`] };
  },
};

/** No session after all, or the same once more. */
const unset: Move = {
  name: 'set no session',
  weight: (hand) => (inState(hand, 'new')?.resumes === undefined ? 0 : 1),
  *make(hand) {
    const connection = inState(hand, 'new');
    if (connection === undefined) return;
    connection.resumes = undefined;
    yield { call: 'SSL_set_session', args: [`$${connection.name}`, null] };
  },
};

/** Frees what is open: libssl takes the session for one that went wrong. */
const drop: Move = {
  name: 'free an open connection',
  weight: (hand) => (inState(hand, 'new', 'connected', 'open') === undefined ? 0 : 1),
  *make(hand) {
    const connection = inState(hand, 'new', 'connected', 'open');
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
  updateKeys,
  look,
  unset,
  drop,
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
  const { connections } = hand.task.process;
  if (connection.streams) {
    connection.streams = false;
    yield about(connection, 'disconnect');
  }
  const at = connections.indexOf(connection);
  if (at >= 0) connections.splice(at, 1);
  yield { call: 'SSL_free', args: [`$${connection.name}`] };
}

/** One of the task's connections in one of these states. */
export function inState({ task }: Hand, ...states: readonly HeldConnection['state'][]): HeldConnection | undefined {
  return task.connections.find((one) => states.includes(one.state));
}

/** One whose session nobody has kept, those that have read something first. */
function unkept({ task }: Hand): HeldConnection | undefined {
  const all = task.connections.filter((one) => (one.state === 'open' || one.state === 'ended') && !one.kept);
  return all.find((one) => one.answered > 0) ?? all[0];
}

function sessionsFor(hand: Hand): readonly HeldSession[] {
  const connection = inState(hand, 'new');
  if (connection === undefined || connection.resumes !== undefined) return [];
  return sessionsOf(hand, connection.ctx);
}

/** A step on a connection, with which faults may come. */
export function about(
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
