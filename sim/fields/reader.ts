/** A cursor that makes a field of each thing that it reads. It never throws: what does not fit becomes a field that says so. */
import type { Field, Inside } from './field.js';

/** Says a number in words. */
export type Say = (value: number) => string;

/** What a field has besides its name and its bytes. */
export interface Told {
  readonly value?: string;
  readonly source?: string | undefined;
  readonly problem?: string | undefined;
  readonly inside?: Inside | undefined;
}

/** The same of bytes, and how they are said: in hex unless told. */
export interface Shown extends Told {
  readonly say?: (bytes: Uint8Array) => string;
}

/** What a reader of several fields says of them all: a value, or more than that; nothing, where their number of bytes will do. */
export type Summary = string | Pick<Told, 'value' | 'problem'> | undefined;

/** Bytes that a value in hex shows at most. */
const shownBytesMax = 64;

export class FieldReader {
  readonly bytes: Uint8Array;
  readonly fields: Field[] = [];
  #at: number;
  readonly #end: number;
  /** Of fields that name none of their own. */
  readonly #source: string;
  #failed = false;

  constructor(bytes: Uint8Array, source: string, range: { readonly from: number; readonly to: number }) {
    this.bytes = bytes;
    this.#source = source;
    this.#at = range.from;
    this.#end = range.to;
  }

  get at(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  /** Something did not fit: nothing is read any more. */
  get failed(): boolean {
    return this.#failed;
  }

  u8(name: string, say: Say = decimal, source?: string): number {
    return this.#number(name, 1, say, source);
  }

  u16(name: string, say: Say = decimal, source?: string): number {
    return this.#number(name, 2, say, source);
  }

  u24(name: string, say: Say = decimal, source?: string): number {
    return this.#number(name, 3, say, source);
  }

  u32(name: string, say: Say = decimal, source?: string): number {
    return this.#number(name, 4, say, source);
  }

  /** So many bytes, in hex unless told otherwise. */
  opaque(name: string, length: number, { say = hexText, ...told }: Shown = {}): Uint8Array {
    const taken = this.#take(name, length, told.source);
    if (taken === undefined) return none;
    this.#push(name, this.#at - length, length, { value: say(taken), ...told });
    return taken;
  }

  /** All that is left; no field where nothing is. */
  rest(name: string, told: Shown = {}): Uint8Array {
    return this.#failed || this.remaining === 0 ? none : this.opaque(name, this.remaining, told);
  }

  /** `opaque name<…>`: a length, then as many bytes that are one value. */
  blob(name: string, lengthBytes: 1 | 2 | 3, inside: string, told: Shown = {}): Uint8Array {
    let bytes = none;
    const { say = hexText, ...about } = told;
    const read = (reader: FieldReader): Summary => {
      bytes = reader.rest(inside, { ...about, say });
      return say(bytes);
    };
    this.vector(name, lengthBytes, read, about);
    return bytes;
  }

  /** A length, then as many bytes, in which `read` reads. */
  vector(name: string, lengthBytes: 1 | 2 | 3, read: (inside: FieldReader) => Summary, told: Told = {}): void {
    this.group(
      name,
      (group) => {
        const length = group.#number('length', lengthBytes, count, undefined);
        if (group.failed) return undefined;
        const { remaining } = group;
        const summary = group.within(length, read);
        if (remaining >= length) return { value: count(length), ...summary };
        return { value: count(length), ...summary, problem: `expected ${count(length)}, ${remaining} came` };
      },
      told,
    );
  }

  /** Fields that belong together. */
  group(name: string, read: (inside: FieldReader) => Summary, told: Told = {}): void {
    if (this.#failed) return;
    const from = this.#at;
    const inner = new FieldReader(this.bytes, told.source ?? this.#source, { from, to: this.#end });
    const summary = toldOf(read(inner));
    this.#at = inner.at;
    this.#failed = inner.failed;
    const length = this.#at - from;
    this.#push(name, from, length, { value: count(length), ...told, ...summary, children: inner.fields });
  }

  /** The next `length` bytes, as far as they came, by a reader of their own, whose fields stand among these. */
  within(length: number, read: (inside: FieldReader) => Summary): Pick<Told, 'value' | 'problem'> {
    if (this.#failed) return {};
    const to = Math.min(this.#at + length, this.#end);
    const inner = new FieldReader(this.bytes, this.#source, { from: this.#at, to });
    const summary = toldOf(read(inner));
    inner.end();
    this.fields.push(...inner.fields);
    this.#failed = to < this.#at + length;
    this.#at = to;
    return summary;
  }

  /** Reads one after another until nothing is left. */
  each(read: () => void): void {
    while (!this.#failed && this.remaining > 0) {
      const before = this.#at;
      read();
      if (this.#at === before) return;
    }
  }

  /** Nothing is to be left. */
  end(): void {
    if (this.#failed || this.remaining === 0) return;
    const { remaining } = this;
    this.opaque('unexpected', remaining, { problem: `expected the end, ${count(remaining)} more came` });
    this.#failed = true;
  }

  #number(name: string, length: 1 | 2 | 3 | 4, say: Say, source: string | undefined): number {
    const taken = this.#take(name, length, source);
    if (taken === undefined) return 0;
    const value = taken.reduce((sum, byte) => sum * 256 + byte, 0);
    this.#push(name, this.#at - length, length, { value: say(value), source });
    return value;
  }

  #take(name: string, length: number, source: string | undefined): Uint8Array | undefined {
    if (this.#failed) return undefined;
    const from = this.#at;
    if (this.remaining >= length) {
      this.#at += length;
      return this.bytes.subarray(from, this.#at);
    }
    this.#failed = true;
    const came = this.remaining;
    this.#at = this.#end;
    const value = hexText(this.bytes.subarray(from, this.#end));
    this.#push(name, from, came, { value, source, problem: `expected ${count(length)}, ${came} came` });
    return undefined;
  }

  #push(
    name: string,
    offset: number,
    length: number,
    { value = '', source, problem, inside, children }: Told & { readonly children?: readonly Field[] },
  ): void {
    this.fields.push({
      name,
      offset,
      length,
      value,
      source: source ?? this.#source,
      ...(problem !== undefined && { problem }),
      ...(children !== undefined && { children }),
      ...(inside !== undefined && { inside }),
    });
  }
}

const none: Uint8Array = new Uint8Array(0);

function toldOf(summary: Summary): Pick<Told, 'value' | 'problem'> {
  if (summary === undefined) return {};
  return typeof summary === 'string' ? { value: summary } : summary;
}

export function decimal(value: number): string {
  return String(value);
}

/** `1 byte`, `2 bytes`. */
export function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

/** Two digits a byte; of many bytes the first, and how many there are. */
export function hexText(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'empty';
  const text = Array.from(bytes.subarray(0, shownBytesMax), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > shownBytesMax ? `${text}… (${count(bytes.length)})` : text;
}

/** `0x0303`. */
export function hexNumber(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** Characters in quotes where all are printable ASCII, or ends of lines; hex of others. */
export function asText(bytes: Uint8Array): string {
  const isText = bytes.length > 0 && bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 13 || byte === 10);
  if (!isText) return hexText(bytes);
  const text = JSON.stringify(String.fromCharCode(...bytes.subarray(0, shownBytesMax)));
  return bytes.length > shownBytesMax ? `${text}… (${count(bytes.length)})` : text;
}
