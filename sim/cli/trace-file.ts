/** `--trace FILE`: one JSON object a line; each run begins with a line that names it. Compressed where the name ends in `.gz`. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type TraceSink, traceLine } from '../trace/index.js';
import { CommandFailure, exitCodes } from './exit.js';

const chunkCharacters = 1 << 16;

export class TraceFile {
  readonly #descriptor: number;
  readonly #compressed: boolean;
  #waiting = '';

  /** @throws CommandFailure where the file cannot be written */
  constructor(path: string) {
    this.#compressed = path.endsWith('.gz');
    try {
      this.#descriptor = openSync(path, 'w');
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : '';
      throw new CommandFailure(exitCodes.usedWrongly, `cannot write the trace to ${path}: ${why}`, { cause });
    }
  }

  /** Where the events of the run that `header` names go. */
  sink(header: { readonly scenario: string; readonly seed: string; readonly profile: string }): TraceSink {
    this.#line(JSON.stringify({ run: header }));
    return (event) => this.#line(traceLine(event));
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #line(text: string): void {
    this.#waiting += `${text}\n`;
    if (this.#waiting.length >= chunkCharacters) this.#flush();
  }

  #flush(): void {
    // Compressed parts one after another are one compressed file (RFC 1952 §2.2).
    writeSync(this.#descriptor, this.#compressed ? gzipSync(this.#waiting) : Buffer.from(this.#waiting));
    this.#waiting = '';
  }
}
