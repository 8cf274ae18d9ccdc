/** How far a long command is: one line that changes on a terminal, a plain line now and then elsewhere. */
import type { Io } from './io.js';

const terminalEveryMs = 100;
const plainEveryMs = 5_000;

export class Progress {
  readonly #io: Io;
  readonly #total: number;
  readonly #startMs: number;
  #shownMs: number;
  #done = 0;

  constructor(io: Io, total: number) {
    this.#io = io;
    this.#total = total;
    this.#startMs = io.realMs();
    this.#shownMs = this.#startMs;
  }

  /** One more is done; `text` says where we are. */
  step(text: string): void {
    this.#done += 1;
    const now = this.#io.realMs();
    if (now - this.#shownMs < (this.#io.errIsTerminal ? terminalEveryMs : plainEveryMs)) return;
    this.#shownMs = now;
    const rate = Math.round((this.#done * 1000) / Math.max(1, now - this.#startMs));
    const line = `${this.#done}/${this.#total} runs, ${rate}/s, ${text}`;
    this.#io.err(this.#io.errIsTerminal ? `\r${line.slice(0, this.#io.columns - 1)}\x1b[K` : `${line}\n`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#io.errIsTerminal) this.#io.err('\r\x1b[K');
  }
}
