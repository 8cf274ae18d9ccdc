/** The lines of an NSS key log, each once: both sides of a handshake tell the same ones. */

/** Lines remembered: more than those of one handshake, and of as many as are under way at once. */
const rememberedMax = 1024;

export class KeyLog {
  readonly #sink: (line: string) => void;
  readonly #told = new Set<string>();

  constructor(sink: (line: string) => void) {
    this.#sink = sink;
  }

  /** A line as a side tells it, without its end. */
  line(line: string): void {
    if (this.#told.has(line)) return;
    if (this.#told.size === rememberedMax) this.#told.clear();
    this.#told.add(line);
    this.#sink(line);
  }
}
