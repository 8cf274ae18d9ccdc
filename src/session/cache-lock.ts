/**
 * The lock of an SSL_CTX's cache as the calls of one thread meet it: pthread_rwlock_t of glibc, which refuses a thread what it
 * holds already (EDEADLK). OpenSSL 3.x heeds the refusal; 1.1.1 goes on, and gives the lock back once too often.
 */

/** Real libssl waits here for good: the lock will never be free again. */
export class LibraryDeadlock extends Error {
  override readonly name = 'LibraryDeadlock';

  constructor(what: string) {
    super(`libssl waits here for ever: ${what}`);
  }
}

export class CacheLock {
  readonly #refusesReentry: boolean;
  /** The thread holds it as its writer. */
  #held = false;
  /** As glibc counts them: below 0 after it was given back while nobody held it. */
  #readers = 0;
  /** In the phase of writers the next one gets in whatever the count; in that of readers it waits for the last of them. */
  #isWritePhase = false;

  constructor(refusesReentry: boolean) {
    this.#refusesReentry = refusesReentry;
  }

  /** Whether a callback of the thread that holds it is running. */
  get held(): boolean {
    return this.#held;
  }

  /**
   * Takes it for a change of the cache.
   * @returns false where the call has to fail; else `giveBack` must follow
   * @throws LibraryDeadlock
   */
  take(): boolean {
    if (this.#held) return !this.#refusesReentry;
    if (!this.#isWritePhase && this.#readers !== 0) {
      throw new LibraryDeadlock('a callback under the lock of this SSL_CTX has given the lock back');
    }
    this.#isWritePhase = true;
    this.#held = true;
    return true;
  }

  /** For a look at the cache: readers get in even where no writer does. Else as `take`. */
  takeToRead(): boolean {
    if (this.#held) return !this.#refusesReentry;
    // a count still below 0 counts as an overflow (EAGAIN), which only 1.1.1 comes to, and does not heed
    if (this.#readers >= -1) {
      this.#readers += 1;
      this.#isWritePhase = false;
    }
    return true;
  }

  /** pthread_rwlock_unlock: of the writer, or else of some reader. */
  giveBack(): void {
    if (!this.#held) {
      this.#readers -= 1;
      return;
    }
    this.#held = false;
    if (this.#readers !== 0) this.#isWritePhase = false;
  }
}
