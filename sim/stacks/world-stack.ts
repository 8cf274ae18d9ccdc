/** Real OpenSSL as the libssl of one process of a world: its connections are joined to sockets of the world. */
import type { StackEvent } from '../../src/index.js';
import type { Outlook } from '../network/index.js';
import { type Answer, fromWire, happeningsFromWire, type Question, toWire } from './agent/protocol.js';
import type { Consultation } from './agent/world/consult.js';
import type { Control } from './agent/world/controls.js';
import type { Move } from './agent/world/mirror.js';
import { moveGave } from './agent/world/mirror.js';
import type { Effects, SocketNews } from './agent/world/protocol.js';
import type { Told } from './agent/world/told.js';
import type { AgentProcess } from './agent-process.js';
import type { ObjectId, Profile, ReturnValue, Snapshot, Stack, StackAnswer, StackCall } from './stack.js';
import { defaultAnswers, StackCrash } from './stack.js';

/** What a process of a world lets its libssl know and do. */
export interface WorldPort {
  /** 16 bytes. */
  readonly seed: Uint8Array;
  /** Points at which `consult` is to be asked. */
  readonly points: readonly string[];
  /** By the clock of the host, microseconds since the Unix epoch. */
  nowUs(): number;
  readonly emit: (event: StackEvent) => void;
  /** A callback wants something in the middle of a call. @returns the answer, in hex */
  readonly consult: (what: Consultation) => string | null;
  /** Told of each call of a program before and after. */
  readonly before: (call: StackCall) => void;
  readonly after: (call: StackCall, answer: StackAnswer) => void;
}

/** A socket, of which it is known what each read and write will give. */
export interface WorldSocket {
  readonly outlook: Outlook;
  peek(skipped: number): Uint8Array;
  read(max: number): Uint8Array | 'wait' | 'eof' | 'broken';
  write(bytes: Uint8Array): number | 'broken';
}

interface Joined {
  readonly socket: WorldSocket;
  /** Bytes that the agent has, and libssl has not read. */
  ahead: number;
}

const oneByte = new Uint8Array(1);

export class LibsslWorldStack implements Stack {
  readonly name = 'libssl';
  readonly profile: Profile;
  readonly version: string;
  readonly #agent: AgentProcess;
  readonly #port: WorldPort;
  readonly #release: (how: 'reset' | 'forget') => void;
  readonly #joined = new Map<ObjectId, Joined>();
  /** How many calls are under way. */
  #depth = 0;
  #ended = false;

  /** @param options - `release` gets the agent back, whose objects are gone (`reset`) or left as they are (`forget`) */
  constructor(options: {
    readonly agent: AgentProcess;
    readonly profile: Profile;
    readonly port: WorldPort;
    readonly release: (how: 'reset' | 'forget') => void;
  }) {
    this.profile = options.profile;
    this.version = options.agent.version;
    this.#agent = options.agent;
    this.#port = options.port;
    this.#release = options.release;
    this.#agent.ask({ ask: 'world', what: 'begin', seed: toHex(options.port.seed), points: options.port.points });
  }

  perform(asked: StackCall): StackAnswer {
    const { call, args, watch, owned } = asked;
    this.#port.before(asked);
    const sockets: SocketNews[] = [];
    for (const value of args) {
      if (typeof value === 'object' && value !== null && 'object' in value) this.#addNews(value.object, sockets);
    }
    const nowUs = this.#port.nowUs();
    const answer = this.#ask({
      ask: 'world',
      what: 'call',
      nowUs,
      call,
      args: args.map(toWire),
      watch,
      owned,
      sockets,
    });
    if (answer.tell !== 'world' || answer.what !== 'answer') throw new Error(`the agent answered ${answer.tell}`);
    this.#take(answer);
    const { errors, snapshots } = answer;
    const ret = fromWire(answer.ret) as ReturnValue; // what `toWire` wrote in the agent
    const made: StackAnswer = { ret, errors, events: happeningsFromWire(answer.events), snapshots };
    this.#port.after(asked, made);
    return made;
  }

  /** @returns what was asked for: bytes in hex, or words */
  control(control: Control): string | null {
    const answer = this.#ask({ ask: 'world', what: 'control', control, nowUs: this.#port.nowUs() });
    if (answer.tell !== 'world' || answer.what !== 'controlled') throw new Error(`the agent answered ${answer.tell}`);
    this.#take(answer);
    return answer.value;
  }

  look(objects: readonly ObjectId[]): readonly Snapshot[] {
    if (objects.length === 0) return [];
    const answer = this.#agent.ask({ ask: 'look', objects });
    if (answer.tell !== 'snapshots') throw new Error(`the agent answered ${answer.tell}`);
    return answer.snapshots;
  }

  /** Joins a connection to a socket of the world. */
  join(ssl: ObjectId, socket: WorldSocket): void {
    this.#agent.ask({ ask: 'world', what: 'join', ssl });
    this.#joined.set(ssl, { socket, ahead: 0 });
  }

  attach(): never {
    throw new Error('a process of a world joins its connections to sockets');
  }

  end(): void {
    this.#finish('reset');
  }

  /** The process has died: nothing is freed. */
  die(): void {
    this.#finish('forget');
  }

  #finish(how: 'reset' | 'forget'): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#agent.open) return;
    if (this.#depth > 0) {
      this.#agent.close(); // it waits in the middle of libssl, and can go neither on nor back
      return;
    }
    try {
      const done = how === 'reset' ? this.#agent.ask({ ask: 'reset' }) : undefined;
      this.#agent.ask({ ask: 'world', what: 'forget' });
      if (done === undefined || done.tell === 'done') this.#release(how);
      else this.#agent.close();
    } catch (error) {
      // What the plan left broken may break the freeing too; the agent is gone, and with it all that it held.
      if (!(error instanceof StackCrash)) throw error;
    }
  }

  #addNews(ssl: ObjectId, sockets: SocketNews[]): void {
    const joined = this.#joined.get(ssl);
    if (joined === undefined) return;
    const more = joined.socket.peek(joined.ahead);
    joined.ahead += more.length;
    sockets.push({ ssl, hex: toHex(more), outlook: joined.socket.outlook });
  }

  /** The answer to a question, once every callback that it met on its way has had its own. */
  #ask(question: Question): Answer {
    let answer = this.#agent.ask(question);
    for (;;) {
      if (answer.tell === 'consult') {
        answer = this.#agent.ask({ ask: 'advise', value: this.#consulted(answer) });
      } else if (answer.tell === 'callback') {
        const { callback } = answer;
        answer = this.#agent.ask({ ask: 'return', owned: [], ...(defaultAnswers[callback] as { ret: number | null }) });
      } else return answer;
    }
  }

  /** In the middle of a call: steps of other tasks may come here, and the end of the process. */
  #consulted(asked: Extract<Answer, { tell: 'consult' }>): string | null {
    this.#depth += 1;
    try {
      this.#take(asked);
      return this.#port.consult(asked.consult);
    } finally {
      this.#depth -= 1;
    }
  }

  /** Does to the sockets what was done to their mirrors, and tells what was told. */
  #take({ moves, told }: Effects): void {
    for (const one of told) this.#port.emit(eventOf(one));
    for (const { ssl, moves: made } of moves) {
      const joined = this.#joined.get(ssl);
      if (joined !== undefined) for (const move of made) repeat(joined, move);
    }
    for (const one of told) if (one.kind === 'freed') this.#joined.delete(one.object);
  }
}

/** @throws Error where the socket does otherwise than its mirror has: the two no longer agree */
function repeat(joined: Joined, [what, gave]: Move): void {
  const { socket } = joined;
  const done = typeof what === 'number' ? socket.read(what) : socket.write(what === '' ? oneByte : fromHex(what));
  const found = typeof done === 'string' ? moveGave[done] : typeof done === 'number' ? done : done.length;
  if (found !== gave) throw new Error(`a socket gave ${found} where its mirror gave ${gave}`);
  if (typeof what === 'number' && gave > 0) joined.ahead -= gave;
}

function eventOf(told: Told): StackEvent {
  return told.kind === 'callback' ? { ...told, id: fromHex(told.id) } : told;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
