/** Where the commands get their stacks from: one source for each stack, opened when first wanted. */
import type { DefectName } from 'simtls';
import { type LibsslPool, type LineOptions, openLine, openModel, type Profile, type Stack } from '../stacks/index.js';

/** Fresh stacks of one kind. */
export interface StackSource {
  /** @throws StackMissing where the stack is not there */
  open(profile: Profile): Stack;
  /** Ends what is kept for the next opening. */
  close(): void;
}

/** The simulated stack, with bugs that really happened where some are switched on. */
export function modelSource(defects: readonly DefectName[] = []): StackSource {
  return { open: (profile) => openModel({ profile, defects }), close: () => {} };
}

/**
 * Real OpenSSL.
 * @param notify - told once for each profile that is answered by another release than the expected one
 */
export function libsslSource(options: LineOptions, notify: (notice: string) => void): StackSource {
  const pools = new Map<Profile, LibsslPool>();
  return {
    open(profile) {
      let pool = pools.get(profile);
      if (pool === undefined) {
        const line = openLine(profile, options);
        if (line.notice !== undefined) notify(line.notice);
        pool = line.pool;
        pools.set(profile, pool);
      }
      return pool.open();
    },
    close() {
      for (const pool of pools.values()) pool.close();
      pools.clear();
    },
  };
}
