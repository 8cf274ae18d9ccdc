/** A file that grows while a command runs and is there whole or not at all; `-` is standard output. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CommandFailure, exitCodes } from './exit.js';
import type { Io } from './io.js';

const chunkBytes = 1 << 16;

export class OutputFile {
  readonly #path: string;
  readonly #what: string;
  readonly #io: Io;
  /** Where it grows; undefined: on standard output. */
  readonly #growing: { readonly descriptor: number; readonly path: string } | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #over = false;

  /**
   * Begins it beside its place; a device or a pipe is written to as it is.
   * @param what - that it holds, for messages: `the capture`
   * @throws CommandFailure where it cannot be written
   */
  constructor(path: string, what: string, io: Io) {
    this.#path = path;
    this.#what = what;
    this.#io = io;
    if (path === '-') return;
    this.#growing = this.#tried(() => {
      const growing = isPlain(path) ? join(dirname(path), `.${basename(path)}.tmp`) : path;
      return { path: growing, descriptor: openSync(growing, 'w') };
    });
  }

  /** @throws CommandFailure */
  write(piece: Uint8Array | string): void {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= chunkBytes) this.#flush();
  }

  /** It is whole: it takes its place. @throws CommandFailure */
  close(): void {
    this.#flush();
    this.#over = true;
    const growing = this.#growing;
    if (growing === undefined) return;
    this.#tried(() => {
      const replaces = growing.path !== this.#path;
      if (replaces) fsyncSync(growing.descriptor); // the name must not come to the disk before what it names
      closeSync(growing.descriptor);
      if (replaces) renameSync(growing.path, this.#path);
    });
  }

  /** Nothing comes of it, unless it is whole: what stood in its place stays. */
  discard(): void {
    if (this.#over) return;
    this.#over = true;
    const growing = this.#growing;
    if (growing === undefined) return;
    closeSync(growing.descriptor);
    if (growing.path !== this.#path) rmSync(growing.path, { force: true });
  }

  #flush(): void {
    let left: Uint8Array = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    const descriptor = this.#growing?.descriptor;
    if (descriptor === undefined) this.#io.outBytes(left);
    else while (left.length > 0) left = left.subarray(this.#tried(() => writeSync(descriptor, left)));
  }

  #tried<T>(act: () => T): T {
    try {
      return act();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : '';
      throw new CommandFailure(exitCodes.usedWrongly, `cannot write ${this.#what} to ${this.#path}: ${why}`, { cause });
    }
  }
}

/** Whether it is a file that another may take the place of, or none yet. */
function isPlain(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
}
