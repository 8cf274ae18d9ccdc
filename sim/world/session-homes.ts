/** Which context each session is of: the first that it was used with, as the model's sessions know by themselves. */
import type { StackEvent } from 'simtls';
import type { ArgumentValue, ObjectId, StackAnswer, StackCall } from '../stacks/index.js';

const givers: readonly string[] = ['SSL_get_session', 'SSL_get1_session'];

export class SessionHomes {
  readonly #contexts = new Map<ObjectId, ObjectId>();
  readonly #homes = new Map<ObjectId, ObjectId>();
  readonly #emit: (event: StackEvent) => void;

  constructor(emit: (event: StackEvent) => void) {
    this.#emit = emit;
  }

  /** A call is about to be made: SSL_set_session(3) allows a session to one context alone. */
  before({ call, args }: StackCall): void {
    if (call !== 'SSL_set_session' && call !== 'SSL_CTX_add_session') return;
    const [first, session] = args.map(objectOf);
    if (first === undefined || session === undefined) return;
    const used = call === 'SSL_set_session' ? this.#contexts.get(first) : first;
    if (used === undefined) return;
    const owner = this.met(session, used);
    if (owner !== used) {
      this.#emit({ kind: 'foreign-context', session, owner, used, ssl: call === 'SSL_set_session' ? first : 0 });
    }
  }

  /** What a call has brought. */
  after({ call, args }: StackCall, { ret }: StackAnswer): void {
    const made = typeof ret === 'object' && ret !== null && 'object' in ret ? ret : undefined;
    const first = objectOf(args[0]);
    if (made === undefined || first === undefined) return;
    if (call === 'SSL_new') this.#contexts.set(made.object, first);
    const context = this.#contexts.get(first);
    if (givers.includes(call) && context !== undefined) this.met(made.object, context);
    const home = this.#homes.get(first);
    if (call === 'SSL_SESSION_dup' && home !== undefined) this.#homes.set(made.object, home);
  }

  /** A session is seen with a context. @returns the one that it is of */
  met(session: ObjectId, context: ObjectId): ObjectId {
    const known = this.#homes.get(session);
    if (known === undefined) this.#homes.set(session, context);
    return known ?? context;
  }
}

function objectOf(value: ArgumentValue | undefined): ObjectId | undefined {
  return typeof value === 'object' && value !== null && 'object' in value ? value.object : undefined;
}
