/** Draws the steps of every task of a world: turns first, then, once all faults are over, what must work again, and the end. */
import type { Randomness, RandomStream } from '../kernel/index.js';
import type { Check, Fault, Step } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { FaultDraws } from '../swarm/index.js';
import type { DrawnStep, StepResult, StepSource, Turn } from '../world/index.js';
import { connectionMoves, endConnections } from './connection-moves.js';
import { clientContextMoves, serverMoves } from './context-moves.js';
import { healthyAgain } from './healed.js';
import { committed } from './misuse.js';
import { misuseMoves } from './misuse-moves.js';
import type { Hand, Move, StepDraft, Steps } from './move.js';
import { sessionMoves } from './session-moves.js';
import type { Setup, Shape } from './setup.js';
import { ProcessState, TaskState } from './state.js';
import { clientNames, contextNames, serverNames, tasksOf } from './topology.js';

const clientMoves: readonly Move[] = [...connectionMoves, ...sessionMoves, ...clientContextMoves];

/** How long a task waits for a step of another: longer than any task can sleep in its turns. */
const gatherUs = 2_000_000_000_000;
/** Behind the last fault, so that all that it has left behind is over. */
const calmUs = 2_000_000;

/** One task, and what it is about to do. */
class Line {
  readonly state: TaskState;
  readonly hand: Hand;
  steps: Steps | undefined;
  /** Of the step that was drawn last. */
  result: StepResult | undefined;
  lastStep = '';
  /** Its process has ended for good before its last step. */
  gone = false;
  #number = 0;

  constructor(state: TaskState, hand: (line: Line) => Hand) {
    this.state = state;
    this.hand = hand(this);
  }

  get quietId(): string {
    return `${this.#prefix}-quiet`;
  }

  get exitId(): string {
    return `${this.state.host}-exit`;
  }

  nextId(): string {
    this.#number += 1;
    return `${this.#prefix}-${this.#number}`;
  }

  get #prefix(): string {
    return `${this.state.host}-${this.state.task}`;
  }
}

/** A move breaks connections off whose sessions are still held: the manual says what that costs, and who does it may. */
const mayLoseSessions: Check = {
  id: 'may-lose-sessions',
  violation: 'held-session-stays-resumable',
  may: true,
  because: 'a connection may be broken off without SSL_shutdown',
};

/** What OpenSSL 1.1.1v itself breaks (CVE-2024-2511, repaired in 1.1.1y): a failure beside a resumption empties the id that a cache has. */
const ownOf111 = ['published-session-unchanged', 'cache-within-bound'].map(
  (violation): Check => ({
    id: `may-break-${violation}`,
    violation,
    may: true,
    because:
      '1.1.1v has CVE-2024-2511: the copy of a session that failed is stored, and loses its id when it is resumed',
  }),
);

/** Where sockets have little room, tickets may not go out while the client waits to write, too: libssl reads nothing meanwhile. */
const mayWaitForTickets: Check = {
  id: 'may-wait-for-tickets',
  violation: 'nobody-waits-for-ever',
  may: true,
  because: 'a server of TLS 1.3 reads nothing until its tickets have gone into the socket (openssl/openssl#7967)',
};

/** In TLS 1.3 a ticket that comes with a resumption lasts as long as the first: who goes from one to the next never authenticates again. */
const mayOutlast: Check = {
  id: 'may-outlast-authentication',
  violation: 'resumed-within-lifetime',
  may: true,
  because: 'in TLS 1.3 each new ticket has a lifetime of its own (openssl/openssl#31395)',
};

/** What libssl breaks by itself, as that line is. */
function ownOfLibssl({ tls, bufferBytes }: Setup, profile: Profile): readonly Check[] {
  if (tls === '1.2') return [];
  return [mayOutlast, ...(profile === '1.1.1' ? ownOf111 : []), ...(bufferBytes === null ? [] : [mayWaitForTickets])];
}

export class Drawer implements StepSource {
  readonly checks: Check[];
  readonly #setup: Setup;
  readonly #shape: Shape;
  readonly #lines = new Map<string, Line>();
  readonly #byStep = new Map<string, Line>();
  readonly #ended = new Set<string>();
  readonly #faults: FaultDraws;
  readonly #names = new Map<string, number>();
  /** How often each move that brings nothing on its way is made in this run. */
  readonly #habits: ReadonlyMap<string, number>;
  readonly #clientMoves: readonly Move[];
  #nowUs = 0;

  constructor(
    setup: Setup,
    { shape, profile }: { readonly shape: Shape; readonly profile: Profile },
    random: Randomness,
  ) {
    this.checks = [mayLoseSessions, ...ownOfLibssl(setup, profile)];
    this.#setup = setup;
    this.#shape = shape;
    this.#clientMoves = setup.misuse === undefined ? clientMoves : [...clientMoves, ...misuseMoves];
    const moves = [...clientMoves, ...serverMoves].filter((move) => move.onward !== true);
    const habits = random.stream('workload/habits');
    this.#habits = new Map(moves.map(({ name }) => [name, habits.pick([0, 0, 1, 1, 3])]));
    const servers = serverNames(setup);
    const { faults, latencyUs } = setup;
    this.#faults = new FaultDraws(
      { faults, latencyUs, clients: clientNames(setup), servers, prefix: 'fault' },
      random.stream('workload/faults'),
    );
    for (const [host, tasks] of tasksOf(setup)) {
      const role = servers.includes(host) ? 'server' : 'client';
      const process = new ProcessState(host, contextNames(setup, role));
      for (const task of tasks) {
        const state = new TaskState(process, task, role, setup);
        const stream = random.stream(`workload/${host}/${task}`);
        this.#lines.set(`${host} ${task}`, new Line(state, (line) => this.#hand(line, state, stream, servers)));
      }
    }
  }

  next({ host, task, us }: Turn): DrawnStep {
    this.#nowUs = us;
    const line = this.#lines.get(`${host} ${task}`);
    if (line === undefined) throw new Error(`nobody draws for ${task} of ${host}`);
    line.steps ??= this.#life(line);
    // Nothing has ended where the steps begin: the first thing that a generator is told is not looked at.
    const { value } = line.steps.next(line.result as StepResult);
    const draft: StepDraft = value ?? { call: 'sleep', args: [{ us: 0 }], last: true };
    const step = this.#placed(line, draft);
    const faults: readonly Fault[] = draft.faulty === true ? this.#faults.at(step, draft) : [];
    return { step, last: draft.last === true, faults };
  }

  ended(id: string, result: StepResult, us: number): void {
    this.#nowUs = us;
    this.#faults.stepEnded(id, us);
    const line = this.#byStep.get(id);
    if (line === undefined) return;
    this.#ended.add(id);
    if (line.lastStep === id) line.result = result;
  }

  died(host: string, how: 'crashed' | 'aborted'): void {
    const lines = this.#linesOf(host);
    const process = new ProcessState(host, contextNames(this.#setup, lines[0]?.state.role ?? 'client'));
    for (const line of lines) {
      line.state.process = process;
      line.steps = undefined;
      line.gone = how === 'aborted';
    }
  }

  /** All that a task does, from where it is. */
  *#life(line: Line): Steps {
    const { state, hand } = line;
    const moves = state.role === 'client' ? this.#clientMoves : serverMoves;
    while (state.turnsLeft > 0) {
      state.turnsLeft -= 1;
      yield* this.#pick(moves, hand).make(hand);
    }
    yield* endConnections(hand);
    const leads = state.task === 'main';
    if (!this.#ended.has(line.quietId)) {
      yield { call: 'sleep', args: [{ us: 0 }], id: line.quietId, ...(leads ? {} : { last: true }) };
    }
    if (!leads) return;
    for (const other of this.#lines.values()) yield* this.#await(other, other.quietId);
    if (state.role === 'client') {
      for (let left = this.#leftUs(); left > 0; left = this.#leftUs()) yield { call: 'sleep', args: [{ us: left }] };
      if (!state.process.misused) yield* healthyAgain(hand, this.checks);
    } else {
      for (const client of clientNames(this.#setup))
        yield* this.#await(this.#lines.get(`${client} main`), `${client}-exit`);
    }
    for (const session of state.process.sessions.splice(0)) {
      for (; session.refs > 0; session.refs -= 1) yield { call: 'SSL_SESSION_free', args: [`$${session.name}`] };
    }
    for (const ctx of state.process.contexts.splice(0)) {
      yield { call: 'observe', args: [`$${ctx}`] }; // what its counters have come to
      yield { call: 'SSL_CTX_free', args: [`$${ctx}`] };
    }
    yield { call: 'exit', id: line.exitId, last: true };
  }

  *#await(other: Line | undefined, id: string): Steps {
    if (other?.gone === false && !this.#ended.has(id)) {
      yield { call: 'await', args: [{ step: id, withinUs: gatherUs }] };
    }
  }

  #leftUs(): number {
    const { quietUs } = this.#faults;
    return quietUs === 0 ? 0 : quietUs + calmUs - this.#nowUs;
  }

  #pick(moves: readonly Move[], hand: Hand): Move {
    const table = moves.map((move) => ({
      value: move,
      weight: move.weight(hand) * (this.#shape.moves[move.name] ?? 10) * (this.#habits.get(move.name) ?? 1),
    }));
    return hand.random.weighted(table);
  }

  #placed(line: Line, draft: StepDraft): Step {
    const { host, task } = line.state;
    const id = draft.id ?? line.nextId();
    line.lastStep = id;
    if (draft.misuse !== undefined) this.checks.push(...committed(draft.misuse, id));
    this.#byStep.set(id, line);
    return {
      id,
      on: host,
      ...(task === 'main' ? {} : { task }),
      ...(draft.let === undefined ? {} : { let: draft.let }),
      call: draft.call,
      ...(draft.args === undefined ? {} : { args: draft.args }),
      ...(draft.steps === undefined ? {} : { steps: draft.steps }),
      ...(draft.returns === undefined ? {} : { returns: draft.returns }),
    };
  }

  #linesOf(host: string): Line[] {
    return [...this.#lines.values()].filter((line) => line.state.host === host);
  }

  #hand(line: Line, task: TaskState, random: RandomStream, servers: readonly string[]): Hand {
    return {
      task,
      setup: this.#setup,
      random,
      servers,
      fresh: (prefix) => {
        const key = `${task.host} ${prefix}`;
        const n = (this.#names.get(key) ?? 0) + 1;
        this.#names.set(key, n);
        return `${prefix}${n}`;
      },
      lastStep: () => line.lastStep,
    };
  }
}
