/** The process of one recorded host: its steps, in the task that is being recorded. */
import type { Argument, Json, ObservationField, Step } from '../plan/index.js';
import { addCall, type Book } from './book.js';
import type { ContextOptions } from './context.js';
import { contextCalls } from './context.js';
import { ScenarioError } from './error.js';
import {
  Bytes,
  type CallbackBody,
  Connection,
  Context,
  type Emit,
  type Given,
  Handle,
  type Made,
  Session,
  toArgument,
} from './handles.js';
import { inCallback, Observation } from './observation.js';

const prefixes: Readonly<Record<keyof Made, string>> = { ctx: 'ctx', ssl: 'ssl', session: 'sess', bytes: 'bytes' };
const freeing: Readonly<Record<'ctx' | 'ssl' | 'session', string>> = {
  ctx: 'SSL_CTX_free',
  ssl: 'SSL_free',
  session: 'SSL_SESSION_free',
};

export class HostRecorder implements Emit {
  readonly name: string;
  readonly files: Files;
  readonly #book: Book;
  readonly #names = new Map<string, number>();
  readonly #held: { readonly handle: Handle; readonly kind: 'ctx' | 'ssl' | 'session' }[] = [];
  #task = 'main';
  /** Of the callback that is being recorded: its steps so far. */
  #body: Json[] | undefined;

  constructor(book: Book, name: string) {
    this.#book = book;
    this.name = name;
    this.files = new Files(this);
  }

  get host(): string {
    return this.name;
  }

  /** A context as most programs make it: what is not said stays as libssl has it. */
  context(options: ContextOptions = {}): Context {
    const made = this.bind('ctx', 'SSL_CTX_new', [options.method ?? 'TLS_client_method'], options.name);
    for (const [call, ...args] of this.contextCalls(options)) this.call(call, [made, ...args]);
    return made;
  }

  /** What follows SSL_CTX_new for a context of this scenario. */
  protected contextCalls(options: ContextOptions): ReturnType<typeof contextCalls> {
    return contextCalls(options, this.#book.tls);
  }

  /** Any call of docs/programs.md, and any verb. */
  call(call: string, args: readonly Given[], field: ObservationField = 'ret'): Observation {
    return this.#book.observation(this.#step(call, args), field);
  }

  /** A call whose value gets a name: an object that the process then holds, or bytes. */
  bind<K extends keyof Made>(kind: K, call: string, args: readonly Given[], name?: string): Made[K] {
    const bound = name ?? this.#fresh(prefixes[kind]);
    this.#step(call, args, { let: bound });
    const handle = makers[kind](this, bound);
    // What a callback binds is bound any number of times: the scenario itself says what becomes of it.
    if (kind !== 'bytes' && this.#body === undefined) this.#held.push({ handle, kind });
    return handle;
  }

  /** What can be seen of an object at this place. */
  observe(handle: Handle, field: ObservationField): Observation {
    return this.call('observe', [handle], field);
  }

  callback(on: Handle, kind: string, { record, returns }: CallbackBody): Observation {
    if (this.#body !== undefined) throw new ScenarioError('a callback is installed outside of callbacks');
    const steps: Json[] = [];
    this.#body = steps;
    record?.({
      ctx: makers.ctx(this, '@ctx'),
      ssl: makers.ssl(this, '@ssl'),
      session: makers.session(this, '@session'),
    });
    this.#body = undefined;
    const body = { ...(steps.length === 0 ? {} : { steps }), ...(returns === undefined ? {} : { returns }) };
    return this.#book.observation(this.#step('sim_on', [on, kind], body), 'ret');
  }

  released(handle: Handle): void {
    const at = this.#held.findIndex((entry) => entry.handle === handle);
    if (at >= 0) this.#held.splice(at, 1);
  }

  linked(to: string): void {
    this.#book.linked(this.name, to);
  }

  /** How many sessions of one host the program means to keep, besides those in use: the invariant `sessions-within-limit` holds it to that. */
  holdsAtMost(options: { readonly sessionsPerHost: number }): Observation {
    return this.call('holds_at_most', [{ ...options }], 'outcome');
  }

  /** Waits, in virtual time. */
  sleep(time: { readonly us?: number; readonly ms?: number; readonly seconds?: number }): void {
    const us = (time.us ?? 0) + (time.ms ?? 0) * 1_000 + (time.seconds ?? 0) * 1_000_000;
    this.call('sleep', [{ us }], 'outcome');
  }

  /**
   * Runs code under test, one of the scenario's `codes`, and waits until what it returns is settled.
   * @param options - `given`: data for it; `field`: `outcome` (`ok`, `aborted` where it threw, `waiting` where it never ended), or `ret`,
   *   the value that it returned
   */
  code(run: string, options: { readonly given?: Argument; readonly field?: 'outcome' | 'ret' } = {}): Observation {
    const { given, field = 'outcome' } = options;
    return this.call('code', [{ run, ...(given === undefined ? {} : { given }) }], field);
  }

  /** Waits until a step of another task or host has ended. */
  await(step: Observation): Observation {
    return this.call('await', [{ step: this.#book.stepOf(step) }], 'outcome');
  }

  /** Records the steps of another line of the same process: both share its objects, and interleave. */
  task(name: string, record: () => void): void {
    const before = this.#task;
    this.#task = name;
    record();
    this.#task = before;
  }

  /** Steps that run before all others, and again after each restart. */
  boot(record: () => void): void {
    this.task('boot', record);
  }

  /** Gives back what the process still holds, the latest first, and ends it in good order: what is left then has leaked. */
  exit(): Observation {
    for (const { handle, kind } of this.#held.splice(0).reverse()) this.call(freeing[kind], [handle]);
    return this.call('exit', [], 'outcome');
  }

  /** The nth of the inner steps of a behaviour. */
  protected part(behaviour: Observation, n: number, field: ObservationField): Observation {
    return this.#book.observation(`${this.#book.stepOf(behaviour)}/${n}`, field);
  }

  #step(call: string, given: readonly Given[], more: Pick<Step, 'let' | 'steps' | 'returns'> = {}): string {
    for (const arg of given) {
      if (arg instanceof Observation)
        throw new ScenarioError(`${call}: the outcome of step ${arg.step} is no argument`);
      if (arg instanceof Handle && arg.host !== this.name) {
        throw new ScenarioError(`${call} on ${this.name}: ${arg.name} belongs to the process of ${arg.host}`);
      }
    }
    const args = given.map(toArgument);
    if (this.#body !== undefined) {
      this.#body.push(addCall({}, call, args, more) as Json); // strings, and what is Json already
      return inCallback;
    }
    return this.#book.step(this.name, this.#task, (step) => addCall(step, call, args, more));
  }

  #fresh(prefix: string): string {
    const n = (this.#names.get(prefix) ?? 0) + 1;
    this.#names.set(prefix, n);
    return `${prefix}${n}`;
  }
}

const makers: { readonly [K in keyof Made]: (emit: Emit, name: string) => Made[K] } = {
  ctx: (emit, name) => new Context(emit, name),
  ssl: (emit, name) => new Connection(emit, name),
  session: (emit, name) => new Session(emit, name),
  bytes: (emit, name) => new Bytes(emit, name),
};

/** The disk of a recorded host. What is written but not synced may be lost in a crash. */
export class Files {
  readonly #emit: Emit;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  write(path: string, content: Bytes | { readonly hex: string } | { readonly text: string }): Observation {
    return this.#emit.call('file_write', [content as Given, { path }], 'outcome'); // each of the three is a Given
  }

  read(path: string): Bytes {
    return this.#emit.bind('bytes', 'file_read', [{ path }]);
  }

  sync(path: string): Observation {
    return this.#emit.call('file_sync', [{ path }], 'outcome');
  }

  syncDirectory(path: string): Observation {
    return this.#emit.call('directory_sync', [{ path }], 'outcome');
  }

  rename(from: string, to: string): Observation {
    return this.#emit.call('file_rename', [{ from, to }], 'outcome');
  }

  remove(path: string): Observation {
    return this.#emit.call('file_remove', [{ path }], 'outcome');
  }
}
