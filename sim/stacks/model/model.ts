/** The stack of the simulated libssl, in this process. */
import {
  type CryptoProvider,
  type DefectName,
  defaultNowMs,
  type Environment,
  LibraryCrash,
  LibraryDeadlock,
  type Libssl,
  LostEntry,
  libssl,
  NeedsOldVersion,
  NeedsUnknownCiphers,
  NeedsUnknownGroups,
  type Point,
  type Ssl,
  type SslCtx,
  type SslSession,
  type StackEvent,
  type Transport,
  UseAfterFree,
} from '../../../src/index.js';
import {
  type ObjectId,
  type OnCallback,
  type Profile,
  type Snapshot,
  type Stack,
  type StackAnswer,
  type StackCall,
  StackCrash,
  StackUnable,
} from '../stack.js';
import { type CallOutcome, Calls } from './calls.js';
import { Objects } from './objects.js';
import { DistinctReadings } from './readings.js';

const none: readonly Snapshot[] = Object.freeze([]);
/** What the model says where it would have to guess. */
const unspoken = [NeedsOldVersion, NeedsUnknownCiphers, NeedsUnknownGroups] as const;

export interface ModelOptions {
  readonly profile: Profile;
  /** Of an API program, whose clock stands still: default `program`. */
  readonly seed?: string;
  /** The world's, instead of a standing clock and a seed. */
  readonly environment?: Environment;
  /** With `environment`: moves the clock that it reads, for `sim_clock`. */
  readonly moveClock?: (milliseconds: number) => void;
  /** Bugs that really happened, switched on. */
  readonly defects?: readonly DefectName[];
  /** Of an API program: with which crypto it runs, fast unless said. Real where it brings tickets that were sealed elsewhere. */
  readonly crypto?: 'fast' | 'real';
  /** Of an API program: told what the library tells of itself. */
  readonly onEvent?: (event: StackEvent) => void;
}

/** A fresh process of the model. */
export function openModel(options: ModelOptions): ModelStack {
  return new ModelStack(options);
}

export class ModelStack implements Stack {
  readonly name = 'model';
  readonly profile: Profile;
  readonly version: string;
  /** The library itself, for who needs more than its calls. */
  readonly library: Libssl;
  readonly #objects: Objects;
  readonly #calls: Calls;
  /** How far `sim_clock` has moved the clock of a program. */
  #movedMs = 0;

  constructor({
    profile,
    seed = 'program',
    environment,
    moveClock,
    defects = [],
    crypto = 'fast',
    onEvent,
  }: ModelOptions) {
    this.profile = profile;
    this.version = `simtls model of OpenSSL ${profile}`;
    const readings = new DistinctReadings(environment ?? { nowMs: () => defaultNowMs });
    const clock = { nowMs: () => readings.nowMs() + this.#movedMs };
    this.#objects = new Objects(profile);
    this.library =
      environment === undefined
        ? libssl({
            profile,
            seed,
            crypto,
            emit: (event) => {
              this.#objects.observe(event);
              onEvent?.(event);
            },
            defects,
            nowMs: () => clock.nowMs(),
          })
        : libssl({ profile, environment: new ObservedEnvironment(environment, clock, this.#objects), defects });
    this.#calls = new Calls({
      library: this.library,
      objects: this.#objects,
      nowSeconds: () => Math.floor(clock.nowMs() / 1000),
      moveClock:
        moveClock ??
        ((milliseconds) => {
          this.#movedMs += milliseconds;
        }),
    });
  }

  /** @throws StackCrash where libssl would crash; StackUnable where the model has not learnt what the call needs */
  perform(call: StackCall, onCallback?: OnCallback): StackAnswer {
    const { ret, errors } = this.#attempt(call, onCallback);
    const { watch } = call;
    const events = this.#objects.takeHappenings();
    const made = typeof ret === 'object' && ret !== null && 'object' in ret ? ret.object : undefined;
    // Most calls of a world's verbs want to see none.
    if (watch.length === 0 && events.length === 0 && made === undefined)
      return { ret, errors, events, snapshots: none };
    const wanted: ObjectId[] = [...watch];
    for (const event of events) if ('session' in event) wanted.push(event.session);
    if (made !== undefined) wanted.push(made);
    return { ret, errors, events, snapshots: this.look(wanted) };
  }

  /** @throws StackCrash where a connection has a session that is gone: what libssl would show is anything */
  look(objects: readonly ObjectId[]): readonly Snapshot[] {
    if (objects.length === 0) return none;
    try {
      return this.#objects.snapshots(objects, this.library);
    } catch (error) {
      if (error instanceof UseAfterFree) throw new StackCrash('SIGSEGV');
      throw error;
    }
  }

  /** The library's own object, where it still lives: for calls that programs do not have. */
  object(id: ObjectId): Ssl | SslCtx | SslSession | undefined {
    return this.#objects.alive(id)?.object;
  }

  /** Takes notice of a session that no call returned, so that it can be looked at. */
  meet(session: SslSession): void {
    this.#objects.metSession(session);
  }

  attach(ssl: ObjectId, transport: Transport): void {
    this.#calls.attach(ssl, transport);
  }

  /** Nothing is held outside of this process. */
  end(): void {}

  #attempt(call: StackCall, onCallback: OnCallback | undefined): CallOutcome {
    try {
      return this.#calls.perform(call, onCallback);
    } catch (error) {
      // Who frees an object under a call of another thread, or in a callback, leaves libssl with a pointer to nothing.
      if (error instanceof LibraryCrash || error instanceof LostEntry || error instanceof UseAfterFree) {
        throw new StackCrash('SIGSEGV');
      }
      if (error instanceof LibraryDeadlock) throw new StackCrash('SIGALRM');
      if (unspoken.some((kind) => error instanceof kind))
        throw new StackUnable((error as Error).message, { cause: error }); // each of them is one
      throw error;
    }
  }
}

/** The same environment, its events told to `objects` first, its clock read through `clock`. */
class ObservedEnvironment implements Environment {
  readonly crypto: CryptoProvider;
  readonly keyLog: Environment['keyLog'];
  readonly allocates: Environment['allocates'];
  readonly made: Environment['made'];
  readonly #environment: Environment;
  readonly #clock: Pick<DistinctReadings, 'nowMs'>;
  readonly #objects: Objects;

  constructor(environment: Environment, clock: Pick<DistinctReadings, 'nowMs'>, objects: Objects) {
    this.crypto = environment.crypto;
    this.keyLog = environment.keyLog;
    this.allocates = environment.allocates;
    this.made = environment.made;
    this.#environment = environment;
    this.#clock = clock;
    this.#objects = objects;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  fillRandom(label: string, target: Uint8Array): void {
    this.#environment.fillRandom(label, target);
  }

  emit(event: StackEvent): void {
    this.#objects.observe(event);
    this.#environment.emit?.(event);
  }

  at(point: Point): void {
    this.#environment.at?.(point);
  }
}
