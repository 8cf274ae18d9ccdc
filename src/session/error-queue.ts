/** OpenSSL's error queue, ERR_get_error(3), as far as libssl fills it. */
export type ErrorLibrary = 'SSL' | 'SYS' | 'other';

export interface QueuedError {
  readonly library: ErrorLibrary;
  /** SSL_R_… or ERR_R_… without the prefix; a received alert as `ALERT_<number>`. */
  readonly reason: string;
}

/** OpenSSL keeps 16 (ERR_NUM_ERRORS), one place of which stays empty. */
const queuedErrorsMax = 15;

export class ErrorQueue {
  #entries: QueuedError[] = [];

  push(reason: string, library: ErrorLibrary = 'SSL'): void {
    if (this.#entries.length === queuedErrorsMax) this.#entries.shift();
    this.#entries.push({ library, reason });
  }

  /** The oldest entry, which decides SSL_get_error. */
  peek(): QueuedError | undefined {
    return this.#entries[0];
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** All entries, oldest first; the queue is empty afterwards. */
  take(): QueuedError[] {
    const taken = this.#entries;
    if (taken.length > 0) this.#entries = [];
    return taken;
  }
}
