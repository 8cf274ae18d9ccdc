/** `--trace FILE`: one JSON object a line; each run begins with a line that names it. Compressed where the name ends in `.gz`. */
import { gzipSync } from 'node:zlib';
import { type TraceSink, traceLine } from '../trace/index.js';
import type { Io } from './io.js';
import { OutputFile } from './output-file.js';

const chunkCharacters = 1 << 16;

export class TraceFile {
  readonly #file: OutputFile;
  readonly #compressed: boolean;
  #waiting = '';

  /** @throws CommandFailure where the file cannot be written */
  constructor(path: string, io: Io) {
    this.#compressed = path.endsWith('.gz');
    this.#file = new OutputFile(path, 'the trace', io);
  }

  /** Where the events of the run that `header` names go. */
  sink(header: { readonly scenario: string; readonly seed: string; readonly profile: string }): TraceSink {
    this.#line(JSON.stringify({ run: header }));
    return (event) => this.#line(traceLine(event));
  }

  /** @throws CommandFailure */
  close(): void {
    this.#flush();
    this.#file.close();
  }

  /** Nothing comes of it, unless it is whole. */
  discard(): void {
    this.#file.discard();
  }

  #line(text: string): void {
    this.#waiting += `${text}\n`;
    if (this.#waiting.length >= chunkCharacters) this.#flush();
  }

  #flush(): void {
    // Compressed parts one after another are one compressed file (RFC 1952 §2.2).
    this.#file.write(this.#compressed ? gzipSync(this.#waiting) : this.#waiting);
    this.#waiting = '';
  }
}
