/** A process: the objects it made, the sockets it opened, the tasks it runs. It dies with all of them. */
import type { Point, StackEvent } from 'simtls';
import { type Moment, opensWith, ProcessAudit } from '../audit/index.js';
import type { Misbehaviour } from '../emulator/index.js';
import type { Host } from '../host/index.js';
import { type Broken, bothWrite, crashedIn, misused, saidCloseAgain } from '../invariants/index.js';
import type { ProgramStep } from '../program/index.js';
import { type ArgumentValue, type ObjectId, type StackAnswer, StackCrash } from '../stacks/index.js';
import { type Ended, ok } from './activity.js';
import { CodeProcess } from './code-process.js';
import type { CodeUnderTest } from './code-under-test.js';
import { Commitments } from './commitments.js';
import type { End } from './connections.js';
import { KeptSessions } from './kept-sessions.js';
import { LibsslProcessStack } from './libssl-process-stack.js';
import { Listening } from './listening.js';
import { wantsContextLock } from './locks.js';
import { ModelProcessStack } from './model-process-stack.js';
import { MisusedInCallback, Objects } from './objects.js';
import { connectionObserved, observedOf } from './observed.js';
import { ProcessEnvironment } from './process-environment.js';
import type { ProcessStack } from './process-stack.js';
import { refused } from './refused.js';
import type { SimHost } from './sim-host.js';
import { bootTask, type ReadyStep } from './step.js';
import { Task } from './task.js';
import type { VerbOptions } from './verbs.js';
import { ObjectWatch } from './watch.js';
import type { World } from './world.js';

const ignoreUnexpectedEof = 0x80; // SSL_OP_IGNORE_UNEXPECTED_EOF

/** Unwinds a call that a crash ends: nothing that the call had in hand is given back. */
const crashed = Symbol('the process has crashed');

export class Process {
  readonly world: World;
  readonly home: SimHost;
  readonly host: Host;
  /** Which process of its host it is, from 1. */
  readonly run: number;
  readonly stack: ProcessStack;
  readonly kept: KeptSessions = new KeptSessions();
  readonly commitments: Commitments;
  readonly #label: string;
  readonly #objects: Objects;
  readonly #watch: ObjectWatch;
  /** Of the model alone: nobody can look into the objects of real OpenSSL. */
  readonly #audit: ProcessAudit | undefined;
  readonly #ends = new Map<ObjectId, End>();
  readonly #listening: Listening[] = [];
  readonly #tasks: Task[] = [];
  #code: CodeProcess | undefined;
  #alive = true;
  /** The last task whose steps came inside a call of another, whether they do now, and whether any such step freed something. */
  #entered: { readonly by: string; inside: boolean; freed: boolean } | undefined;
  #step = '';

  constructor(home: SimHost, run: number) {
    this.home = home;
    this.world = home.world;
    this.host = home.host;
    this.run = run;
    this.#label = `${home.name}/${run}`;
    this.#audit = this.world.libssl === undefined ? this.#openAudit() : undefined;
    this.stack = this.#openStack();
    this.#objects = new Objects(this.stack.stack, this.world.observe);
    this.#watch = new ObjectWatch(this.#objects, this.stack, (broken) => this.#report(broken));
    this.commitments = this.#makeCommitments();
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** The step at work. */
  get step(): string {
    return this.#step;
  }

  /** Whether more than one task has steps left, so that they take turns. */
  get interleaves(): boolean {
    let left = 0;
    for (const task of this.#tasks) if (!task.over) left += 1;
    return left > 1;
  }

  at(step: string): void {
    if (this.#step === step) return;
    this.#step = step;
    this.stack.setStep(step);
  }

  /** Starts the boot task, and the others once it is over. */
  start(): void {
    this.world.trace.world(this.home.name, '', { kind: 'process', what: 'started', run: this.run });
    const boot = this.home.tasks.find((task) => task.name === bootTask);
    if (boot === undefined) {
      this.#startTasks();
      return;
    }
    const task = new Task(this, boot, 0);
    this.#tasks.push(task);
    this.host.schedule(0, 'boot', () => task.wake());
  }

  /** A task has no steps left. */
  taskOver(task: Task): void {
    if (task.name === bootTask) this.#startTasks();
  }

  /** Runs what may meet a crash of this process in the middle of a call. */
  guarded(act: () => void): void {
    try {
      act();
    } catch (cause) {
      if (cause !== crashed) throw cause;
    }
  }

  /** Everything of it is gone, unfreed. Called by the host, which then deals with sockets and disk. */
  die(what: 'crashed' | 'aborted'): void {
    this.#alive = false;
    this.world.source?.died(this.home.name, what);
    this.#code?.end();
    for (const task of this.#tasks) {
      this.home.begun.set(task.name, task.begun);
      task.drop(what);
    }
    for (const listening of this.#listening) listening.drop(what);
    this.world.trace.world(this.home.name, this.#step, { kind: 'process', what, run: this.run });
    this.stack.end('died');
  }

  /** The run is over: what the process has outside of this one is given back. */
  release(): void {
    if (this.#alive) this.stack.end('exited');
  }

  /**
   * Makes whole steps of a task (of any, where none is named) inside the call that passes `point`: what another thread does meanwhile. Where libssl holds the
   * lock of a context there, steps that want it stay out; so does the task whose call it is, and a step that has to wait.
   * @returns how many were made
   */
  enter(name: string | undefined, steps: number, point: Point): number {
    const tasks = this.#tasks.filter((one) => !one.over && (name === undefined || one.name === name));
    const step = this.#step;
    const mayEnter = (ready: ReadyStep): boolean => point.locked === undefined || !wantsContextLock(ready);
    const entered = { by: name ?? 'another task', inside: true, freed: this.#entered?.freed ?? false };
    this.#entered = entered;
    let made = 0;
    for (const task of tasks) {
      if (made < steps && this.#alive) made += this.stack.asAnotherThread(() => task.enter(steps - made, mayEnter));
    }
    entered.inside = false;
    if (!this.#alive) throw crashed;
    this.at(step);
    if (!this.#watch.lives(point.object)) {
      this.#abort(
        misused({
          kind: 'use-after-free',
          call: step,
          handle: this.#objects.nameOf(point.object),
          more: `, freed inside of it by ${entered.by}`,
          object: point.object,
        }),
      );
    }
    return made;
  }

  /** A call of C, or one of the format's own. */
  call(step: ProgramStep): Ended {
    const settle = this.#lookBefore(step);
    const done = this.#objects.execute(step);
    if (done.missing !== undefined) return { outcome: 'skipped', errors: [done.missing] };
    if (done.misuse !== undefined) {
      const { kind, fatal } = done.misuse;
      this.#report(misused({ ...done.misuse, call: step.call }));
      return fatal ? this.#abortAfterStep(kind) : { outcome: kind };
    }
    if (done.crash !== undefined) {
      this.#report(this.#crashed(step.call, done.crash));
      return this.#abortAfterStep(done.crash);
    }
    if (step.let !== undefined) this.#named(step.let);
    if (step.call === 'SSL_clear') this.#cleared(step);
    if (this.#audit === undefined) this.#watch.noteSize(step);
    this.#lookAfter(step);
    settle?.();
    this.commitments.called(step);
    return { outcome: 'ok', observed: { ret: done.ret }, errors: done.errors };
  }

  /** A connection begins anew on a stream on which it had begun already: its peer can make nothing of that. */
  #cleared({ args: [first] }: ProgramStep): void {
    const ssl = first?.kind === 'name' ? this.#objects.lookup(first.name, 'ssl') : undefined;
    const end = typeof ssl === 'number' ? this.#ends.get(ssl) : undefined;
    if (end !== undefined) end.connection.mistreated = true;
  }

  /** Tells whom it concerns which object a name stands for. */
  #named(name: string): void {
    const { onName } = this.world;
    if (onName === undefined) return;
    const object = this.#objects.lookup(name);
    if (typeof object === 'number') onName({ host: this.home.name, run: this.run, name, object });
  }

  /** What can be seen of a named object. */
  observe(name: string): Ended {
    const id = this.#objects.lookup(name);
    if (typeof id !== 'number') return { outcome: 'skipped', errors: [id.missing] };
    const seen = this.#objects.snapshot(id);
    if (seen === undefined) return { outcome: 'gone', observed: { refs: 0 } };
    const observed = observedOf(seen, (object) => this.#objects.nameOf(object));
    const more = seen.kind === 'ssl' ? connectionObserved(this, id, this.#ends.get(id)) : {};
    return { outcome: 'ok', observed: { ...observed, ...more } };
  }

  /** A call on an object, as verbs make them. */
  perform(call: string, object: ObjectId, ...more: ArgumentValue[]): StackAnswer {
    // Another task may have freed what a verb is at work on.
    if (!this.#watch.lives(object)) {
      this.#abort(misused({ kind: 'use-after-free', call, handle: this.#objects.nameOf(object), object }));
    }
    try {
      const answer = this.#objects.perform(call, [{ object }, ...more]);
      this.#audit?.called(object);
      return answer;
    } catch (cause) {
      if (cause instanceof MisusedInCallback) this.#abort(misused({ ...cause.misused, call: cause.call }));
      if (cause instanceof StackCrash) this.#abort(this.#crashed(call, cause.signal));
      throw cause;
    }
  }

  /** The handshake of an end is done. */
  handshakeDone(end: End): void {
    const ssl = this.#audit?.connection(end.ssl);
    if (ssl === undefined) return;
    const { connection } = end;
    const at = this.#now();
    const side = end === connection.client ? 'client' : 'server';
    const { acceptedAt = at, openedWith } = end;
    const done = { ssl, resumed: end.reused === 1, at, acceptedAt, openedWith };
    const broken = this.world.handshakes.done(connection.number, side, done);
    for (const one of broken) this.#report(one);
  }

  #now(): Moment {
    return { us: this.world.kernel.nowUs, ms: this.host.clock.nowMs() };
  }

  /** A wait on an end was given up: looks whether its peer waits for the same. */
  gaveUp(end: End): void {
    const { connection } = end;
    const { client, server } = connection;
    end.gaveUp = true;
    if (connection.stuck || client === undefined || server === undefined) return;
    if (!this.waitsToWrite(end) || client.socket.unreadBytes === 0 || server.socket.unreadBytes === 0) return;
    const peer = end === client ? connection.serverHost : connection.clientHost;
    const other = this.world.hosts.get(peer)?.process;
    if (other?.waitsToWrite(end === client ? server : client) !== true) return;
    connection.stuck = true;
    this.#report(bothWrite(connection.number, { inHandshake: server.reused === undefined }));
  }

  /** Whether an end is of this process: not of one on this host before it. */
  has(end: End): boolean {
    return this.#ends.get(end.ssl) === end;
  }

  /** Whether the last call on an end has had to wait until it can write. */
  waitsToWrite(end: End): boolean {
    return this.#alive && this.#audit?.connection(end.ssl)?.want === 'writing';
  }

  /** Whether an end takes the end of its stream for a close_notify; undefined: nobody can tell. */
  ignoresEof(end: End): boolean | undefined {
    return this.#audit?.connection(end.ssl)?.has(ignoreUnexpectedEof);
  }

  /** Early data has come. */
  earlyDataCame(end: End): void {
    const ssl = end.actsEarly ? this.#audit?.connection(end.ssl) : undefined;
    if (ssl !== undefined) this.#report(this.world.handshakes.early(end.connection.number, ssl));
  }

  /** Something may have been put into a cache. */
  lookAtCaches(): void {
    if (this.#audit === undefined) this.#watch.lookAtCaches();
  }

  /** Nothing is under way any more. */
  atQuiet(): void {
    if (this.#alive) this.#audit?.end();
  }

  /** A step of it is over. */
  stepEnded(): void {
    if (!this.#alive) return;
    for (const session of this.kept.tooMany()) this.perform('SSL_SESSION_free', session);
    this.commitments.stepEnded();
  }

  bytes(name: string): Uint8Array | undefined {
    return this.#objects.bytes(name);
  }

  /** Names what no call of C returned: bytes, or an object of which the program gets a reference. */
  bind(name: string, what: Uint8Array | ObjectId): void {
    this.#objects.bind(name, what);
    this.#named(name);
  }

  /** Opens a stream to a host and joins a connection to it. */
  connect(step: string, name: string, options: VerbOptions['connect']): End | Ended {
    const ssl = this.connection(name);
    if (typeof ssl !== 'number') return ssl;
    const to = this.world.hosts.get(options.to);
    if (to === undefined) return { outcome: 'skipped', errors: [`no host ${options.to}`] };
    const socket = refused(() => this.world.network.connect(this.host.id, to.host.address, options.port));
    if ('outcome' in socket) return socket;
    const connection = this.world.connections.open(step, { client: this.home.name, server: to.name }, socket);
    const end = connection.client;
    if (end === undefined) return { outcome: 'skipped' };
    this.#join(end, ssl);
    this.perform('SSL_set_connect_state', ssl);
    this.world.connecting(this, connection);
    return end;
  }

  /** The end that a named connection was joined to. */
  endOf(name: string, verb: string): End | Ended {
    const ssl = this.connection(name);
    if (typeof ssl !== 'number') return ssl;
    const misuse = verb === 'disconnect' ? undefined : this.#objects.misuseOfIo(name);
    if (misuse !== undefined) {
      this.#report(misused({ ...misuse, call: verb, object: ssl }));
      return this.#abortAfterStep(misuse.kind);
    }
    const end = this.#ends.get(ssl);
    return end ?? { outcome: 'skipped', errors: [`${name} was never connected`] };
  }

  /** The context of that name, or how a step ends that has none. */
  context(name: string): ObjectId | Ended {
    const ctx = this.#objects.lookup(name, 'ctx');
    return typeof ctx === 'number' ? ctx : { outcome: 'skipped', errors: [ctx.missing] };
  }

  /** The connection of that name, or how a step ends that has none. */
  connection(name: string): ObjectId | Ended {
    const ssl = this.#objects.lookup(name, 'ssl');
    return typeof ssl === 'number' ? ssl : { outcome: 'skipped', errors: [ssl.missing] };
  }

  /** Whether an object of it has not been freed. */
  lives(object: ObjectId): boolean {
    return this.#watch.lives(object);
  }

  /** Its servers begin to treat their clients badly. */
  misbehave(misbehaviour: Misbehaviour): void {
    for (const listening of this.#listening) listening.misbehave(misbehaviour);
  }

  /** The accept loop of the emulator on a named context. */
  serve(step: string, name: string, options: VerbOptions['serve']): Ended {
    const ctx = this.context(name);
    if (typeof ctx !== 'number') return ctx;
    const hosts = new Map<string, ObjectId>();
    for (const [server, context] of Object.entries(options.virtualHosts)) {
      const id = this.#objects.lookup(context.slice(1), 'ctx');
      if (typeof id === 'number') hosts.set(server, id);
    }
    if (hosts.size > 0) this.stack.setVirtualHosts(ctx, hosts);
    const listening = refused(() => new Listening(this, step, ctx, options));
    if ('outcome' in listening) return listening;
    this.#listening.push(listening);
    return ok;
  }

  /** What of the code under test is in this process. */
  codeOf(all: CodeUnderTest): CodeProcess {
    this.#code ??= new CodeProcess(this, all);
    return this.#code;
  }

  /** Bytes of this process's own randomness. */
  fillRandom(purpose: string, target: Uint8Array): void {
    this.world.kernel.fillRandom(`${this.#label}/${purpose}`, target);
  }

  /** An end of a connection that the accept loop took. */
  take(end: End, ssl: ObjectId): void {
    this.#join(end, ssl);
  }

  /** Gives a socket back: a FIN, or a reset where something is unread. */
  closeSocket(end: End): void {
    if (end.socket.state === 'gone' || end.socket.state === 'orphan') return;
    if (end.saidClose) end.unreadAtClose = end.socket.unreadBytes;
    end.socket.close();
    const { number: connection, client, clientHost, serverHost } = end.connection;
    const peer = end === client ? serverHost : clientHost;
    this.world.trace.world(this.home.name, this.#step, {
      kind: 'connection',
      what: 'closed',
      connection,
      peer,
      ssl: end.ssl,
    });
  }

  /** Ends in good order. What still lives has leaked. */
  exit(): Ended {
    for (const listening of this.#listening) listening.close();
    for (const session of this.kept.drop()) this.perform('SSL_SESSION_free', session);
    this.#watch.leaks({ atWork: this.#tasks.some((task) => !task.over && !task.runs) });
    this.stack.end('exited');
    this.#alive = false;
    this.#code?.end();
    for (const task of this.#tasks) task.endWith('exited', 'the process has exited');
    this.world.trace.world(this.home.name, this.#step, { kind: 'process', what: 'exited', run: this.run });
    this.host.crash({ how: 'close', disk: { lose: 'nothing' } });
    return ok;
  }

  #openStack(): ProcessStack {
    const emit = (event: StackEvent): void => this.#happened(event);
    const { libssl } = this.world;
    if (libssl !== undefined) {
      const nowMs = (): number => this.host.clock.nowMs();
      const fillRandom = (purpose: string, target: Uint8Array): void => this.fillRandom(purpose, target);
      const at = (point: Point): void => this.#passed(point);
      return new LibsslProcessStack(libssl, {
        nowMs,
        fillRandom,
        emit,
        keyLog: this.world.keyLog,
        at,
        points: this.world.faults.pointsOn(this.home),
        allocates: this.world.faults.memoryOf(this.home),
      });
    }
    const audit = this.#audit;
    const { onObject } = this.world;
    const environment = new ProcessEnvironment(this, {
      emit,
      at: (point) => this.#passed(point),
      made: (object) => {
        audit?.made(object);
        onObject?.({ host: this.home.name, run: this.run, object });
      },
    });
    const { profile, defects = [] } = this.world.plan;
    const moveClock = (milliseconds: number): void => this.host.clock.step(milliseconds);
    return new ModelProcessStack({ profile, environment, moveClock, defects });
  }

  #openAudit(): ProcessAudit {
    return new ProcessAudit({
      nameOf: (object, kind) => this.#objects.nameOf(object, kind),
      report: (broken) => this.#report(broken),
      came: (ssl, session) => {
        const end = this.#ends.get(ssl);
        if (end !== undefined) this.world.handshakes.came(end.connection.number, session);
      },
    });
  }

  /** A step of a program is about to be made. @returns what is to be looked at once it was */
  #lookBefore({ call, args }: ProgramStep): (() => void) | undefined {
    const audit = this.#audit;
    const [first] = args;
    if (audit === undefined || call !== 'SSL_free' || first?.kind !== 'name') return undefined;
    const ssl = this.#objects.lookup(first.name, 'ssl');
    const end = typeof ssl === 'number' ? this.#ends.get(ssl) : undefined;
    // Whose peer has gone, or says nothing, may have reasons of its own.
    const isTroubled =
      end === undefined || end.failure !== '' || end.socket.peerEnded || end.errors.length > 0 || end.gaveUp;
    if (typeof ssl !== 'number' || isTroubled) return undefined;
    return audit.beforeFree(ssl);
  }

  /** A step of a program was made. */
  #lookAfter({ call, args, body }: ProgramStep): void {
    const audit = this.#audit;
    if (audit === undefined) {
      this.#watch.lookAtCaches();
      return;
    }
    const [first] = args;
    const id = first?.kind === 'name' ? this.#objects.lookup(first.name) : undefined;
    if (call.startsWith('SSL_SESSION_set') && typeof id === 'number') audit.changedByProgram(id);
    if (body?.steps.some((inner) => inner.call.startsWith('SSL_SESSION_set'))) audit.changesInCallbacks();
    audit.called(typeof id === 'number' ? id : 0);
  }

  #startTasks(): void {
    for (const ready of this.home.tasks) {
      if (ready.name === bootTask) continue;
      const task = new Task(this, ready, this.home.begun.get(ready.name) ?? 0);
      this.#tasks.push(task);
      this.host.schedule(0, 'task', () => task.wake());
    }
  }

  #join(end: End, ssl: ObjectId): void {
    end.ssl = ssl;
    this.#ends.set(ssl, end);
    this.stack.join(ssl, end.socket);
  }

  /** A call ended the process: libssl's doing, unless a task that came inside a call freed something. */
  #crashed(call: string, signal: string): Broken {
    if (this.#entered?.freed !== true) return crashedIn(call, signal);
    const more = `, freed inside of a call by ${this.#entered.by}`;
    return misused({ kind: 'use-after-free', call, handle: 'what it uses', more });
  }

  /** Something undefined was done: nothing that comes is judged, and the process ends once the step is written down. */
  #abortAfterStep(outcome: string): Ended {
    this.world.judge.taint();
    this.world.stopAfterStep(() => this.home.crash('close', 'aborted'));
    return { outcome };
  }

  /** The same in the middle of a verb. */
  #abort(broken: Broken): never {
    this.#report(broken);
    this.world.judge.taint();
    this.home.crash('close', 'aborted');
    throw crashed;
  }

  #happened(event: StackEvent): void {
    this.world.trace.stack(this.home.name, this.#step, event);
    this.commitments.happened(event);
    switch (event.kind) {
      case 'decision': {
        const end = this.#ends.get(event.ssl);
        if (end !== undefined) end.decision = event.code;
        if (end !== undefined && event.verdict === 'accepted') {
          end.acceptedAt = this.#now();
          end.openedWith = this.#openedWith(event);
        }
        if (event.code === 'id-unknown') this.#audit?.missed(event.ssl);
        break;
      }
      case 'alert':
      case 'message':
        this.#told(event);
        break;
      case 'callback': {
        const broken = this.#watch.handedOver(event);
        if (broken !== undefined) this.#abort(broken);
        break;
      }
      default:
        if (event.kind === 'freed' && this.#entered?.inside === true) this.#entered.freed = true;
        this.#watch.happened(event, this.#step);
        if (this.#audit !== undefined) look(this.#audit, event);
    }
  }

  /** The key that has opened the ticket of an end which was accepted by one. */
  #openedWith({ code, ssl }: { readonly code: string; readonly ssl: ObjectId }): Uint8Array | undefined {
    if (code !== 'resumed-by-ticket' && code !== 'resumed-by-psk') return undefined;
    const connection = this.#audit?.connection(ssl);
    return connection === undefined ? undefined : opensWith(connection);
  }

  #told(event: Extract<StackEvent, { kind: 'alert' | 'message' }>): void {
    const end = this.#ends.get(event.ssl);
    if (end === undefined) return;
    const isClose = event.kind === 'alert' && event.direction === 'sent' && event.description === 0;
    if (isClose && end.saidClose) {
      const { connection } = end;
      this.#report(saidCloseAgain(connection.number, end === connection.client ? 'client' : 'server'));
    }
    end.told(event);
  }

  #makeCommitments(): Commitments {
    const name = (session: ObjectId): string => this.#objects.nameOf(session, 'session');
    const lookup = (called: string): ObjectId | undefined => {
      const found = this.#objects.lookup(called);
      return typeof found === 'number' ? found : undefined;
    };
    const asked = {
      hostOf: (ssl: ObjectId) => this.#hostOf(ssl),
      inUse: () => this.#sessionsInUse(),
      nameOf: name,
      lookup,
      step: () => this.#step,
      report: (broken: Broken | undefined) => this.#report(broken),
    };
    return new Commitments(asked, { remembers: this.world.remembers });
  }

  /** Who was to be reached by a connection that the process opened. */
  #hostOf(ssl: ObjectId): string | undefined {
    const end = this.#ends.get(ssl);
    return end === end?.connection.client ? end?.connection.meantHost : undefined;
  }

  #sessionsInUse(): ReadonlySet<ObjectId> {
    const used = new Set<ObjectId>();
    for (const ssl of this.#ends.keys()) {
      const seen = this.#watch.lives(ssl) ? this.#objects.snapshot(ssl) : undefined;
      if (seen?.kind === 'ssl' && seen.session !== null) used.add(seen.session);
    }
    return used;
  }

  #passed(point: Point): void {
    if (!this.#alive) throw crashed;
    this.world.faults.passed(this.home, point);
    if (!this.#alive) throw crashed;
  }

  #report(broken: Broken | undefined): void {
    this.world.judge.report(this.home.name, this.#step, broken);
  }
}

/** What an audit wants to hear of. */
function look(audit: ProcessAudit, event: StackEvent): void {
  if (event.kind === 'count') {
    if (event.type === 'session') audit.counted(event);
  } else if (event.kind === 'freed') audit.freed(event);
  else if (event.kind === 'claims') audit.parted(event);
  else if (event.kind === 'foreign-context') audit.secondContext(event);
}
