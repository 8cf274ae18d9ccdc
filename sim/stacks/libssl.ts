/** The stack of real OpenSSL: each call a round trip to an agent process. */
import { type Transport, testCredentials } from '../../src/index.js';
import { type Answer, fromWire, toWire } from './agent/protocol.js';
import { type AgentOptions, AgentProcess } from './agent-process.js';
import { ProgramRunner } from './program-runner.js';
import type { Happening, ObjectId, Profile, ReturnValue, Snapshot, Stack, StackAnswer, StackCall } from './stack.js';
import { StackCrash } from './stack.js';

/** At most this much is taken from a transport at once. */
const pumpBytesMax = 65_536;

/**
 * Agents of one OpenSSL, started when first wanted and used again: the stacks that it opens one after the other share
 * an agent, those open at the same time each have their own.
 */
export class LibsslPool {
  readonly #profile: Profile;
  readonly #options: AgentOptions;
  readonly #idle: AgentProcess[] = [];

  constructor({ profile, ...options }: AgentOptions & { readonly profile: Profile }) {
    this.#profile = profile;
    this.#options = options;
  }

  /** @throws StackMissing where the agent does not start */
  open(): Stack {
    const agent = this.#idle.pop() ?? this.#start();
    return new LibsslStack({ agent, profile: this.#profile, release: () => this.#idle.push(agent) });
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

  perform(call: StackCall): StackAnswer {
    const joined = this.#joined(call);
    for (const ssl of joined) this.#feed(ssl);
    const answer = this.#agent.ask({
      ask: 'call',
      call: call.call,
      args: call.args.map(toWire),
      watch: call.watch,
      owned: call.owned,
    });
    if (answer.tell !== 'answer') throw new Error(`the agent answered ${answer.tell}`);
    const events = answer.events.map(
      (event): Happening =>
        event.name === 'get' ? { ...event, id: new Uint8Array(Buffer.from(event.id, 'hex')) } : event,
    );
    for (const event of events) if (event.name === 'freed') this.#attached.delete(event.object);
    for (const ssl of joined) if (this.#attached.has(ssl)) this.#drain(ssl);
    // What `toWire` wrote in the agent.
    return { ...answer, ret: fromWire(answer.ret) as ReturnValue, events };
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
