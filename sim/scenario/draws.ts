/** What a scenario draws from its seed: each draw has a label, a stream of its own, and a line in the output. */
import type { Randomness } from '../kernel/index.js';
import type { Drawn, Json } from '../plan/index.js';

export class Draws {
  readonly #random: Randomness;
  readonly #drawn: Drawn[] = [];

  constructor(random: Randomness) {
    this.#random = random;
  }

  /** All draws so far, in order. */
  get drawn(): readonly Drawn[] {
    return this.#drawn;
  }

  /** A whole number of `min` to `max`, both included. */
  int(label: string, range: { readonly min: number; readonly max: number }): number {
    return this.#keep(label, this.#random.stream(`scenario/${label}`).range(range.min, range.max));
  }

  /** One of a list, each as likely. */
  pick<const T extends Json>(label: string, list: readonly T[]): T {
    return this.#keep(label, this.#random.stream(`scenario/${label}`).pick(list));
  }

  /** True once in so many. */
  chance(label: string, odds: { readonly oneIn: number }): boolean {
    return this.#keep(label, this.#random.stream(`scenario/${label}`).chance(odds));
  }

  #keep<T extends Json>(label: string, value: T): T {
    this.#drawn.push({ label, value });
    return value;
  }
}
