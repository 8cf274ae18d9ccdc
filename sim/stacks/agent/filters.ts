/** BIOs before those of a connection that hold back what it writes, or what it reads: `sim_capacity` and `sim_deliver`. */
import type { Library, Pointer } from './library.js';
import type { SslEntry } from './objects.js';

/** BIO_TYPE_FILTER, BIO_FLAGS_…, BIO_CTRL_PENDING (bio.h). */
const typeFilter = 0x0200;
const flagsRetryRead = 0x01 | 0x08;
const flagsRetryWrite = 0x02 | 0x08;
const flagsRetry = 0x0f;
const ctrlPending = 10;

/** How many bytes a filter lets through: of what waits behind it, or from now on. */
interface Held {
  limit: number;
}

export class Filters {
  readonly #library: Library;
  readonly #held = new Map<Pointer, Held>();
  #method: Pointer | null = null;
  /** Of the filters' own; what was freed leaves its place to others. */
  #type = -1;

  constructor(library: Library) {
    this.#library = library;
  }

  /** What the connection writes is taken only while fewer than `bytes` wait for the peer to read them. */
  capacity(ssl: SslEntry, bytes: number): void {
    this.#heldOf(ssl).written.limit = bytes;
  }

  /** The first time: of what is under way to the connection, and will be, only so much arrives; later so much more. */
  deliver(ssl: SslEntry, bytes: number): void {
    const { read } = this.#heldOf(ssl);
    read.limit = read.limit === Number.POSITIVE_INFINITY ? bytes : read.limit + bytes;
  }

  /** The BIO that holds the bytes themselves. */
  behind(bio: Pointer | null): Pointer | null {
    return this.#filterAt(bio) === undefined ? bio : this.#library.pointer('BIO_next', bio);
  }

  /**
   * Both, or neither: the BIO that one connection reads is the one that its peer writes, so that each leaves marks in it of what to
   * try again, which tell something only of who comes at once.
   */
  #heldOf({ address }: SslEntry): { readonly read: Held; readonly written: Held } {
    const library = this.#library;
    const [read, written] = [library.pointer('SSL_get_rbio', address), library.pointer('SSL_get_wbio', address)];
    if (read === null || written === null) throw new Error('a connection without a transport');
    const known = { read: this.#filterAt(read), written: this.#filterAt(written) };
    if (known.read !== undefined && known.written !== undefined) return { read: known.read, written: known.written };
    const made = { read: this.#before(read), written: this.#before(written) };
    library.call('SSL_set0_rbio', address, made.read.filter);
    library.call('SSL_set0_wbio', address, made.written.filter);
    return { read: made.read.held, written: made.written.held };
  }

  #filterAt(bio: Pointer | null): Held | undefined {
    if (bio === null || this.#library.integer('BIO_method_type', bio) !== this.#type) return undefined;
    return this.#held.get(bio);
  }

  /** A filter with a reference of its own to the BIO that it stands before. */
  #before(bio: Pointer): { readonly filter: Pointer; readonly held: Held } {
    const library = this.#library;
    this.#method ??= this.#makeMethod();
    const filter = library.pointer('BIO_new', this.#method);
    if (filter === null) throw new Error('BIO_new gives NULL');
    library.call('BIO_up_ref', bio);
    library.call('BIO_push', filter, bio);
    const held = { limit: Number.POSITIVE_INFINITY };
    this.#held.set(filter, held);
    return { filter, held };
  }

  #makeMethod(): Pointer | null {
    const library = this.#library;
    this.#type = library.integer('BIO_get_new_index') | typeFilter;
    const method = library.pointer('BIO_meth_new', this.#type, 'simtls');
    const write = library.callback('bioWrite', (bio: Pointer, data: Pointer, length: number) =>
      this.#write(bio, data, length),
    );
    const read = library.callback('bioRead', (bio: Pointer, data: Pointer, length: number) =>
      this.#read(bio, data, length),
    );
    const control = library.callback('bioControl', (bio: Pointer, command: number, number: number, data: Pointer) => {
      const next = library.pointer('BIO_next', bio);
      return next === null ? 0 : library.integer('BIO_ctrl', next, command, number, data);
    });
    library.call('BIO_meth_set_write', method, write);
    library.call('BIO_meth_set_read', method, read);
    library.call('BIO_meth_set_ctrl', method, control);
    return method;
  }

  #write(bio: Pointer, data: Pointer, length: number): number {
    const library = this.#library;
    const next = library.pointer('BIO_next', bio);
    const waiting = library.integer('BIO_ctrl', next, ctrlPending, 0, null);
    const taken = Math.min(length, (this.#held.get(bio)?.limit ?? 0) - waiting);
    library.call('BIO_clear_flags', bio, flagsRetry);
    if (taken > 0) return library.integer('BIO_write', next, data, taken);
    library.call('BIO_set_flags', bio, flagsRetryWrite);
    return -1;
  }

  #read(bio: Pointer, data: Pointer, length: number): number {
    const library = this.#library;
    const next = library.pointer('BIO_next', bio);
    const held = this.#held.get(bio) ?? { limit: 0 };
    library.call('BIO_clear_flags', bio, flagsRetry);
    if (held.limit <= 0 && library.integer('BIO_ctrl', next, ctrlPending, 0, null) > 0) {
      library.call('BIO_set_flags', bio, flagsRetryRead);
      return -1;
    }
    const got = library.integer('BIO_read', next, data, held.limit > 0 ? Math.min(length, held.limit) : length);
    if (got > 0) held.limit -= got;
    else library.call('BIO_copy_next_retry', bio);
    return got;
  }
}
