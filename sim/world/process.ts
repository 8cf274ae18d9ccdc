/** A process: the objects it made, the sockets it opened, the tasks it runs. It dies with all of them. */
import type { Counted, Point, StackEvent } from 'simtls';
import type { Misbehaviour } from '../emulator/index.js';
import type { Host } from '../host/index.js';
import { type Broken, crashedIn, misused } from '../invariants/index.js';
import type { ProgramStep } from '../program/index.js';
import { type ArgumentValue, type ObjectId, type StackAnswer, StackCrash } from '../stacks/index.js';
import { type Ended, ok } from './activity.js';
import { CodeProcess } from './code-process.js';
import type { CodeUnderTest } from './code-under-test.js';
import type { End } from './connections.js';
import { KeptSessions } from './kept-sessions.js';
import { Listening } from './listening.js';
import { wantsContextLock } from './locks.js';
import { MisusedInCallback, Objects } from './objects.js';
import { connectionObserved, observedOf } from './observed.js';
import { openStack } from './open-stack.js';
import { Oversight } from './oversight.js';
import { ProcessEnds } from './process-ends.js';
import type { ProcessStack } from './process-stack.js';
import { refused } from './refused.js';
import type { SimHost } from './sim-host.js';
import { bootTask, type ReadyStep } from './step.js';
import { Task } from './task.js';
import type { VerbOptions } from './verbs.js';
import type { World } from './world.js';

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
  readonly ends: ProcessEnds;
  readonly oversight: Oversight;
  readonly #label: string;
  readonly #objects: Objects;
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
    this.ends = new ProcessEnds(this);
    this.stack = openStack(this, {
      emit: (event) => this.#happened(event),
      at: (point) => this.#passed(point),
      made: (object) => this.#made(object),
    });
    this.#objects = new Objects(this.stack.stack, this.world.observe);
    this.oversight = new Oversight(this, this.#objects);
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
    this.oversight.inside(point.locked !== undefined, () => {
      for (const task of tasks) {
        if (made < steps && this.#alive) made += this.stack.asAnotherThread(() => task.enter(steps - made, mayEnter));
      }
    });
    entered.inside = false;
    if (!this.#alive) throw crashed;
    this.at(step);
    if (!this.oversight.lives(point.object)) {
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
    const settle = this.oversight.before(step);
    const done = this.#objects.execute(step);
    if (done.missing !== undefined) return { outcome: 'skipped', errors: [done.missing] };
    if (done.misuse !== undefined) {
      const { kind, fatal } = done.misuse;
      this.report(misused({ ...done.misuse, call: step.call }));
      return fatal ? this.#abortAfterStep(kind) : { outcome: kind };
    }
    if (done.crash !== undefined) {
      this.report(this.#crashed(step.call, done.crash));
      return this.#abortAfterStep(done.crash);
    }
    if (step.let !== undefined) this.#named(step.let);
    if (step.call === 'SSL_clear') this.#cleared(step);
    this.oversight.after(step);
    settle?.();
    this.oversight.commitments.called(step);
    return { outcome: 'ok', observed: { ret: done.ret }, errors: done.errors };
  }

  /** A connection begins anew on a stream on which it had begun already: its peer can make nothing of that. */
  #cleared({ args: [first] }: ProgramStep): void {
    const ssl = first?.kind === 'name' ? this.#objects.lookup(first.name, 'ssl') : undefined;
    const end = typeof ssl === 'number' ? this.ends.of(ssl) : undefined;
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
    const more = seen.kind === 'ssl' ? connectionObserved(this, id, this.ends.of(id)) : {};
    return { outcome: 'ok', observed: { ...observed, ...more } };
  }

  /** A call on an object, as verbs make them. */
  perform(call: string, object: ObjectId, ...more: ArgumentValue[]): StackAnswer {
    // Another task may have freed what a verb is at work on.
    if (!this.oversight.lives(object)) {
      this.#abort(misused({ kind: 'use-after-free', call, handle: this.#objects.nameOf(object), object }));
    }
    try {
      const answer = this.#objects.perform(call, [{ object }, ...more]);
      this.oversight.performed(object);
      return answer;
    } catch (cause) {
      if (cause instanceof MisusedInCallback) this.#abort(misused({ ...cause.misused, call: cause.call }));
      if (cause instanceof StackCrash) this.#abort(this.#crashed(call, cause.signal));
      throw cause;
    }
  }

  /** A step of it is over. */
  stepEnded(): void {
    if (!this.#alive) return;
    for (const session of this.kept.tooMany()) this.perform('SSL_SESSION_free', session);
    this.oversight.commitments.stepEnded();
  }

  report(broken: Broken | undefined): void {
    this.world.judge.report(this.home.name, this.#step, broken);
  }

  bytes(name: string): Uint8Array | undefined {
    return this.#objects.bytes(name);
  }

  /** Names what no call of C returned: bytes, or an object of which the program gets a reference. */
  bind(name: string, what: Uint8Array | ObjectId): void {
    this.#objects.bind(name, what);
    this.#named(name);
  }

  /** The end that a named connection was joined to. */
  endOf(name: string, verb: string): End | Ended {
    const ssl = this.connection(name);
    if (typeof ssl !== 'number') return ssl;
    const misuse = verb === 'disconnect' ? undefined : this.#objects.misuseOfIo(name);
    if (misuse !== undefined) {
      this.report(misused({ ...misuse, call: verb, object: ssl }));
      return this.#abortAfterStep(misuse.kind);
    }
    const end = this.ends.of(ssl);
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

  /** Its servers begin to treat their clients badly: with calls, of which each may meet another fault that ends the process. */
  misbehave(misbehaviour: Misbehaviour): void {
    this.guarded(() => {
      for (const listening of this.#listening) listening.misbehave(misbehaviour);
    });
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

  /** Ends in good order. What still lives has leaked. */
  exit(): Ended {
    for (const listening of this.#listening) listening.close();
    for (const session of this.kept.drop()) this.perform('SSL_SESSION_free', session);
    this.oversight.leaks({ atWork: this.#tasks.some((task) => !task.over && !task.runs) });
    this.stack.end('exited');
    this.#alive = false;
    this.#code?.end();
    for (const task of this.#tasks) task.endWith('exited', 'the process has exited');
    this.world.trace.world(this.home.name, this.#step, { kind: 'process', what: 'exited', run: this.run });
    this.host.crash({ how: 'close', disk: { lose: 'nothing' } });
    return ok;
  }

  #startTasks(): void {
    for (const ready of this.home.tasks) {
      if (ready.name === bootTask) continue;
      const task = new Task(this, ready, this.home.begun.get(ready.name) ?? 0);
      this.#tasks.push(task);
      this.host.schedule(0, 'task', () => task.wake());
    }
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
    this.report(broken);
    this.world.judge.taint();
    this.home.crash('close', 'aborted');
    throw crashed;
  }

  #happened(event: StackEvent): void {
    this.world.trace.stack(this.home.name, this.#step, event);
    if (event.kind === 'freed' && this.#entered?.inside === true) this.#entered.freed = true;
    const broken = this.oversight.happened(event);
    if (broken !== undefined) this.#abort(broken);
  }

  #made(object: Counted): void {
    this.oversight.made(object);
    this.world.onObject?.({ host: this.home.name, run: this.run, object });
  }

  #passed(point: Point): void {
    if (!this.#alive) throw crashed;
    this.world.faults.passed(this.home, point);
    if (!this.#alive) throw crashed;
  }
}
