/**
 * The random bytes of libssl, from a seed: every RAND_bytes and RAND_priv_bytes ends in this method (RAND_set_rand_method(3)),
 * those of key generation, nonces and encapsulations among them.
 */
import { allocate, type Library, type Pointer } from '../library.js';
import { copyOut, writePointers } from './memory.js';

const seedWords = 4;
/** Numbers thrown away, so that alike seeds part. */
const warmUp = 12;

export class SeededRandom {
  readonly #library: Library;
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 0;

  constructor(library: Library) {
    this.#library = library;
    const bytes = library.callback('randBytes', (target: Pointer, length: number) => this.#fill(target, length));
    const status = library.callback('randStatus', () => 1);
    const method = allocate(6 * 8);
    // seed, bytes, cleanup, add, pseudorand, status
    writePointers(method, [0n, bytes, 0n, 0n, bytes, status]);
    library.call('RAND_set_rand_method', method);
  }

  /** @param seed - 16 bytes */
  begin(seed: Uint8Array): void {
    const view = new DataView(seed.buffer, seed.byteOffset, seedWords * 4);
    this.#a = view.getUint32(0);
    this.#b = view.getUint32(4);
    this.#c = view.getUint32(8);
    this.#counter = view.getUint32(12);
    for (let i = 0; i < warmUp; i++) this.#next();
  }

  #fill(target: Pointer, length: number): number {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 4) {
      const word = this.#next();
      for (let i = 0; i < 4 && at + i < length; i++) bytes[at + i] = word >>> (8 * i);
    }
    copyOut(this.#library, bytes, target);
    return 1;
  }

  /** sfc32 (Doty-Humphrey, PractRand): fast, and of any length. It resists nobody. */
  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum;
  }
}
