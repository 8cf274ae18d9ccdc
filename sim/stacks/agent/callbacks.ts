/** The new-session, remove and get callbacks of `sim_on_new`, `sim_on_remove` and `sim_on_get`. */
import type { ObjectId } from '../stack.js';
import { type Library, type Pointer, readBytes, writeInt32 } from './library.js';
import type { CtxEntry, Objects } from './objects.js';

export class Callbacks {
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #new: Pointer;
  readonly #remove: Pointer;
  readonly #get: Pointer;
  #owned: ReadonlySet<ObjectId> = new Set();

  constructor(library: Library, objects: Objects) {
    this.#library = library;
    this.#objects = objects;
    this.#new = library.callback('new', (ssl: Pointer, session: Pointer) => this.#onNew(ssl, session));
    this.#remove = library.callback('remove', (ctx: Pointer, session: Pointer) => this.#onRemove(ctx, session));
    this.#get = library.callback('get', (ssl: Pointer, id: Pointer, length: number, copy: Pointer) =>
      this.#onGet(ssl, readBytes(id, length), copy),
    );
  }

  /** Sessions that the program holds a reference of, for the call that comes. */
  set owned(sessions: readonly ObjectId[]) {
    this.#owned = new Set(sessions);
  }

  onNew(ctx: CtxEntry, keep: boolean): void {
    ctx.keep = keep;
    ctx.asks.delete('new');
    this.#library.call('SSL_CTX_sess_set_new_cb', ctx.address, this.#new);
  }

  onRemove(ctx: CtxEntry): void {
    ctx.asks.delete('remove');
    this.#library.call('SSL_CTX_sess_set_remove_cb', ctx.address, this.#remove);
  }

  onGet(ctx: CtxEntry, mode: string): void {
    ctx.getMode = mode;
    ctx.asks.delete('get');
    this.#library.call('SSL_CTX_sess_set_get_cb', ctx.address, this.#get);
  }

  #onNew(ssl: Pointer, session: Pointer): number {
    const ctx = this.#madeWith(ssl);
    const { id } = this.#objects.met('session', session);
    this.#objects.happened({ name: 'new', session: id, ctx: ctx.id, kept: ctx.keep });
    if (ctx.keep) ctx.kept.push(id);
    return ctx.keep ? 1 : 0;
  }

  #onRemove(ctx: Pointer, session: Pointer): void {
    const { id } = this.#objects.met('session', session);
    this.#objects.happened({ name: 'remove', session: id, ctx: this.#objects.met('ctx', ctx).id });
  }

  #onGet(ssl: Pointer, id: Uint8Array, copy: Pointer): Pointer | null {
    const ctx = this.#madeWith(ssl);
    this.#objects.happened({ name: 'get', id, ctx: ctx.id });
    if (ctx.getMode === 'miss') return null;
    const caches = this.#objects.caches();
    for (const kept of [...ctx.kept].reverse()) {
      const entry = this.#objects.alive(kept);
      // A session kept in this very call is the program's too, but not yet in its list.
      if (entry === undefined || !this.#owned.has(kept)) continue;
      const cachedIn = caches.get(entry.address);
      if (cachedIn !== undefined && cachedIn !== ctx.id) continue;
      if (!equal(this.#idOf(entry.address), id)) continue;
      writeInt32(copy, ctx.getMode === 'copy' ? 1 : 0);
      if (ctx.getMode === 'nocopy') this.#library.call('SSL_SESSION_up_ref', entry.address);
      return entry.address;
    }
    return null;
  }

  #idOf(session: Pointer): Uint8Array {
    const length = new Uint8Array(4);
    const address = this.#library.pointer('SSL_SESSION_get_id', session, length);
    return address === null ? new Uint8Array() : readBytes(address, length[0] ?? 0);
  }

  /** The context that the connection of an address was made with. */
  #madeWith(ssl: Pointer): CtxEntry {
    return this.#objects.ctx(this.#objects.connectionAt(ssl).ctx);
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
