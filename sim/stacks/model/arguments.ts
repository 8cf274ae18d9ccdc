/** The arguments of one call of a program, as the model takes them. */
import type { ArgumentValue, ObjectId } from '../stack.js';
import type { FieldArguments } from './fields.js';
import type { CtxEntry, Objects, SessionEntry, SslEntry } from './objects.js';

/** By their places. */
export class Arguments implements FieldArguments {
  readonly #values: readonly ArgumentValue[];
  readonly #objects: Objects;

  constructor(values: readonly ArgumentValue[], objects: Objects) {
    this.#values = values;
    this.#objects = objects;
  }

  ctx(index: number): CtxEntry {
    return this.#objects.ctx(this.#id(index));
  }

  ssl(index: number): SslEntry {
    return this.#objects.ssl(this.#id(index));
  }

  object(index: number): unknown {
    return this.#objects.alive(this.#id(index))?.object;
  }

  text(index: number): string {
    const value = this.#values[index];
    return typeof value === 'object' && value !== null && 'text' in value ? value.text : '';
  }

  session(index: number): SessionEntry {
    return this.#objects.session(this.#id(index));
  }

  ctxOrSsl(index: number): CtxEntry | SslEntry {
    const entry = this.#objects.alive(this.#id(index));
    if (entry === undefined || entry.kind === 'session') throw new Error('no object that has callbacks');
    return entry;
  }

  bytes(index: number): Uint8Array {
    const value = this.#values[index];
    return typeof value === 'object' && value !== null && 'bytes' in value ? value.bytes : new Uint8Array();
  }

  word(index: number): string {
    const value = this.#values[index];
    return typeof value === 'object' && value !== null && 'word' in value ? value.word : '';
  }

  is(index: number): boolean {
    return this.#values[index] === true;
  }

  number(index: number, fallback: number): number {
    const value = this.#values[index];
    return typeof value === 'number' ? value : fallback;
  }

  /** Lets due corruption strike the records that the call may read. */
  corruptIfDue(): void {
    for (const index of this.#values.keys()) {
      const entry = this.#objects.alive(this.#id(index));
      if (entry?.kind === 'ssl') entry.transport.corruptIfDue();
    }
  }

  /** As the library's own functions take them. */
  asCalled(nowSeconds: number): readonly unknown[] {
    return this.#values.map((value) => {
      if (typeof value !== 'object' || value === null) return value;
      if ('object' in value) return this.#objects.alive(value.object)?.object;
      if ('bytes' in value) return value.bytes;
      if ('text' in value) return value.text;
      return 'now' in value ? BigInt(nowSeconds) + BigInt(value.now) : value.word;
    });
  }

  #id(index: number): ObjectId {
    const value = this.#values[index];
    return typeof value === 'object' && value !== null && 'object' in value ? value.object : 0;
  }
}
