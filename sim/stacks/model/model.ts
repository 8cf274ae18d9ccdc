/** The stack of the simulated libssl, in this process. */
import {
  type DefectName,
  defaultNowMs,
  type Environment,
  LibraryCrash,
  type Libssl,
  libssl,
  NeedsOldVersion,
  NeedsTls13,
  type Ssl,
  type SslCtx,
  type SslSession,
  type StackEvent,
  type Transport,
  UseAfterFree,
} from '../../../src/index.js';
import {
  type ObjectId,
  type Profile,
  type Snapshot,
  type Stack,
  type StackAnswer,
  type StackCall,
  StackCrash,
  StackUnable,
} from '../stack.js';
import { Calls } from './calls.js';
import { Objects } from './objects.js';
import { distinctReadings } from './readings.js';

const none: readonly Snapshot[] = Object.freeze([]);

export interface ModelOptions {
  readonly profile: Profile;
  /** Of an API program, whose clock stands still: default `program`. */
  readonly seed?: string;
  /** The world's, instead of a standing clock and a seed. */
  readonly environment?: Environment;
  /** Bugs that really happened, switched on. */
  readonly defects?: readonly DefectName[];
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
  readonly #objects = new Objects();
  readonly #calls: Calls;

  constructor({ profile, seed = 'program', environment, defects = [] }: ModelOptions) {
    this.profile = profile;
    this.version = `simtls model of OpenSSL ${profile}`;
    const observe = (event: StackEvent): void => this.#objects.observe(event);
    const nowMs = distinctReadings(environment === undefined ? () => defaultNowMs : () => environment.nowMs());
    this.library =
      environment === undefined
        ? libssl({ profile, seed, crypto: 'fast', emit: observe, defects, nowMs })
        : libssl({ profile, environment: observed(environment, { nowMs, observe }), defects });
    this.#calls = new Calls({
      library: this.library,
      objects: this.#objects,
      nowSeconds: () => Math.floor(nowMs() / 1000),
    });
  }

  /** @throws StackCrash where libssl would crash; StackUnable where the model has not learnt what the call needs */
  perform({ call, args, watch, owned }: StackCall): StackAnswer {
    const { ret, errors } = this.#guarded(() => this.#calls.perform(call, args, owned));
    const events = this.#objects.takeHappenings();
    const wanted: ObjectId[] = [...watch];
    for (const event of events) if ('session' in event) wanted.push(event.session);
    if (typeof ret === 'object' && ret !== null && 'object' in ret) wanted.push(ret.object);
    return { ret, errors, events, snapshots: this.look(wanted) };
  }

  look(objects: readonly ObjectId[]): readonly Snapshot[] {
    // Most calls of a world's verbs want none.
    return objects.length === 0 ? none : this.#objects.snapshots(objects, this.library);
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
    this.library.SSL_set_transport(this.#objects.ssl(ssl).object, transport);
  }

  /** Nothing is held outside of this process. */
  end(): void {}

  #guarded<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      // Who frees an object under a call of another thread, or in a callback, leaves libssl with a pointer to nothing.
      if (error instanceof LibraryCrash || error instanceof UseAfterFree) throw new StackCrash('SIGSEGV');
      if (error instanceof NeedsTls13) throw new StackUnable('needs TLS 1.3', { cause: error });
      if (error instanceof NeedsOldVersion) throw new StackUnable(error.message, { cause: error });
      throw error;
    }
  }
}

/** The same environment, its events told to `observe` first, its clock read through `nowMs`. */
function observed(
  environment: Environment,
  { nowMs, observe }: { nowMs: () => number; observe: (event: StackEvent) => void },
): Environment {
  const { keyLog, allocates } = environment;
  return {
    nowMs,
    fillRandom: (label, target) => environment.fillRandom(label, target),
    crypto: environment.crypto,
    emit(event) {
      observe(event);
      environment.emit(event);
    },
    at: (point) => environment.at(point),
    ...(keyLog === undefined ? {} : { keyLog }),
    ...(allocates === undefined ? {} : { allocates }),
  };
}
