/** One run: the kernel, the network, the hosts, and everything that is known of what happens. */
import type { CryptoProvider } from 'simtls';
import { Handshakes } from '../audit/index.js';
import { dataAfterFatal, judgeAgreement, judgeEnding } from '../invariants/index.js';
import { type DrawObserver, Kernel, Randomness } from '../kernel/index.js';
import { bufferBytesMax, Network, type NetworkTap } from '../network/index.js';
import type { Guard, Json, ObservationField, Plan } from '../plan/index.js';
import type { Line } from '../program/index.js';
import type { LibsslPool } from '../stacks/index.js';
import { Trace, type TraceSink } from '../trace/index.js';
import type { Ended } from './activity.js';
import type { CodeUnderTest } from './code-under-test.js';
import { remembers } from './commitments.js';
import { type Connection, Connections, type End } from './connections.js';
import type { StepSource } from './drawn.js';
import { Faults } from './faults.js';
import { Judge } from './judge.js';
import { keyNamed } from './observed.js';
import type { Process } from './process.js';
import type { BoundName, ObjectMade, StepResult } from './result.js';
import { SimHost } from './sim-host.js';
import type { ReadyPlan, ReadyStep } from './step.js';

const nothing: StepResult['observed'] = Object.freeze({});
const none: readonly string[] = Object.freeze([]);

export interface WorldOptions {
  readonly crypto: CryptoProvider;
  readonly trace?: TraceSink | undefined;
  readonly onDraw?: DrawObserver | undefined;
  readonly observe?: ((line: Line) => void) | undefined;
  readonly tap?: ((nowUs: () => number) => NetworkTap) | undefined;
  readonly keyLog?: ((line: string) => void) | undefined;
  readonly onName?: ((bound: BoundName) => void) | undefined;
  readonly onObject?: ((made: ObjectMade) => void) | undefined;
  /** In place of the plan's. */
  readonly seed?: string | undefined;
  readonly code?: CodeUnderTest | undefined;
  /** Agents of real OpenSSL, in place of the model. */
  readonly libssl?: LibsslPool | undefined;
  readonly details?: boolean | undefined;
  /** Makes up the steps of the plan's tasks while they run. */
  readonly source?: StepSource | undefined;
}

/** Where sizes do not come from the seed, none may decide when something arrives: what is written together travels together. */
const travelWhole = { segmentBytes: { min: bufferBytesMax, max: bufferBytesMax } };

export class World {
  readonly plan: Plan;
  readonly kernel: Kernel;
  readonly network: Network;
  readonly crypto: CryptoProvider;
  readonly trace: Trace;
  /** Told of every C call as API programs write it down. */
  readonly observe: ((line: Line) => void) | undefined;
  /** Told of every master secret. */
  readonly keyLog: ((line: string) => void) | undefined;
  /** Told of each name that a step binds to an object. */
  readonly onName: ((bound: BoundName) => void) | undefined;
  /** Told of each object that comes to be on the model. */
  readonly onObject: ((made: ObjectMade) => void) | undefined;
  /** Where the run has some: its bytes and their sizes do not come from the seed. */
  readonly code: CodeUnderTest | undefined;
  /** Agents of real OpenSSL; undefined: the processes run on the model. */
  readonly libssl: LibsslPool | undefined;
  /** Whether programs of the plan do what has to be remembered of their connections. */
  readonly remembers: boolean;
  /** Whether it is noted what each connection negotiates. */
  readonly details: boolean;
  /** Makes up steps while the world runs; undefined: all of them stand in the plan. */
  readonly source: StepSource | undefined;
  readonly judge: Judge;
  readonly faults: Faults;
  readonly connections: Connections = new Connections();
  /** What the handshakes of the model's connections came to. */
  readonly handshakes: Handshakes = new Handshakes();
  readonly hosts: Map<string, SimHost> = new Map();
  readonly results: Map<string, StepResult> = new Map();
  /** Events that wait and mean nothing by themselves: a world with these alone is quiet. */
  background = 0;
  readonly seed: string;
  readonly #stepWaiters = new Map<string, (() => void)[]>();
  #afterStep: (() => void) | undefined;

  constructor(ready: ReadyPlan, options: WorldOptions) {
    const { plan } = ready;
    this.plan = plan;
    this.seed = options.seed ?? plan.seed;
    this.kernel = new Kernel({ seed: this.seed, dice: plan.dice, onDraw: options.onDraw });
    this.code = options.code;
    this.libssl = options.libssl;
    this.details = options.details ?? false;
    this.source = options.source;
    this.remembers = remembers(plan.steps);
    this.network = new Network(this.kernel, {
      ...options.tap?.(() => this.kernel.nowUs),
      ...(this.code === undefined ? {} : { path: travelWhole }),
    });
    this.crypto = options.crypto;
    this.observe = options.observe;
    this.keyLog = options.keyLog;
    this.onName = options.onName;
    this.onObject = options.onObject;
    this.trace = new Trace(() => this.kernel.nowUs, options.trace, { sizes: this.code === undefined });
    this.judge = new Judge(this.trace, plan.checks, { looksInside: this.libssl === undefined });
    for (const host of plan.hosts) this.hosts.set(host.name, new SimHost(this, host, ready.tasks.get(host.name) ?? []));
    this.#link();
    this.faults = new Faults(this, plan.faults);
  }

  /** Starts the first process of each host. */
  start(): void {
    for (const host of this.hosts.values()) host.start();
  }

  /** The run is over. */
  end(): void {
    for (const host of this.hosts.values()) host.process?.release();
  }

  // Steps

  /** Why a step is not made; undefined: it is. */
  reasonToSkip(step: ReadyStep): string | undefined {
    const guard = step.when;
    return guard === undefined || this.#guardHolds(guard) ? undefined : 'its guard does not hold';
  }

  skipStep(process: Process, step: ReadyStep, reason: string): void {
    this.trace.world(process.home.name, step.id, { kind: 'step', what: 'skipped', call: step.call, reason });
    this.#settle(step.id, { outcome: 'skipped', observed: {}, errors: [reason] });
  }

  beginStep(process: Process, step: ReadyStep): void {
    this.trace.world(process.home.name, step.id, { kind: 'step', what: 'begun', call: step.call });
  }

  endStep(process: Process, step: ReadyStep, ended: Ended): void {
    process.stepEnded();
    this.#ended(process, step.id, step.call, ended);
  }

  /** A connection of an accept loop is over: the step `ID/n`. */
  servedStep(process: Process, id: string, ended: Ended): void {
    this.#ended(process, id, 'serve', ended);
  }

  /** Calls back once a step of that id has ended: at once, where it has. */
  onStepEnd(step: string, callback: () => void): void {
    const waiting = this.#stepWaiters.get(step);
    if (waiting === undefined) this.#stepWaiters.set(step, [callback]);
    else waiting.push(callback);
  }

  /** Has something done once the step at work has been written down. */
  stopAfterStep(act: () => void): void {
    this.#afterStep = act;
  }

  // What goes over the network

  connecting(process: Process, connection: Connection): void {
    const { number, client } = connection;
    const opened = (): void => this.faults.opened(connection); // named first: see End
    if (client !== undefined) client.onOpen = opened;
    const ends = { peer: connection.meantHost, ssl: client?.ssl ?? 0 };
    this.trace.world(process.home.name, process.step, {
      kind: 'connection',
      what: 'opening',
      connection: number,
      ...ends,
    });
  }

  accepted(process: Process, id: string, end: End): void {
    const { number: connection, clientHost: peer } = end.connection;
    this.trace.world(process.home.name, id, { kind: 'connection', what: 'accepted', connection, peer, ssl: end.ssl });
  }

  data(process: Process, end: End, what: 'sent' | 'received', bytes: Uint8Array): void {
    const { number } = end.connection;
    if (end.fatal) this.judge.report(process.home.name, process.step, dataAfterFatal(number, what, bytes.length));
    const event = { kind: 'data', what, connection: number, length: bytes.length, sum: sumOf(bytes) } as const;
    this.trace.world(process.home.name, process.step, event);
    process.oversight.commitments.carries(end);
  }

  /** One end has finished its handshake. */
  handshakeDone(process: Process, end: End): void {
    const { client, server, number } = end.connection;
    if (client?.reused !== undefined && server?.reused !== undefined) {
      const reused = { client: client.reused, server: server.reused };
      this.judge.report(process.home.name, process.step, judgeAgreement(number, reused));
      if (this.remembers && reused.client + reused.server === 2) this.#identify(client, server);
    }
    if (end === client && end.reused === 1) process.oversight.commitments.resumed(end);
    process.oversight.handshakeDone(end);
    process.oversight.lookAtCaches();
  }

  /** An application was told that the stream has ended well. */
  toldComplete(process: Process, end: End): void {
    const { connection } = end;
    const writer = end === connection.client ? connection.server : connection.client;
    // Behind a fatal alert SSL_read says "closed": who reads on was told before that the connection has failed.
    if (writer === undefined || writer.foreign || end.fatal) return;
    const ending = {
      connection: connection.number,
      reader: process.home.name,
      sentBytes: writer.sentBytes,
      receivedBytes: end.receivedBytes,
      closeNotify: end.peerClosed,
      ignoresEof: process.oversight.ignoresEof(end),
    };
    this.judge.report(process.home.name, process.step, judgeEnding(ending));
  }

  /** Bytes that depend on seed and label alone, however often they are asked for. */
  sharedBytes(label: string, target: Uint8Array): void {
    new Randomness(this.seed).fill(label, target);
  }

  /** Both have resumed: whom does the server take the client for? */
  #identify(client: End, server: End): void {
    const { clientHost, serverHost } = client.connection;
    const [asking, asked] = [this.hosts.get(clientHost)?.process, this.hosts.get(serverHost)?.process];
    if (asking?.ends.has(client) !== true || asked?.ends.has(server) !== true || client.foreign || server.foreign)
      return;
    if (!asking.alive || !asked.alive) return;
    const key = keyNamed(asked.stack.peerCertificate(server.ssl));
    if (key !== null) asking.oversight.commitments.takenFor(client, key);
  }

  #ended(process: Process, id: string, call: string, ended: Ended): void {
    const { outcome, observed = nothing, errors = none } = ended;
    const value = typeof observed.ret === 'number' ? observed.ret : 0;
    this.trace.world(process.home.name, id, { kind: 'step', what: 'ended', call, outcome, value });
    this.#settle(id, { outcome, observed, errors });
    const act = this.#afterStep;
    this.#afterStep = undefined;
    act?.();
  }

  #settle(id: string, result: StepResult): void {
    this.results.set(id, result);
    this.source?.ended(id, result, this.kernel.nowUs);
    const waiting = this.#stepWaiters.get(id);
    if (waiting !== undefined) {
      this.#stepWaiters.delete(id);
      for (const callback of waiting) this.kernel.schedule(0, 'awaited', callback);
    }
    this.faults.stepEnded(id);
  }

  #guardHolds(guard: Guard): boolean {
    const result = this.results.get(guard.step);
    const seen = result && seenIn(result, guard.field);
    if (seen === undefined) return false;
    if (guard.is !== undefined && !sameJson(seen, guard.is)) return false;
    return guard.not === undefined || !sameJson(seen, guard.not);
  }

  #link(): void {
    const named = new Set(this.plan.links.map((link) => `${link.from} ${link.to}`));
    for (const plan of this.plan.links) {
      const { from, to, resetOvertakes } = plan;
      const isPlain = resetOvertakes === undefined && this.code === undefined;
      const more = this.code === undefined ? {} : travelWhole;
      const options = isPlain ? plan : { ...plan, resetDropsFlight: resetOvertakes ?? false, ...more };
      const a = this.hosts.get(from)?.host.id;
      const b = this.hosts.get(to)?.host.id;
      if (a === undefined || b === undefined) continue;
      const oneWay = named.has(`${to} ${from}`);
      if (oneWay) this.network.link(a, b).change(options, { from: a });
      else this.network.link(a, b).change(options);
    }
  }
}

/** What a step has shown; undefined where it has shown nothing of the kind. */
export function seenIn(result: StepResult, field: ObservationField): Json | undefined {
  return field === 'outcome' ? result.outcome : result.observed[field];
}

/** Whether two observations are the same value. */
export function sameJson(a: Json, b: Json): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += bytes[i] ?? 0;
  return sum;
}
