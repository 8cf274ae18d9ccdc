/** How far a long command is: one line that changes on a terminal, a plain line now and then elsewhere. */
import type { Io } from './io.js';

const terminalEveryMs = 100;
const plainEveryMs = 5_000;

export class Progress {
  readonly #io: Io;
  readonly #total: number;
  readonly #what: string;
  readonly #startMs: number;
  #shownMs: number;
  #done = 0;

  /** @param what - of which there are `total` */
  constructor(io: Io, total: number, what = 'runs') {
    this.#io = io;
    this.#total = total;
    this.#what = what;
    this.#startMs = io.realMs();
    this.#shownMs = this.#startMs;
  }

  /** So many more are done, one unless said; `text` says where we are. */
  step(text: string, count = 1): void {
    this.#done += count;
    const now = this.#io.realMs();
    if (now - this.#shownMs < (this.#io.errIsTerminal ? terminalEveryMs : plainEveryMs)) return;
    this.#shownMs = now;
    const rate = Math.round((this.#done * 1000) / Math.max(1, now - this.#startMs));
    const left = duration((1000 * (this.#total - this.#done)) / Math.max(1, rate));
    const line = `${this.#done}/${this.#total} ${this.#what}, ${rate}/s, ${left} left, ${text}`;
    this.#io.err(this.#io.errIsTerminal ? `\r${line.slice(0, this.#io.columns - 1)}\x1b[K` : `${line}\n`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#io.errIsTerminal) this.#io.err('\r\x1b[K');
  }
}

/** A time in its largest unit that it has two of: `90 s`, `12 min`, `3 h`. */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
