/** The error queue of libssl: what a call leaves in it, and how a callback's own calls do not meet it. */
import type { Library } from './library.js';

/** ERR_LIB_SSL (err.h). */
const errLibSsl = 20;

export class Errors {
  readonly #library: Library;
  readonly #isOld: boolean;

  constructor(library: Library) {
    this.#library = library;
    this.#isOld = library.errorsAreOld;
  }

  clear(): void {
    this.#library.call('ERR_clear_error');
  }

  /** The reasons of libssl's own errors, oldest first; the queue is empty afterwards. */
  take(): string[] {
    const reasons: string[] = [];
    for (const code of this.#takeCodes()) {
      const { library, reason } = this.#parts(code);
      if (library !== errLibSsl) continue;
      const text = this.#library.call('ERR_reason_error_string', code);
      reasons.push(typeof text === 'string' ? text : `reason(${reason})`);
    }
    return reasons;
  }

  /** Runs what has a queue of its own; afterwards the queue is what it was. */
  aside<T>(run: () => T): T {
    const codes = this.#takeCodes();
    try {
      return run();
    } finally {
      this.clear();
      for (const code of codes) this.#put(code);
    }
  }

  #takeCodes(): readonly bigint[] {
    const codes: bigint[] = [];
    for (let code = this.#next(); code !== 0n; code = this.#next()) codes.push(code);
    return codes;
  }

  #next(): bigint {
    return BigInt(this.#library.call('ERR_get_error') ?? 0);
  }

  #put(code: bigint): void {
    const { library, reason } = this.#parts(code);
    if (this.#isOld) {
      this.#library.call('ERR_put_error', library, Number((code >> 12n) & 0xfffn), reason, null, 0);
      return;
    }
    this.#library.call('ERR_new');
    this.#library.call('ERR_set_error', library, reason, null);
  }

  /** ERR_GET_LIB: bits 24 to 31 in 1.1.1, 23 to 30 from 3.0 on. ERR_GET_REASON: 12 bits in 1.1.1, 23 from 3.0 on. */
  #parts(code: bigint): { readonly library: number; readonly reason: number } {
    return this.#isOld
      ? { library: Number((code >> 24n) & 0xffn), reason: Number(code & 0xfffn) }
      : { library: Number((code >> 23n) & 0xffn), reason: Number(code & 0x7fffffn) };
  }
}
