/** Where the commands get their stacks from: one source for each stack, opened when first wanted. */
import type { DefectName } from 'simtls';
import {
  type LibsslPool,
  type LineOptions,
  openLine,
  openModel,
  type Profile,
  type ProgramRunner,
  type Stack,
} from '../stacks/index.js';

/** Fresh stacks of one kind. */
export interface StackSource {
  /** @throws StackMissing where the stack is not there */
  open(profile: Profile): Stack;
  /** Ends what is kept for the next opening. */
  close(): void;
}

/** Real OpenSSL, which also runs whole programs where it is. */
export interface LibsslSource extends StackSource {
  /** @throws StackMissing where the stack is not there */
  programs(profile: Profile): ProgramRunner;
}

/** The simulated stack, with bugs that really happened where some are switched on. */
export function modelSource(defects: readonly DefectName[] = []): StackSource {
  return { open: (profile) => openModel({ profile, defects }), close: () => {} };
}

/**
 * Real OpenSSL.
 * @param notify - told once for each profile that is answered by another release than the expected one
 */
export function libsslSource(options: LineOptions, notify: (notice: string) => void): LibsslSource {
  const pools = new Map<Profile, LibsslPool>();
  const poolOf = (profile: Profile): LibsslPool => {
    const known = pools.get(profile);
    if (known !== undefined) return known;
    const { pool, notice } = openLine(profile, options);
    if (notice !== undefined) notify(notice);
    pools.set(profile, pool);
    return pool;
  };
  return {
    open: (profile) => poolOf(profile).open(),
    programs: (profile) => poolOf(profile).programs(),
    close() {
      for (const pool of pools.values()) pool.close();
      pools.clear();
    },
  };
}
