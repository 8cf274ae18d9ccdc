/** A program while it is being drawn: its steps, and what is believed of the objects that they name. */
import type { RandomStream } from '../../kernel/index.js';

/** One argument as it stands in a program's file. */
export type DraftArgument =
  | null
  | boolean
  | number
  | string
  | { readonly hex: string }
  | { readonly text: string }
  | { readonly now: number };

/** One step as it stands in a program's file. */
export interface DraftStep {
  readonly let?: string;
  readonly call: string;
  readonly args?: readonly DraftArgument[];
  /** Of `sim_on`. */
  readonly steps?: readonly DraftStep[];
  readonly returns?: unknown;
}

/** What a program of this kind may hold, drawn once at its start. */
export interface Limits {
  readonly tls13: boolean;
  /** Caches are held to a few sessions: then no two sessions may expire at nearly the same time (see `Draft.age`). */
  readonly smallCaches: boolean;
  /** Server contexts have SSL_OP_NO_TICKET. */
  readonly sessionIds: boolean;
  /** Real OpenSSL flushes caches in an order that its random bytes decide. */
  readonly randomOrder: boolean;
  /** Every context tells of each state and each alert, so that all objects are seen in the middle of calls. */
  readonly watched: boolean;
  /** A cache call in a callback under the lock gives the lock back twice: who wants it next may wait for ever. */
  readonly givesLockBackTwice: boolean;
}

export interface ContextDraft {
  readonly name: string;
  readonly role: 'client' | 'server';
  /** References that the program holds. */
  refs: number;
  /** Connections made from it that live. */
  connections: number;
}

export interface ConnectionDraft {
  readonly name: string;
  readonly context: ContextDraft;
  refs: number;
  role: 'client' | 'server' | 'none';
  peer: ConnectionDraft | undefined;
  state: 'before' | 'handshake' | 'open' | 'ended';
  /** Its session was changed in the middle: I/O on it would end the program. */
  changed: boolean;
}

export interface SessionDraft {
  readonly name: string;
  refs: number;
  /** The context in whose cache it is or may be. */
  home: ContextDraft | undefined;
  /** Made by `SSL_SESSION_new` and the like, not by a handshake. */
  readonly bare: boolean;
}

export class Draft {
  readonly steps: DraftStep[] = [];
  readonly contexts: ContextDraft[] = [];
  readonly connections: ConnectionDraft[] = [];
  readonly sessions: SessionDraft[] = [];
  /** Names that are bound to bytes. */
  readonly bytes: string[] = [];
  readonly random: RandomStream;
  readonly limits: Limits;
  /** A session was given a time of −1, which 3.5 keeps as a huge one and tells relative to the stack's own clock. */
  oddTimes = false;
  readonly #counts = new Map<string, number>();
  #ages = 0;
  #timeouts = 0;

  constructor(random: RandomStream, limits: Limits) {
    this.random = random;
    this.limits = limits;
  }

  emit(call: string, ...args: readonly DraftArgument[]): void {
    this.steps.push(args.length === 0 ? { call } : { call, args });
  }

  bind(name: string, call: string, ...args: readonly DraftArgument[]): void {
    this.steps.push(args.length === 0 ? { let: name, call } : { let: name, call, args });
  }

  /** A name that is not taken: `x1`, `x2`, … */
  fresh(prefix: string): string {
    const count = (this.#counts.get(prefix) ?? 0) + 1;
    this.#counts.set(prefix, count);
    return `${prefix}${count}`;
  }

  /** Contexts that live: the program or a connection holds them. */
  liveContexts(role?: 'client' | 'server'): ContextDraft[] {
    return this.contexts.filter(
      (ctx) => (ctx.refs > 0 || ctx.connections > 0) && (role === undefined || ctx.role === role),
    );
  }

  liveConnections(where: (ssl: ConnectionDraft) => boolean = () => true): ConnectionDraft[] {
    return this.connections.filter((ssl) => ssl.refs > 0 && where(ssl));
  }

  liveSessions(where: (session: SessionDraft) => boolean = () => true): SessionDraft[] {
    return this.sessions.filter((session) => session.refs > 0 && where(session));
  }

  /** One of the list, or undefined where it is empty. */
  pick<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : this.random.pick(list);
  }

  /** True in `percent` of a hundred cases. */
  likely(percent: number): boolean {
    return this.random.int(100) < percent;
  }

  /**
   * An age for a session that no other of this program has. Real OpenSSL's clock runs while the model's stands, so what
   * decides on expiry is kept at least 20 s apart: ages are multiples of 100 s, timeouts end in 30, flushes in 60.
   */
  age(): DraftArgument {
    this.#ages += 1;
    const seconds = 100 * this.#ages;
    return this.random.pick([
      { now: -seconds },
      { now: -seconds },
      { now: seconds },
      { now: -seconds - 10000 },
      5000 + seconds,
    ]);
  }

  /** A timeout in seconds that no other session of this program was given. */
  timeout(): number {
    this.#timeouts += 1;
    return 30 + 100 * this.#timeouts + this.random.pick([0, 0, 7000, 100000]);
  }

  /** `length` bytes that tell where they were drawn apart. */
  hex(length: number): { readonly hex: string } {
    const byte = this.random.int(256).toString(16).padStart(2, '0');
    return { hex: byte.repeat(length) };
  }

  /** Some length of 0 to `most` + 1 bytes, the ends more often. */
  length(most: number): number {
    return this.random.pick([0, 1, 4, most - 1, most, most + 1, 1 + this.random.int(most)]);
  }
}

/** How a step refers to an object. */
export function ref(object: { readonly name: string }): string {
  return `$${object.name}`;
}
