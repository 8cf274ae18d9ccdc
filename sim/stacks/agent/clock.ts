/** The clock of the agent's process, where one was preloaded that can be put and moved. */
import { clockAdvice, StackUnable } from '../stack.js';
import type { Library } from './library.js';

const usPerMs = 1000;
const usPerSecond = 1_000_000;

export class Clock {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  get present(): boolean {
    return this.#library.clock !== undefined;
  }

  /**
   * Puts it at `us` microseconds since the epoch, where it stands still.
   * @throws StackUnable where no clock was preloaded
   */
  put(us: number): void {
    this.#clock.set(BigInt(us));
  }

  /**
   * Moves a clock that was put.
   * @throws StackUnable where no clock was preloaded
   */
  move({ seconds, milliseconds }: { readonly seconds: number; readonly milliseconds: number }): void {
    this.#clock.move(BigInt(seconds * usPerSecond + milliseconds * usPerMs));
  }

  get #clock(): NonNullable<Library['clock']> {
    const { clock } = this.#library;
    if (clock === undefined) throw new StackUnable(`needs a clock that can be moved: ${clockAdvice}`);
    return clock;
  }
}
