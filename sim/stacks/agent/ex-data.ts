/** The program's own ex_data: one index for each kind of object, whose functions are recorded once a program wants them. */
import type { ObjectId, ObjectKind } from '../stack.js';
import { type Library, type Pointer, readInt64 } from './library.js';
import type { Objects } from './objects.js';

/** CRYPTO_EX_INDEX_… (crypto.h), and the names that the functions of each kind begin with. */
const kinds = {
  ssl: { index: 0, prefix: 'SSL' },
  ctx: { index: 1, prefix: 'SSL_CTX' },
  session: { index: 2, prefix: 'SSL_SESSION' },
} as const;

/** CRYPTO_EX_new, CRYPTO_EX_dup and CRYPTO_EX_free of one kind. */
interface Functions {
  readonly made: Pointer;
  readonly copied: Pointer;
  readonly freed: Pointer;
}

export class ExData {
  readonly #library: Library;
  readonly #objects: Objects;
  /** Registered before any call: where a callback is the first to need them and registers them, koffi runs out of stack in later calls. */
  readonly #functions: Readonly<Record<ObjectKind, Functions>>;
  readonly #indices = new Map<ObjectKind, number>();
  readonly #recorded = new Set<ObjectKind>();
  #isQuiet = false;

  constructor(library: Library, objects: Objects) {
    this.#library = library;
    this.#objects = objects;
    this.#functions = {
      ssl: this.#functionsOf('ssl'),
      ctx: this.#functionsOf('ctx'),
      session: this.#functionsOf('session'),
    };
    objects.onReset(() => this.#recorded.clear());
  }

  record(kind: ObjectKind): void {
    this.#indexOf(kind);
    this.#recorded.add(kind);
  }

  set(object: ObjectId, value: number): number {
    const { kind, address } = this.#entry(object);
    return this.#library.integer(`${kinds[kind].prefix}_set_ex_data`, address, this.#indexOf(kind), BigInt(value));
  }

  get(object: ObjectId): number {
    const { kind, address } = this.#entry(object);
    return Number(this.#library.pointer(`${kinds[kind].prefix}_get_ex_data`, address, this.#indexOf(kind)) ?? 0n);
  }

  /** Runs what makes objects of its own, of which a program knows nothing. */
  quietly<T>(run: () => T): T {
    this.#isQuiet = true;
    try {
      return run();
    } finally {
      this.#isQuiet = false;
    }
  }

  #entry(object: ObjectId): { readonly kind: ObjectKind; readonly address: Pointer } {
    const entry = this.#objects.alive(object);
    if (entry === undefined) throw new Error(`object ${object} is dead`);
    return entry;
  }

  #indexOf(kind: ObjectKind): number {
    const known = this.#indices.get(kind);
    if (known !== undefined) return known;
    const { made, copied, freed } = this.#functions[kind];
    const index = this.#library.integer('CRYPTO_get_ex_new_index', kinds[kind].index, 0, null, made, copied, freed);
    this.#indices.set(kind, index);
    return index;
  }

  #functionsOf(kind: ObjectKind): Functions {
    const made = this.#library.callback('exData', () => this.#happened('new', kind, 0n));
    const copied = this.#library.callback('exDataCopy', (_to: Pointer, _from: Pointer, place: Pointer) => {
      this.#happened('dup', kind, readInt64(place));
      return 1;
    });
    const freed = this.#library.callback('exData', (_object: Pointer, value: Pointer) =>
      this.#happened('free', kind, value),
    );
    return { made, copied, freed };
  }

  #happened(act: 'new' | 'dup' | 'free', of: ObjectKind, value: bigint | null): void {
    if (this.#isQuiet || !this.#recorded.has(of)) return;
    this.#objects.happened({ name: 'ex_data', act, of, value: Number(value ?? 0n) });
  }
}
