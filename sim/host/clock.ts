/** The wall clock of one host: it may be wrong, run fast or slow, and be set. */
import type { Kernel } from '../kernel/index.js';

export interface ClockOptions {
  /** How far it is ahead when the world begins, milliseconds; negative: behind. */
  readonly skewMs?: number;
  /** How many microseconds it gains in each second, a whole number; negative: it loses them. */
  readonly driftPpm?: number;
}

export class HostClock {
  readonly #kernel: Kernel;
  #offsetMs: number;
  #driftPpm: number;
  /** What it had gained when its drift last changed, and when that was, microseconds. */
  #gainedUs = 0;
  #sinceUs = 0;

  constructor(kernel: Kernel, options: ClockOptions = {}) {
    this.#kernel = kernel;
    this.#offsetMs = options.skewMs ?? 0;
    this.#driftPpm = options.driftPpm ?? 0;
  }

  /** What it shows: whole milliseconds since the Unix epoch. It steps back when it is set back. */
  nowMs(): number {
    const { epochMs, nowUs } = this.#kernel;
    return epochMs + this.#offsetMs + Math.floor((nowUs + this.#driftUs()) / 1000);
  }

  /** How far it is ahead of the world's time now, milliseconds. */
  get skewMs(): number {
    return this.#offsetMs + Math.floor(this.#driftUs() / 1000);
  }

  /** Sets it forward by so many milliseconds; negative: back. */
  step(milliseconds: number): void {
    this.#offsetMs += milliseconds;
  }

  /** How many microseconds it gains in each second. */
  get driftPpm(): number {
    return this.#driftPpm;
  }

  /** Has it run faster or slower from now on; what it shows now stays. */
  setDrift(ppm: number): void {
    this.#gainedUs = this.#driftUs();
    this.#sinceUs = this.#kernel.nowUs;
    this.#driftPpm = ppm;
  }

  #driftUs(): number {
    if (this.#driftPpm === 0) return this.#gainedUs;
    return this.#gainedUs + Math.floor(((this.#kernel.nowUs - this.#sinceUs) * this.#driftPpm) / 1_000_000);
  }
}
