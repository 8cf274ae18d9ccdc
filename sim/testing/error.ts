/** How a test that does not hold says so, whatever runs it. */
import type { Profile } from '../stacks/index.js';
import type { Failure } from '../verdict/index.js';

export interface NotHeld {
  readonly name: string;
  readonly seed: string;
  readonly profile: Profile;
  readonly failure: Failure;
  /** Where the shrunk plan is; empty where it could not be written. */
  readonly file: string;
  /** How large it was and is, or why it could not be written. */
  readonly shrunk: string;
  /** What shows it again: a command, or a line for the test where the plan calls code. */
  readonly replay: string;
}

/** One seed under which something does not hold. */
export class HoldsError extends Error {
  override readonly name = 'HoldsError';
  readonly seed: string;
  readonly profile: Profile;
  readonly failure: Failure;
  readonly file: string;
  readonly replay: string;

  constructor({ name, seed, profile, failure, file, shrunk, replay }: NotHeld) {
    const { invariant, owner, step, text } = failure;
    const lines = [
      `seed ${seed}, profile ${profile}: ${name} does not hold`,
      file === '' ? `shrunk plan: ${shrunk}` : `shrunk plan: ${file} (${shrunk})`,
      `replay: ${replay}`,
      `${invariant} (${owner})${step === '' ? '' : ` at ${step}`}: ${text}`,
    ];
    super(lines.join('\n'));
    this.seed = seed;
    this.profile = profile;
    this.failure = failure;
    this.file = file;
    this.replay = replay;
  }
}

/** A helper for tests that was used wrongly: what was expected, what came, what to do. */
export class TestingError extends Error {
  override readonly name = 'TestingError';
}
