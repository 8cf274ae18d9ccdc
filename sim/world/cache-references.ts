/**
 * A session that the program holds, and that dies in a call in which only a cache gives references back: one of them was not the cache's.
 * The model's ledger knows it by itself; of real OpenSSL it is seen from outside.
 */
import type { StackEvent } from 'simtls';
import type { ObjectId, StackCall } from '../stacks/index.js';

const givenByCache: readonly string[] = ['SSL_CTX_flush_sessions', 'SSL_CTX_remove_session', 'SSL_CTX_add_session'];

export class CacheReferences {
  readonly #emit: (event: StackEvent) => void;
  #call: { readonly ctx: ObjectId; readonly owned: readonly ObjectId[] } | undefined;

  constructor(emit: (event: StackEvent) => void) {
    this.#emit = emit;
  }

  /** A call is about to be made. */
  before({ call, args, owned }: StackCall): void {
    const [ctx] = args;
    const isOfCache = givenByCache.includes(call) && typeof ctx === 'object' && ctx !== null && 'object' in ctx;
    this.#call = isOfCache ? { ctx: ctx.object, owned } : undefined;
  }

  /** An object is about to be told dead. */
  died(object: ObjectId): void {
    if (this.#call?.owned.includes(object) !== true) return;
    const holder = `cache of ctx#${this.#call.ctx}`;
    this.#emit({ kind: 'claims', object, type: 'session', count: 0, claims: 1, holder });
  }
}
