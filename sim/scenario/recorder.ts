/** Writes a scenario down: hosts, links, steps, faults and what must hold. Nothing runs meanwhile. */
import { type DrawObserver, Randomness } from '../kernel/index.js';
import type { Check, Fault, FaultAction, Guard, HostPlan, Json, LinkPlan, Plan, Step } from '../plan/index.js';
import { planFormat } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import type { Book, StepInMaking } from './book.js';
import type { Tls } from './context.js';
import { Draws } from './draws.js';
import { ScenarioError } from './error.js';
import { drawLink } from './link.js';
import { inCallback, Observation } from './observation.js';
import { HostRecorder } from './process.js';
import { type ServerOptions, ServerRecorder } from './server.js';

export interface RecorderOptions {
  readonly name: string;
  readonly seed: string;
  readonly profile: Profile;
  /** What contexts take where nothing is said: `any`, as in libssl, unless told. */
  readonly tls?: Tls;
  readonly onDraw?: DrawObserver;
  /** Stands in for every recorded value: see `checkRecording`. */
  readonly probe?: { readonly value: unknown };
}

/** When a fault happens, as a scenario says it. */
export type When =
  | { readonly atUs: number }
  | { readonly after: Observation; readonly us?: number }
  | { readonly point: string; readonly on: HostRecorder; readonly nth?: number };

/** Says what must hold. `because` is a sentence for whoever reads that it did not. */
export interface Expect {
  (observation: Observation, is: Json, because: string): void;
  /** That invariant must be broken, at that step where one is given: the scenario commits the act on purpose. */
  violation(invariant: string, because: string, at?: Observation): void;
}

type HostOptions = Omit<HostPlan, 'name'>;
type LinkOptions = Omit<LinkPlan, 'from' | 'to'>;

/** A plan's dice are a number below this. */
const diceMax = 2 ** 31;

export class Recorder {
  readonly seed: string;
  readonly profile: Profile;
  /** What the seed decides. */
  readonly draw: Draws;
  readonly expect: Expect;
  readonly #name: string;
  readonly #book: Book;
  readonly #dice: number;
  readonly #probe: { readonly value: unknown } | undefined;
  readonly #hosts: HostPlan[] = [];
  readonly #links: LinkPlan[] = [];
  readonly #steps: Step[] = [];
  readonly #faults: Fault[] = [];
  readonly #checks: Check[] = [];
  readonly #pairs = new Map<string, readonly [string, string]>();
  /** Who stands behind a balancer: bytes go straight to them. */
  readonly #balanced = new Map<string, readonly string[]>();
  readonly #stepsOfHost = new Map<string, number>();
  #guard: Guard | undefined;

  constructor(options: RecorderOptions) {
    this.#name = options.name;
    this.seed = options.seed;
    this.profile = options.profile;
    this.#probe = options.probe;
    const random = new Randomness(options.seed, options.onDraw);
    this.draw = new Draws(random);
    this.#dice = random.stream('dice').int(diceMax);
    this.#book = this.#makeBook(options.tls ?? 'any');
    this.expect = this.#makeExpect();
  }

  /** A host with one process. */
  host(name: string, options: HostOptions = {}): HostRecorder {
    this.#addHost(name, options);
    return new HostRecorder(this.#book, name);
  }

  /** A host whose process is a client: `client` where no name is given. */
  client(name = 'client', options: HostOptions = {}): HostRecorder {
    return this.host(name, options);
  }

  /** A host with a TLS server of the emulator: certificate, context, accept loop. */
  server(options: ServerOptions & HostOptions = {}): ServerRecorder {
    const { name = 'server', skewMs, driftPpm, sendBufferBytes, receiveBufferBytes, ...server } = options;
    this.#addHost(name, {
      ...(skewMs === undefined ? {} : { skewMs }),
      ...(driftPpm === undefined ? {} : { driftPpm }),
      ...(sendBufferBytes === undefined ? {} : { sendBufferBytes }),
      ...(receiveBufferBytes === undefined ? {} : { receiveBufferBytes }),
    });
    return new ServerRecorder(this.#book, name, server);
  }

  /**
   * A host that hands connections on to servers: each in turn, or by the client's address. It is the host's process that does so,
   * and bytes go straight between client and server.
   */
  balancer(options: {
    readonly name?: string;
    readonly port?: number;
    readonly to: readonly { readonly name: string }[];
    readonly by?: 'turn' | 'hash';
    /** Looks whether the servers take connections: out after `fall` (3) times that one does not, in again after `rise` (2). */
    readonly check?: { readonly everyUs: number; readonly fall?: number; readonly rise?: number };
  }): HostRecorder {
    const { name = 'balancer', port = 443, to, by = 'turn', check } = options;
    const host = this.host(name);
    const servers = to.map((server) => server.name);
    this.#balanced.set(name, servers);
    host.boot(() => {
      host.call('balance', [{ port, to: servers, by, ...(check === undefined ? {} : { check }) }], 'outcome');
    });
    return host;
  }

  /** The way between two hosts, both directions alike. Where a scenario says nothing, the seed draws one. */
  link(a: { readonly name: string }, b: { readonly name: string }, options: LinkOptions): void {
    this.#links.push({ from: a.name, to: b.name, ...options });
  }

  /** The value on one profile or another. */
  byProfile<T>(values: Readonly<Record<Profile, T>>): T {
    return values[this.profile];
  }

  /** Records steps that are made only where an earlier step turned out so. */
  when(observation: Observation, is: Json, record: () => void): void {
    const before = this.#guard;
    if (before !== undefined) throw new ScenarioError('one w.when inside another: a step has one guard');
    this.#guard = {
      step: this.#stepOf(observation),
      field: observation instanceof Observation ? observation.field : 'ret',
      is,
    };
    record();
    this.#guard = before;
  }

  /** @param options - `lastsUs`: after so long it ends, and all is as before */
  fault(action: FaultAction, when: When, options: { readonly lastsUs?: number } = {}): void {
    const { lastsUs } = options;
    const id = `fault-${this.#faults.length + 1}`;
    this.#faults.push({ id, at: this.#anchor(when), ...(lastsUs === undefined ? {} : { lastsUs }), action });
  }

  /** At a point inside a call of a host's process, the next steps of another task of it are made; then the call goes on. */
  enter(task: { readonly name?: string; readonly steps: number }, at: Extract<When, { point: string }>): void {
    const named = task.name === undefined ? {} : { task: task.name };
    this.fault({ do: 'enter', host: at.on.name, ...named, steps: task.steps }, at);
  }

  /** The process dies: nothing is freed. Its sockets are reset, or its peers hear nothing. */
  crash(host: HostRecorder, when: When, how: 'reset' | 'half-open' = 'reset'): void {
    this.fault({ do: 'crash', host: host.name, how }, when);
  }

  /** A new process on the host, with the disk as it was. */
  restart(host: HostRecorder, when: When): void {
    this.fault({ do: 'restart', host: host.name }, when);
  }

  /** The network ends what `from` sends on the connection that `connect` opened, after so many bytes of the stream. */
  cut(connect: Observation, options: { readonly from: HostRecorder; readonly afterBytes: number }): void {
    const connection = this.#stepOf(connect);
    this.fault({ do: 'cut', connection, from: options.from.name, afterBytes: options.afterBytes }, { atUs: 0 });
  }

  /**
   * The network flips a bit of what `from` sends on the connection that `connect` opened.
   * @param options - `byte`: its place in the stream, or in the `record` (the first is 1); `bit`: 0 to 7, the lowest unless told
   */
  corrupt(
    connect: Observation,
    options: { readonly from: HostRecorder; readonly record?: number; readonly byte: number; readonly bit?: number },
  ): void {
    const connection = this.#stepOf(connect);
    this.fault({ ...options, do: 'corrupt', connection, from: options.from.name }, { atUs: 0 });
  }

  /**
   * The network records what `from` sends on the connection that `connect` opened, and plays it into the one that `into` opened, in
   * front of all that `by` sends on that: its first `records`.
   */
  replay(
    connect: Observation,
    options: {
      readonly from: HostRecorder;
      readonly records: number;
      readonly into: Observation;
      readonly by: HostRecorder;
    },
  ): void {
    const [connection, into] = [this.#stepOf(connect), this.#stepOf(options.into)];
    const { from, by, records: count } = options;
    this.fault(
      { do: 'replay', connection, from: from.name, record: 1, count, into, by: by.name, before: 1 },
      { atUs: 0 },
    );
  }

  /** The plan that was recorded. */
  finish(): Plan {
    for (const [from, to] of this.#pairs.values()) {
      const known = this.#links.some(
        (link) => (link.from === from && link.to === to) || (link.from === to && link.to === from),
      );
      if (!known) this.#links.push({ from, to, ...drawLink(this.draw, `${from}-${to}`) });
    }
    return {
      format: planFormat,
      name: this.#name,
      seed: this.seed,
      dice: this.#dice,
      profile: this.profile,
      hosts: this.#hosts,
      links: this.#links,
      steps: this.#steps,
      faults: this.#faults,
      checks: this.#checks,
      drawn: this.draw.drawn,
    };
  }

  #makeBook(tls: Tls): Book {
    return {
      tls,
      step: (on, task, add) => {
        const n = (this.#stepsOfHost.get(on) ?? 0) + 1;
        this.#stepsOfHost.set(on, n);
        const id = `${on}-${n}`;
        const step: StepInMaking = { id, on };
        if (task !== 'main') step.task = task;
        add(step);
        if (this.#guard !== undefined) step.when = this.#guard;
        this.#steps.push(step as Step); // it has all that a step must have
        return id;
      },
      observation: (step, field) => {
        const observation = new Observation(step, field);
        // A probe takes the place of the value on purpose: what it is not, is what is being looked for.
        return this.#probe === undefined ? observation : (this.#probe.value as Observation);
      },
      stepOf: (observation) => this.#stepOf(observation),
      linked: (from, to) => {
        for (const end of this.#balanced.get(to) ?? [to]) {
          const key = from < end ? `${from} ${end}` : `${end} ${from}`;
          if (!this.#pairs.has(key)) this.#pairs.set(key, [from, end]);
        }
      },
    };
  }

  #addHost(name: string, options: HostOptions): void {
    if (this.#hosts.some((host) => host.name === name)) throw new ScenarioError(`two hosts are called ${name}`);
    this.#hosts.push({ name, ...options });
  }

  #makeExpect(): Expect {
    const id = (): string => `check-${this.#checks.length + 1}`;
    const expect = (observation: Observation, is: Json, because: string): void => {
      const field = observation instanceof Observation ? observation.field : 'ret';
      this.#checks.push({ id: id(), step: this.#stepOf(observation), field, is, because });
    };
    const violation = (invariant: string, because: string, at?: Observation): void => {
      this.#checks.push({
        id: id(),
        violation: invariant,
        ...(at === undefined ? {} : { step: this.#stepOf(at) }),
        because,
      });
    };
    return Object.assign(expect, { violation });
  }

  #anchor(when: When): Fault['at'] {
    if ('atUs' in when) return { us: when.atUs };
    if ('point' in when) return { point: when.point, on: when.on.name, nth: when.nth ?? 1 };
    return { after: this.#stepOf(when.after), ...(when.us === undefined ? {} : { us: when.us }) };
  }

  #stepOf(observation: Observation): string {
    if (observation instanceof Observation) {
      if (observation.step !== inCallback) return observation.step;
      throw new ScenarioError('what runs in a callback runs any number of times: look at a step outside of it');
    }
    if (this.#probe !== undefined) return 'probe';
    throw new ScenarioError('expected what a recorded step gives: w.expect(session.refs(), 2, …)');
  }
}
