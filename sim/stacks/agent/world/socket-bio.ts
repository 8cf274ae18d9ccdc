/** A BIO over a mirror: what libssl reads and writes meets exactly what the socket of the world would give. */
import type { Library, Pointer } from '../library.js';
import { copyIn, copyOut } from './memory.js';
import { type Mirror, moveGave } from './mirror.js';

/** BIO_TYPE_SOURCE_SINK (bio.h), and a number that no other kind has. */
const bioType = 0x0400 | 0x7d;
/** BIO_FLAGS_READ, _WRITE, _SHOULD_RETRY. */
const retryRead = 0x09;
const retryWrite = 0x0a;
const retryBits = 0x0f;
/** BIO_CTRL_EOF, _FLUSH, _DUP. */
const controlEof = 2;
const controlFlush = 11;
const controlDup = 12;

export class SocketBios {
  readonly #library: Library;
  readonly #method: Pointer;
  readonly #mirrors = new Map<Pointer, Mirror>();
  readonly #onRecordRead: (mirror: Mirror) => void;

  /** @param onRecordRead - told before libssl looks at a record that has come whole */
  constructor(library: Library, onRecordRead: (mirror: Mirror) => void) {
    this.#library = library;
    this.#onRecordRead = onRecordRead;
    const method = library.pointer('BIO_meth_new', bioType, 'socket of a world');
    if (method === null) throw new Error('BIO_meth_new gives NULL');
    this.#method = method;
    const read = library.callback('socketRead', (bio: Pointer, target: Pointer, max: number) =>
      this.#read(bio, target, max),
    );
    const write = library.callback('socketWrite', (bio: Pointer, from: Pointer, length: number) =>
      this.#write(bio, from, length),
    );
    const control = library.callback('socketControl', (bio: Pointer, command: number) => this.#control(bio, command));
    const destroyed = library.callback('socketDestroy', (bio: Pointer) => {
      this.#mirrors.delete(bio);
      return 1;
    });
    library.call('BIO_meth_set_read', method, read);
    library.call('BIO_meth_set_write', method, write);
    library.call('BIO_meth_set_ctrl', method, control);
    library.call('BIO_meth_set_destroy', method, destroyed);
  }

  /** Joins a connection to a socket. */
  join(ssl: Pointer, mirror: Mirror): void {
    const bio = this.#library.pointer('BIO_new', this.#method);
    if (bio === null) throw new Error('BIO_new gives NULL');
    this.#library.call('BIO_set_init', bio, 1);
    this.#mirrors.set(bio, mirror);
    this.#library.call('SSL_set_bio', ssl, bio, bio);
  }

  /** Knows none of them any more. */
  forget(): void {
    this.#mirrors.clear();
  }

  #read(bio: Pointer, target: Pointer, max: number): number {
    const mirror = this.#mirrors.get(bio);
    this.#library.call('BIO_clear_flags', bio, retryBits);
    if (mirror === undefined) return -1;
    const got = mirror.read(max);
    if (typeof got !== 'number') {
      copyOut(this.#library, got, target);
      if (mirror.recordRead) this.#onRecordRead(mirror);
      return got.length;
    }
    if (got === moveGave.wait) this.#library.call('BIO_set_flags', bio, retryRead);
    return got === moveGave.eof ? 0 : -1;
  }

  #write(bio: Pointer, from: Pointer, length: number): number {
    const mirror = this.#mirrors.get(bio);
    this.#library.call('BIO_clear_flags', bio, retryBits);
    if (mirror === undefined) return -1;
    const took = mirror.write(copyIn(this.#library, from, length));
    if (took > 0) return took;
    if (took === 0) this.#library.call('BIO_set_flags', bio, retryWrite);
    return -1;
  }

  #control(bio: Pointer, command: number): number {
    if (command === controlFlush || command === controlDup) return 1;
    return command === controlEof && this.#mirrors.get(bio)?.atEnd === true ? 1 : 0;
  }
}
