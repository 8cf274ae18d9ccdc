/** The clock of the agent's process, where one was preloaded that can be put and moved. */
import { clockAdvice, StackUnable } from '../stack.js';
import type { Library } from './library.js';

const usPerMs = 1000;
const usPerSecond = 1_000_000;

export class Clock {
  readonly #library: Library;
  #us: number | undefined;

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
    if (this.#library.clock === undefined) throw new StackUnable(`needs a clock that can be moved: ${clockAdvice}`);
    this.#us = us;
    this.#library.clock.set(BigInt(us));
  }

  /** @throws StackUnable where no clock was preloaded */
  move({ seconds, milliseconds }: { readonly seconds: number; readonly milliseconds: number }): void {
    this.put((this.#us ?? Date.now() * usPerMs) + seconds * usPerSecond + milliseconds * usPerMs);
  }
}
