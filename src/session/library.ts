/** One instance of the library: what its objects share. Two instances never meet. */
import type { Environment } from '../environment.js';
import type { DefectName, Profile } from '../profile/index.js';
import { ErrorQueue } from './error-queue.js';

export class Library {
  readonly environment: Environment;
  readonly profile: Profile;
  readonly errors: ErrorQueue = new ErrorQueue();
  /** Bugs that are switched on; none, unless asked for. */
  readonly defects: ReadonlySet<DefectName>;
  /** Which step runs: the ledger writes it beside each claim. */
  step: string | number = 0;
  #lastId = 0;

  constructor(environment: Environment, profile: Profile, defects: Iterable<DefectName> = []) {
    this.environment = environment;
    this.profile = profile;
    this.defects = new Set(defects);
  }

  mintId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
