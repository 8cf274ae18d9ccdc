/**
 * The points of a connection at which its transport is read or written: callbacks of the BIOs themselves, which run before the
 * operation. A BIO may be read by one connection and written by another.
 */
import type { ObjectId } from '../stack.js';
import type { Library, Pointer } from './library.js';
import type { Objects, SslEntry } from './objects.js';

export type TransportPoint = 'read' | 'write';

/** BIO_CB_READ and BIO_CB_WRITE, before the operation (bio.h). */
const bioRead = 2;
const bioWrite = 3;

export class Points {
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #reached: (ssl: SslEntry, point: TransportPoint) => void;
  readonly #owners: Readonly<Record<TransportPoint, Map<Pointer, ObjectId>>> = { read: new Map(), write: new Map() };
  #callback: Pointer | undefined;
  /** The agent itself is at work on a transport. */
  #isQuiet = false;

  constructor(library: Library, objects: Objects, reached: (ssl: SslEntry, point: TransportPoint) => void) {
    this.#library = library;
    this.#objects = objects;
    this.#reached = reached;
    objects.onReset(() => {
      for (const owners of Object.values(this.#owners)) owners.clear();
    });
  }

  /** To be called before each call on the connection: its BIOs may be others than at the last. */
  watch(ssl: SslEntry): void {
    if (ssl.asks.has('read')) this.#watchBio('read', ssl, this.#library.pointer('SSL_get_rbio', ssl.address));
    if (ssl.asks.has('write')) this.#watchBio('write', ssl, this.#library.pointer('SSL_get_wbio', ssl.address));
  }

  /** What the agent does to a transport is no point of a connection. */
  quietly<T>(act: () => T): T {
    this.#isQuiet = true;
    try {
      return act();
    } finally {
      this.#isQuiet = false;
    }
  }

  #watchBio(point: TransportPoint, ssl: SslEntry, bio: Pointer | null): void {
    if (bio === null) return;
    this.#callback ??= this.#library.callback('bioPoint', (address: Pointer, operation: number, ...rest: never[]) => {
      if (operation === bioRead) this.#at('read', address);
      if (operation === bioWrite) this.#at('write', address);
      const [, , , , result] = rest;
      return result; // goes on, or ends as it would have
    });
    this.#owners[point].set(bio, ssl.id);
    this.#library.call('BIO_set_callback_ex', bio, this.#callback);
  }

  #at(point: TransportPoint, bio: Pointer): void {
    const owner = this.#owners[point].get(bio);
    const ssl = owner === undefined || this.#isQuiet ? undefined : this.#objects.alive(owner);
    if (ssl?.kind !== 'ssl') return;
    // A connection that has another transport by now leaves the old one to its peer.
    const now = this.#library.pointer(point === 'read' ? 'SSL_get_rbio' : 'SSL_get_wbio', ssl.address);
    if (now === bio) this.#reached(ssl, point);
  }
}
