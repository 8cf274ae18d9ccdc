/**
 * What of a disk survives the loss of power. Names and contents become durable apart from each other, as POSIX has it:
 * fsync of a file its contents, fsync of a directory its names. Changes of names wait in a journal; what a crash keeps of
 * it is a beginning, so a rename happens wholly or not at all, and never before what went ahead of it.
 */
import type { RandomStream } from '../kernel/index.js';

/** Minted by one disk, never used again in it. */
export type FileId = number;

/** What a name means. */
export interface Named {
  readonly id: FileId;
  readonly kind: 'file' | 'directory';
}

/** One name in one directory now means something else, or nothing. */
export interface NameChange {
  readonly directory: FileId;
  readonly name: string;
  readonly means: Named | undefined;
}

/** Changes of names that wait at most: beyond, the oldest are written back, as every system does after a while. */
export const journalMax = 4096;
/** Contents kept before those that no name leads to are dropped. */
const contentsKeptMin = 256;

/** What a crash takes: nothing (the process died, the host did not), all that was not synced, or a drawn part of it. */
export type DiskLoss =
  | { readonly lose: 'nothing' }
  | { readonly lose: 'unsynced' }
  | { readonly lose: 'some'; readonly stream: RandomStream };

export class DurableView {
  readonly #names = new Map<FileId, Map<string, Named>>();
  readonly #contents = new Map<FileId, Uint8Array>();
  #contentsMax = contentsKeptMin;
  #journal: (readonly NameChange[])[] = [];

  /** Names have changed, all of these together. */
  note(changes: readonly NameChange[]): void {
    this.#journal.push(changes);
    if (this.#journal.length <= journalMax) return;
    for (const oldest of this.#journal.splice(0, journalMax / 2)) this.#apply(oldest);
  }

  syncContents(file: FileId, bytes: Uint8Array): void {
    this.#contents.set(file, bytes);
    if (this.#contents.size > this.#contentsMax) this.#dropUnnamed();
  }

  /** Every change that touches this directory is durable, and with it those that were made together with it. */
  syncNames(directory: FileId): void {
    const waiting = this.#journal;
    this.#journal = [];
    for (const changes of waiting) {
      if (changes.some((change) => change.directory === directory)) this.#apply(changes);
      else this.#journal.push(changes);
    }
  }

  /** The names that a directory has after a crash, in code-unit order. */
  namesIn(directory: FileId): readonly (readonly [string, Named])[] {
    const names = this.#names.get(directory);
    return names === undefined ? [] : [...names].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The contents that a file has after a crash: none where none was ever synced. */
  contentsOf(file: FileId): Uint8Array {
    return this.#contents.get(file) ?? new Uint8Array(0);
  }

  /** Power is lost: what had reached the disk by itself is durable too. `volatile` has the contents of every file. */
  loseRest(stream: RandomStream | undefined, volatile: ReadonlyMap<FileId, Uint8Array>): void {
    if (stream !== undefined) {
      const kept = stream.int(this.#journal.length + 1);
      for (const changes of this.#journal.slice(0, kept)) this.#apply(changes);
      for (const [file, bytes] of volatile) this.#keepSome(stream, file, bytes);
    }
    this.#journal = [];
  }

  /** Nothing of the new contents, or all, or what comes of writing a part of them over the old. */
  #keepSome(stream: RandomStream, file: FileId, bytes: Uint8Array): void {
    const durable = this.contentsOf(file);
    if (Buffer.compare(durable, bytes) === 0) return;
    const fate = stream.pick(['none', 'all', 'torn'] as const);
    if (fate === 'none') return;
    if (fate === 'all') {
      this.#contents.set(file, bytes);
      return;
    }
    const written = stream.int(bytes.length + 1);
    const torn = new Uint8Array(Math.max(written, Math.min(durable.length, bytes.length)));
    torn.set(durable.subarray(0, torn.length));
    torn.set(bytes.subarray(0, written));
    this.#contents.set(file, torn);
  }

  #apply(changes: readonly NameChange[]): void {
    for (const { directory, name, means } of changes) {
      const names = this.#names.get(directory) ?? new Map<string, Named>();
      this.#names.set(directory, names);
      if (means === undefined) names.delete(name);
      else names.set(name, means);
    }
  }

  #dropUnnamed(): void {
    const named = new Set<FileId>();
    for (const names of this.#names.values()) for (const { id } of names.values()) named.add(id);
    for (const changes of this.#journal) for (const { means } of changes) if (means !== undefined) named.add(means.id);
    for (const id of this.#contents.keys()) if (!named.has(id)) this.#contents.delete(id);
    this.#contentsMax = Math.max(contentsKeptMin, 2 * this.#contents.size);
  }
}
