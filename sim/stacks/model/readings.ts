/** Microseconds as milliseconds: what a clock moves at least between two readings. */
const usPerMs = 1000;

/**
 * A clock of which no two readings are the same microsecond, as on a machine, where any call takes longer. 3.5 keeps the times of
 * sessions that fine: of two sessions the one that was made first expires first, whichever entered the cache first.
 */
export class DistinctReadings {
  readonly #clock: { nowMs(): number };
  #shownMs = Number.NEGATIVE_INFINITY;
  #readings = 0;

  /** @param clock - whole milliseconds since the Unix epoch; where it stands still, each reading is a microsecond later */
  constructor(clock: { nowMs(): number }) {
    this.#clock = clock;
  }

  /** Milliseconds since the Unix epoch, with microseconds behind the point. */
  nowMs(): number {
    const ms = this.#clock.nowMs();
    if (ms !== this.#shownMs) this.#readings = 0;
    this.#shownMs = ms;
    this.#readings = Math.min(this.#readings + 1, usPerMs - 1);
    return ms + this.#readings / usPerMs;
  }
}
