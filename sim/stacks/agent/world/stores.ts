/** Sessions that the program keeps beside libssl's cache: each with a reference, or encoded in files of the world's disk. */
import { type Library, type Pointer, readBytes, withMemory, writeInt32 } from '../library.js';
import type { CtxEntry, Objects } from '../objects.js';
import type { Consult } from './consult.js';
import { fromHex, toHex } from './hex.js';
import { copyIn } from './memory.js';

export interface StoreEars {
  readonly consult: Consult;
  /** Told of each callback before it does anything. */
  readonly onCallback: (name: 'new' | 'remove' | 'get', of: CallbackOf) => void;
}

export class Stores {
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #ears: StoreEars;
  readonly #onKept: Pointer;
  readonly #onNew: Pointer;
  readonly #onRemove: Pointer;
  readonly #onGet: Pointer;
  /** Contexts whose get callback says that it keeps its reference. */
  readonly #copies = new Set<number>();

  constructor(library: Library, objects: Objects, ears: StoreEars) {
    this.#library = library;
    this.#objects = objects;
    this.#ears = ears;
    this.#onKept = library.callback('new', (ssl: Pointer, session: Pointer) => {
      this.#tell('new', ssl, session);
      return 1;
    });
    this.#onNew = library.callback('new', (ssl: Pointer, session: Pointer) => {
      const ctx = this.#tell('new', ssl, session);
      this.#ears.consult({ about: 'store', ctx, id: this.#idOf(session), session: this.#encoded(session) });
      return 0;
    });
    this.#onRemove = library.callback('remove', (ctx: Pointer, session: Pointer) => this.#remove(ctx, session));
    this.#onGet = library.callback('get', (ssl: Pointer, id: Pointer, length: number, copy: Pointer) =>
      this.#get(ssl, copyIn(library, id, length), copy),
    );
  }

  /** Every new session is kept, with a reference. */
  keep(ctx: CtxEntry): void {
    this.#library.call('SSL_CTX_sess_set_new_cb', ctx.address, this.#onKept);
  }

  /** Sessions are stored encoded. `copy`: the get callback says that it keeps the reference that it has made. */
  store(ctx: CtxEntry, { copy }: { readonly copy: boolean }): void {
    if (copy) this.#copies.add(ctx.id);
    this.#library.call('SSL_CTX_sess_set_new_cb', ctx.address, this.#onNew);
    this.#library.call('SSL_CTX_sess_set_remove_cb', ctx.address, this.#onRemove);
    this.#library.call('SSL_CTX_sess_set_get_cb', ctx.address, this.#onGet);
  }

  forget(): void {
    this.#copies.clear();
  }

  #remove(ctx: Pointer, session: Pointer): void {
    const { id } = this.#objects.met('ctx', ctx);
    this.#ears.onCallback('remove', { ctx: id, ssl: 0, session: this.#objects.met('session', session).id, id: '' });
    this.#ears.consult({ about: 'unstore', ctx: id, id: this.#idOf(session) });
  }

  #get(ssl: Pointer, wanted: Uint8Array, copy: Pointer): Pointer | null {
    const { id: connection, ctx } = this.#connection(ssl);
    const id = toHex(wanted);
    this.#ears.onCallback('get', { ctx, ssl: connection, session: 0, id });
    const stored = this.#ears.consult({ about: 'stored', ctx, id });
    if (stored === null) return null;
    const der = fromHex(stored);
    const session = withMemory(der, (memory) =>
      this.#library.pointer('d2i_SSL_SESSION', null, BigUint64Array.of(memory), der.length),
    );
    if (session !== null) writeInt32(copy, this.#copies.has(ctx) ? 1 : 0);
    return session;
  }

  /** @returns the context of the connection */
  #tell(name: 'new', ssl: Pointer, session: Pointer): number {
    const { id, ctx } = this.#connection(ssl);
    this.#ears.onCallback(name, { ctx, ssl: id, session: this.#objects.met('session', session).id, id: '' });
    return ctx;
  }

  #connection(ssl: Pointer): { readonly id: number; readonly ctx: number } {
    const entry = this.#objects.at(ssl);
    if (entry?.kind !== 'ssl') throw new Error('a callback for a connection never seen');
    return entry;
  }

  #idOf(session: Pointer): string {
    const length = new Uint8Array(4);
    const at = this.#library.pointer('SSL_SESSION_get_id', session, length);
    return at === null ? '' : toHex(copyIn(this.#library, at, length[0] ?? 0));
  }

  #encoded(session: Pointer): string {
    const length = this.#library.integer('i2d_SSL_SESSION', session, null);
    return withMemory(new Uint8Array(length), (memory) => {
      this.#library.call('i2d_SSL_SESSION', session, BigUint64Array.of(memory));
      return toHex(readBytes(memory, length));
    });
  }
}

export interface CallbackOf {
  readonly ctx: number;
  readonly ssl: number;
  readonly session: number;
  /** In hex, of `get`. */
  readonly id: string;
}
