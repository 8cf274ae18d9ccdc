/** One instance of the library: what its objects share. Two instances never meet. */
import { KnownCertificates } from '../crypto/index.js';
import type { AllocationSite, Environment } from '../environment.js';
import type { ObjectKind } from '../events.js';
import { type DefectName, type Profile, profileWith } from '../profile/index.js';
import { ErrorQueue } from './error-queue.js';
import type { ExDataFunctions } from './ex-data.js';

/** Where nonce and additional data of a record are put together: each is read before the next is. */
export interface RecordScratch {
  readonly nonce: Uint8Array;
  /** In TLS 1.2: the record's number, type, version and length. */
  readonly prefix: Uint8Array;
  /** In TLS 1.3: the record's header. */
  readonly header: Uint8Array;
}

export function recordScratch(): RecordScratch {
  return { nonce: new Uint8Array(12), prefix: new Uint8Array(13), header: new Uint8Array(5) };
}

export class Library {
  readonly environment: Environment;
  readonly profile: Profile;
  /** Of the peers. */
  readonly certificates: KnownCertificates = new KnownCertificates();
  readonly recordScratch: RecordScratch = recordScratch();
  /** Of the thread that runs: see `asAnotherThread`. */
  errors: ErrorQueue = new ErrorQueue();
  /** Bugs that are switched on; none, unless asked for. */
  readonly defects: ReadonlySet<DefectName>;
  /** Which step runs: the ledger writes it beside each claim. */
  step: string | number = 0;
  /** Whether a session that some cache took in has got another version or id since: caches trust none of the keys that they keep, then. */
  cachedKeysChanged = false;
  /** Functions of the application's for its ex_data, by the kind of the object. */
  readonly exData: Map<ObjectKind, ExDataFunctions> = new Map();
  #lastId = 0;

  constructor(environment: Environment, profile: Profile, defects: Iterable<DefectName> = []) {
    this.environment = environment;
    this.defects = new Set(defects);
    this.profile = profileWith(profile, this.defects);
  }

  /** Whether there is memory for it. */
  allocates(site: AllocationSite, object = 0): boolean {
    return this.environment.allocates?.(site, object) ?? true;
  }

  /** Runs what another thread does meanwhile: each thread has an error queue of its own. */
  asAnotherThread<T>(run: () => T): T {
    const { errors, step } = this;
    this.errors = new ErrorQueue();
    try {
      return run();
    } finally {
      this.errors = errors;
      this.step = step;
    }
  }

  mintId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
