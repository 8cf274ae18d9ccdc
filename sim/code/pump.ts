/**
 * Turns Node's event loop for code under test while virtual time stands: promises, ticks and immediates of the code run until nothing
 * of it happens any more. Real time is counted in turns and waits, never read.
 */

/** How long a run waits for code, in turns of the event loop and in real milliseconds. */
export interface PumpBounds {
  /** Turns in which the code has done nothing, after which it counts as quiet. */
  readonly quietTurns: number;
  /** Turns at one instant of virtual time at most. */
  readonly turnsMax: number;
  /** Real milliseconds at most: for work given to `busy`, and for code that waits while the world is quiet. */
  readonly patienceMs: number;
}

/** TLSSocket over a Duplex needs two turns from one act to the next; the rest is room. */
export const pumpBounds: PumpBounds = { quietTurns: 6, turnsMax: 20_000, patienceMs: 2_000 };

/** What is known of the code of a run. */
export interface Pumped {
  /** Grows with each thing that the code does or is told. */
  readonly activity: number;
  /** How much was given to `busy` and is not done. */
  readonly busy: number;
}

export class Pump {
  readonly #pumped: Pumped;
  readonly #bounds: PumpBounds;
  #seen = -1;

  constructor(pumped: Pumped, bounds: PumpBounds) {
    this.#pumped = pumped;
    this.#bounds = bounds;
  }

  /** Whether something has happened since the code was last quiet. */
  get due(): boolean {
    return this.#pumped.activity !== this.#seen;
  }

  /** Turns until the code is quiet. @returns why it gave up, in words; undefined: it is quiet */
  async settle(): Promise<string | undefined> {
    const { quietTurns, turnsMax, patienceMs } = this.#bounds;
    let waitedMs = 0;
    let quiet = 0;
    for (let turns = 0; quiet < quietTurns; turns += 1) {
      if (turns >= turnsMax) return `was still busy after ${turnsMax} turns of the event loop at one instant`;
      if (this.#pumped.busy > 0) {
        if (waitedMs >= patienceMs) return `gave work to busy() that was not done in ${patienceMs} real ms`;
        waitedMs += 1;
        await wait(1);
      } else await turn();
      quiet = this.due || this.#pumped.busy > 0 ? 0 : quiet + 1;
      this.#seen = this.#pumped.activity;
    }
    return undefined;
  }

  /** The world is quiet: gives the code real time, until it does something. @returns whether it has */
  async linger(): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < this.#bounds.patienceMs && !this.due; waitedMs += 1) await wait(1);
    return this.due;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
