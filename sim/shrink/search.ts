/**
 * A search for the smallest case that still fails. It goes one trial at a time, so that whoever drives it may stop at any
 * moment and keep the best so far; which trials it makes follows from the case alone, never from the time.
 */

/** Goes on to the next trial each time it is resumed. */
export type Trials = Generator<void, void, void>;

export class Search<T> {
  readonly #fails: (candidate: T) => boolean;
  #best: T;
  #trials = 0;

  /** @param fails - whether a candidate fails as the first one does */
  constructor(first: T, fails: (candidate: T) => boolean) {
    this.#best = first;
    this.#fails = fails;
  }

  /** The smallest case so far. */
  get best(): T {
    return this.#best;
  }

  /** How many candidates were run. */
  get trials(): number {
    return this.#trials;
  }

  /** Takes the candidate for the best where it fails alike. @returns whether it does */
  accepts(candidate: T): boolean {
    this.#trials += 1;
    if (!this.#fails(candidate)) return false;
    this.#best = candidate;
    return true;
  }
}
