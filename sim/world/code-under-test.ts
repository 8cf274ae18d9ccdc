/** All code under test of one world: who is at work, who waits, and whose a thrown error is. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Code, CodeError } from '../code/index.js';
import { codeWaits } from '../invariants/index.js';
import type { CodeCall, CodeProcess } from './code-process.js';

/** Code under test by the names that plans call it by. */
export type Codes = Readonly<Record<string, Code>>;

export class CodeUnderTest {
  readonly codes: Codes;
  readonly #within = new AsyncLocalStorage<CodeProcess>();
  readonly #calls = new Set<CodeCall>();
  #over = false;
  #activity = 0;
  #busy = 0;
  /** Whose code ran last: what is thrown outside of every context is taken for its. */
  #last: CodeProcess | undefined;

  constructor(codes: Codes) {
    this.codes = codes;
  }

  /** The run is over: what the code still does reaches nobody. */
  end(): void {
    this.#over = true;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Grows with each thing that any code does or is told. */
  get activity(): number {
    return this.#activity;
  }

  /** How much was given to `busy` and is not done. */
  get busy(): number {
    return this.#busy;
  }

  began(call: CodeCall): void {
    this.#calls.add(call);
  }

  finished(call: CodeCall): void {
    this.#calls.delete(call);
  }

  /** Runs code of a process. */
  within(process: CodeProcess, act: () => void): void {
    this.#activity += 1;
    this.#last = process;
    this.#within.run(process, act);
  }

  /** Code asks the world for something. */
  heard<T>(ask: () => T): T {
    this.#activity += 1;
    return ask();
  }

  async busyUntil<T>(work: Promise<T>): Promise<T> {
    this.#busy += 1;
    this.#activity += 1;
    try {
      return await work;
    } finally {
      this.#busy -= 1;
      this.#activity += 1;
    }
  }

  /** Something was thrown, and nobody has caught it. */
  readonly uncaught = (cause: unknown): void => {
    if (cause instanceof CodeError && cause.code === 'PROCESS_GONE') return;
    (this.#within.getStore() ?? this.#last)?.threw(cause);
  };

  /** Whether some code of a living process has not come to its end. */
  get waits(): boolean {
    for (const call of this.#calls) if (call.process.alive) return true;
    return false;
  }

  /** The world is quiet: whoever still waits, waits for nothing. */
  giveUpWaiting(): void {
    for (const call of [...this.#calls]) {
      this.#calls.delete(call);
      const { process, name } = call;
      if (!process.alive) continue;
      process.world.judge.report(process.home.name, process.step, codeWaits(name, process.home.name));
      call.settle({ outcome: 'waiting' });
    }
  }
}
