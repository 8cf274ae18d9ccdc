/** The stack of real OpenSSL: each call a round trip to an agent process. */
import { defaultNowMs, type Transport, testCredentials } from '../../src/index.js';
import { type Answer, fromWire, happeningsFromWire, toWire, type WireCallback } from './agent/protocol.js';
import { type AgentOptions, AgentProcess } from './agent-process.js';
import { answerInWire, callbackFromWire } from './callback-wire.js';
import { ProgramRunner } from './program-runner.js';
import type {
  CallbackAnswer,
  ObjectId,
  OnCallback,
  Profile,
  ReturnValue,
  Snapshot,
  Stack,
  StackAnswer,
  StackCall,
} from './stack.js';
import { StackCrash } from './stack.js';
import { WorldAgents } from './world-agents.js';
import { LibsslWorldStack, type WorldPort } from './world-stack.js';

/** At most this much is taken from a transport at once. */
const pumpBytesMax = 65_536;

const usPerMs = 1000;

/**
 * Agents of one OpenSSL, started when first wanted and used again: the stacks that it opens one after the other share
 * an agent, those open at the same time each have their own.
 */
export class LibsslPool {
  readonly #profile: Profile;
  readonly #options: AgentOptions;
  readonly #idle: AgentProcess[] = [];
  readonly #ofWorlds: WorldAgents;

  constructor({ profile, ...options }: AgentOptions & { readonly profile: Profile }) {
    this.#profile = profile;
    this.#options = options;
    this.#ofWorlds = new WorldAgents(() => this.#start());
  }

  /**
   * A stack whose clock, where it can be put, stands where the model's does.
   * @throws StackMissing where the agent does not start
   */
  open(): Stack {
    const agent = this.#idle.pop() ?? this.#start();
    if (agent.clock) agent.ask({ ask: 'clock', us: defaultNowMs * usPerMs });
    return new LibsslStack({ agent, profile: this.#profile, release: () => this.#idle.push(agent) });
  }

  /**
   * The libssl of a process of a world.
   * @throws StackMissing where the agent does not start
   */
  openWorld(port: WorldPort): LibsslWorldStack {
    const agent = this.#ofWorlds.take();
    const release = (how: 'reset' | 'forget'): void => this.#ofWorlds.release(agent, how);
    return new LibsslWorldStack({ agent, profile: this.#profile, port, release });
  }

  /** Whether libssl's clock can be put. */
  get clock(): boolean {
    return this.#ofWorlds.any.clock;
  }

  /** Whether its allocations can be made to fail. */
  get memory(): boolean {
    return this.#ofWorlds.any.memory;
  }

  /** OpenSSL's full version string. */
  get version(): string {
    return this.#ofWorlds.any.version;
  }

  /** Runs whole programs, a batch a round trip. */
  programs(): ProgramRunner {
    return new ProgramRunner(() => this.#idle.pop() ?? this.#start());
  }

  /** Every agent has the same test certificate as the model. */
  #start(): AgentProcess {
    const agent = new AgentProcess(this.#options);
    const { chain, key } = testCredentials['ec-p256'];
    agent.ask({ ask: 'credential', certificate: toHex(chain[0] ?? new Uint8Array()), key: toHex(key.pkcs8) });
    return agent;
  }

  /** Ends the agents that are idle. */
  close(): void {
    for (const agent of this.#idle.splice(0)) agent.close();
    this.#ofWorlds.close();
  }
}

class LibsslStack implements Stack {
  readonly name = 'libssl';
  readonly profile: Profile;
  readonly version: string;
  readonly #agent: AgentProcess;
  readonly #release: () => void;
  readonly #attached = new Map<ObjectId, Transport>();
  #ended = false;

  constructor(options: { readonly agent: AgentProcess; readonly profile: Profile; readonly release: () => void }) {
    this.profile = options.profile;
    this.version = options.agent.version;
    this.#agent = options.agent;
    this.#release = options.release;
  }

  perform(call: StackCall, onCallback?: OnCallback): StackAnswer {
    const joined = this.#joined(call);
    for (const ssl of joined) this.#feed(ssl);
    let owned = call.owned;
    let answer = this.#agent.ask({
      ask: 'call',
      call: call.call,
      args: call.args.map(toWire),
      watch: call.watch,
      owned,
    });
    while (answer.tell === 'callback') {
      const answered = this.#answered(answer, onCallback);
      owned = answered?.owned ?? owned;
      answer = this.#agent.ask({ ask: 'return', owned, ...answerInWire(answer, answered) });
    }
    if (answer.tell !== 'answer') throw new Error(`the agent answered ${answer.tell}`);
    const events = happeningsFromWire(answer.events);
    for (const event of events) if (event.name === 'freed') this.#attached.delete(event.object);
    for (const ssl of joined) if (this.#attached.has(ssl)) this.#drain(ssl);
    // What `toWire` wrote in the agent.
    const ret = fromWire(answer.ret) as ReturnValue;
    return { ret, errors: answer.errors, events, snapshots: answer.snapshots };
  }

  /** What the asking side has to say to a callback; undefined where it does not want to be asked. */
  #answered(told: WireCallback, onCallback: OnCallback | undefined): CallbackAnswer | undefined {
    const asked = callbackFromWire(told);
    for (const event of asked.events) if (event.name === 'freed') this.#attached.delete(event.object);
    try {
      return onCallback?.(asked);
    } catch (error) {
      this.#abandon(told);
      throw error;
    }
  }

  /** Lets the call that is under way come to its end, whatever that is: the agent is in the middle of libssl. */
  #abandon(told: WireCallback): void {
    try {
      let next: Answer = told;
      while (next.tell === 'callback')
        next = this.#agent.ask({ ask: 'return', owned: [], ...answerInWire(next, undefined) });
    } catch (error) {
      if (!(error instanceof StackCrash)) throw error;
    }
  }

  look(objects: readonly ObjectId[]): readonly Snapshot[] {
    const answer = this.#agent.ask({ ask: 'look', objects });
    if (answer.tell !== 'snapshots') throw new Error(`the agent answered ${answer.tell}`);
    return answer.snapshots;
  }

  attach(ssl: ObjectId, transport: Transport): void {
    this.#expectDone(this.#agent.ask({ ask: 'attach', ssl }));
    this.#attached.set(ssl, transport);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#agent.open) return;
    try {
      if (this.#agent.ask({ ask: 'reset' }).tell === 'done') this.#release();
      else this.#agent.close();
    } catch (error) {
      // What the program left broken may break the freeing too; the agent is gone, and with it all that it held.
      if (!(error instanceof StackCrash)) throw error;
    }
  }

  #joined(call: StackCall): readonly ObjectId[] {
    if (this.#attached.size === 0) return [];
    return call.args.flatMap((value) =>
      typeof value === 'object' && value !== null && 'object' in value && this.#attached.has(value.object)
        ? [value.object]
        : [],
    );
  }

  /** Hands over what has arrived. */
  #feed(ssl: ObjectId): void {
    const transport = this.#attached.get(ssl);
    if (transport === undefined) return;
    for (;;) {
      const got = transport.read(pumpBytesMax);
      if (got === 'wait') return;
      const end = typeof got === 'string' ? got : 'open';
      const hex = typeof got === 'string' ? '' : toHex(got);
      this.#expectDone(this.#agent.ask({ ask: 'feed', ssl, hex, end }));
      if (end !== 'open') return;
    }
  }

  /** Takes out what was written. What a full transport does not take stays in the agent's memory until the next call. */
  #drain(ssl: ObjectId): void {
    const transport = this.#attached.get(ssl);
    const answer = this.#agent.ask({ ask: 'drain', ssl });
    if (transport === undefined || answer.tell !== 'bytes') return;
    const bytes = new Uint8Array(Buffer.from(answer.hex, 'hex'));
    for (let sent = 0; sent < bytes.length; ) {
      const taken = transport.write(bytes.subarray(sent));
      if (taken === 'broken') {
        this.#break(ssl);
        return;
      }
      if (taken === 0) throw new Error('the transport is full: attach real OpenSSL to one without a bound');
      sent += taken;
    }
  }

  #break(ssl: ObjectId): void {
    this.#expectDone(this.#agent.ask({ ask: 'feed', ssl, hex: '', end: 'broken' }));
  }

  #expectDone(answer: Answer): void {
    if (answer.tell !== 'done') throw new Error(`the agent answered ${answer.tell}`);
  }
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
