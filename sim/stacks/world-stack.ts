/** Real OpenSSL as the libssl of one process of a world: its connections are joined to sockets of the world. */
import type { StackEvent } from '../../src/index.js';
import type { Outlook } from '../network/index.js';
import {
  type Answer,
  fromWire,
  happeningsFromWire,
  type Question,
  toWire,
  type WireCallback,
} from './agent/protocol.js';
import type { Consultation } from './agent/world/consult.js';
import type { Control } from './agent/world/controls.js';
import type { Move } from './agent/world/mirror.js';
import { moveGave } from './agent/world/mirror.js';
import { outlookToWire } from './agent/world/outlook.js';
import { type Effects, type Known, type PutOff, type SocketNews, unlessEmpty } from './agent/world/protocol.js';
import { type Told, toldFromWire } from './agent/world/told.js';
import type { AgentProcess } from './agent-process.js';
import { answerInWire, callbackFromWire } from './callback-wire.js';
import type { ObjectId, OnCallback, Profile, ReturnValue, Snapshot, Stack, StackAnswer, StackCall } from './stack.js';
import { StackCrash } from './stack.js';

/** What a process of a world lets its libssl know and do. */
export interface WorldPort {
  /** 16 bytes. */
  readonly seed: Uint8Array;
  /** Points at which `consult` is to be asked. */
  readonly points: readonly string[];
  /** Whether `consult` is to be asked where memory may be short. */
  readonly scarce: boolean;
  /** By the clock of the host, microseconds since the Unix epoch. */
  nowUs(): number;
  readonly emit: (event: StackEvent) => void;
  /** Wants the secrets of each handshake: a line of an NSS key log. */
  readonly keyLog: ((line: string) => void) | undefined;
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

const nothing = { errors: [], events: [], snapshots: [] } as const;
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
  #putOff: PutOff[] = [];
  /** As of the last answer: nothing has changed since. */
  #known: readonly Known[] = [];
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
    const { seed, points, scarce, keyLog } = options.port;
    this.#putOff.push({ do: 'begin', seed: toHex(seed), points, scarce, secrets: keyLog !== undefined });
  }

  perform(asked: StackCall, onCallback?: OnCallback): StackAnswer {
    const { call, args, watch, owned } = asked;
    this.#port.before(asked);
    const known = this.#knownAnswer(asked);
    if (known !== undefined) return known;
    const sockets: SocketNews[] = [];
    for (const value of args) {
      if (typeof value === 'object' && value !== null && 'object' in value) this.#addNews(value.object, sockets);
    }
    const nowUs = this.#port.nowUs();
    const question = {
      ask: 'world',
      what: 'call',
      nowUs,
      call,
      args: args.map(toWire),
      watch: unlessEmpty(watch),
      owned: unlessEmpty(owned),
      sockets: unlessEmpty(sockets),
      ...this.#takePutOff(),
    } as const;
    const answer = this.#ask(question, onCallback);
    if (answer.tell !== 'world' || answer.what !== 'answer') throw new Error(`the agent answered ${answer.tell}`);
    this.#take(answer);
    const { errors = [], events = [], snapshots = [] } = answer;
    const ret = fromWire(answer.ret) as ReturnValue; // what `toWire` wrote in the agent
    const made: StackAnswer = { ret, errors, events: happeningsFromWire(events), snapshots };
    this.#port.after(asked, made);
    return made;
  }

  /** @returns what was asked for: bytes in hex, or words */
  control(control: Control): string | null {
    if ('ssl' in control) {
      const known = this.#knownOf(control.do, control.ssl);
      if (known !== undefined && typeof known !== 'number') return known;
    }
    const answer = this.#ask(
      {
        ask: 'world',
        what: 'control',
        control,
        nowUs: this.#port.nowUs(),
        ...this.#takePutOff(),
      },
      undefined,
    );
    if (answer.tell !== 'world' || answer.what !== 'controlled') throw new Error(`the agent answered ${answer.tell}`);
    this.#take(answer);
    return answer.value;
  }

  look(objects: readonly ObjectId[]): readonly Snapshot[] {
    if (objects.length === 0) return [];
    if (this.#putOff.length > 0) this.#agent.send({ ask: 'world', what: 'nothing', ...this.#takePutOff() });
    const answer = this.#agent.ask({ ask: 'look', objects });
    if (answer.tell !== 'snapshots') throw new Error(`the agent answered ${answer.tell}`);
    return answer.snapshots;
  }

  /** Joins a connection to a socket of the world. */
  join(ssl: ObjectId, socket: WorldSocket): void {
    this.#putOff.push({ do: 'join', ssl });
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
      this.#agent.send({ ask: 'world', what: 'end', how });
      this.#release(how);
    } catch (error) {
      if (!(error instanceof StackCrash)) throw error;
    }
  }

  /** What is known already, or gives nothing and can wait: no round trip. */
  #knownAnswer({ call, args, watch }: StackCall): StackAnswer | undefined {
    const [first] = args;
    if (args.length !== 1 || watch.length > 0 || typeof first !== 'object' || first === null || !('object' in first)) {
      return undefined;
    }
    const { object } = first;
    if (call === 'SSL_set_connect_state' || call === 'SSL_set_accept_state') {
      this.#putOff.push({ do: call, ssl: object });
      return { ...nothing, ret: null };
    }
    if (call === 'sim_use_certificate') {
      this.#putOff.push({ do: call, ctx: object });
      return { ...nothing, ret: 1 };
    }
    const known = this.#knownOf(call, object);
    return known === undefined ? undefined : { ...nothing, ret: known };
  }

  #knownOf(asked: string, object: ObjectId): number | string | null | undefined {
    return this.#known.find(([what, of]) => what === asked && of === object)?.[2];
  }

  #takePutOff(): { readonly before?: readonly PutOff[] } {
    if (this.#putOff.length === 0) return {};
    const before = this.#putOff;
    this.#putOff = [];
    return { before };
  }

  #addNews(ssl: ObjectId, sockets: SocketNews[]): void {
    const joined = this.#joined.get(ssl);
    if (joined === undefined) return;
    const more = joined.socket.peek(joined.ahead);
    joined.ahead += more.length;
    sockets.push({ ssl, hex: toHex(more), outlook: outlookToWire(joined.socket.outlook) });
  }

  /** The answer to a question, once every callback that it met on its way has had its own. */
  #ask(question: Question, onCallback: OnCallback | undefined): Answer {
    let answer = this.#agent.ask(question);
    for (;;) {
      if (answer.tell === 'consult') answer = this.#agent.ask({ ask: 'advise', value: this.#consulted(answer) });
      else if (answer.tell === 'callback') answer = this.#agent.ask(this.#returned(answer, onCallback));
      else return answer;
    }
  }

  #returned(told: WireCallback, onCallback: OnCallback | undefined): Question {
    this.#depth += 1;
    try {
      const answered = onCallback?.(callbackFromWire(told));
      return { ask: 'return', owned: answered?.owned ?? [], ...answerInWire(told, answered) };
    } catch (error) {
      if (this.#agent.open) this.#abandon(told);
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /** Lets the call that is under way come to its end, whatever that is: the agent is in the middle of libssl. */
  #abandon(told: WireCallback): void {
    try {
      const answer = this.#ask({ ask: 'return', owned: [], ...answerInWire(told, undefined) }, undefined);
      if (answer.tell === 'world') this.#take(answer);
    } catch (error) {
      if (!(error instanceof StackCrash)) throw error;
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
  #take({ moves = [], told: wire = [], known = [], secrets = [] }: Effects): void {
    this.#known = known;
    for (const line of secrets) this.#port.keyLog?.(line);
    const told = wire.map(toldFromWire);
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
