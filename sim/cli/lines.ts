/** The OpenSSL lines that a command runs worlds on: each is looked for once, when it is first wanted. */
import { type LibsslPool, type LineOptions, openLine, type Profile, StackMissing } from '../stacks/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import type { Io } from './io.js';

export class Lines {
  readonly #options: LineOptions;
  readonly #io: Io;
  readonly #pools = new Map<Profile, LibsslPool>();

  constructor(options: LineOptions, io: Io) {
    this.#options = options;
    this.#io = io;
  }

  /** @throws CommandFailure where the line is not there */
  of(profile: Profile): LibsslPool {
    const found = this.find(profile);
    if (typeof found === 'string') throw new CommandFailure(exitCodes.missing, found);
    return found;
  }

  /** The agents of a line, or why there are none. */
  find(profile: Profile): LibsslPool | string {
    const known = this.#pools.get(profile);
    if (known !== undefined) return known;
    try {
      const { pool, notice } = openLine(profile, this.#options);
      if (notice !== undefined) this.#io.err(`simtls: ${notice}\n`);
      this.#pools.set(profile, pool);
      return pool;
    } catch (cause) {
      if (cause instanceof StackMissing) return cause.message;
      throw cause;
    }
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close();
  }
}
