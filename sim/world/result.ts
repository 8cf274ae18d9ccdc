/** What a run came to. */
import type { Counted } from 'simtls';
import type { Owner } from '../invariants/index.js';
import type { Json, ObservationField } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';

export interface Violation {
  /** The invariant's name; `expectation` for a check of the plan that did not hold. */
  readonly invariant: string;
  readonly owner: Owner;
  /** Whether the plan says that this must happen. */
  readonly expected: boolean;
  /** The step at work, empty where none was. */
  readonly step: string;
  readonly text: string;
  /** The host in whose process it happened, empty where it is the world's own. */
  readonly host: string;
  /** The object that it is about, by its id in that process; absent where it is about none. */
  readonly object?: number;
}

/** A name that a step bound to an object of its process. `run` counts the processes of a host from 1. */
export interface BoundName {
  readonly host: string;
  readonly run: number;
  readonly name: string;
  readonly object: number;
}

/** An object that came to be in a process on the model, to be looked into and left as it is. */
export interface ObjectMade {
  readonly host: string;
  readonly run: number;
  readonly object: Counted;
}

/** One stream between two hosts, as it ended. */
export interface ConnectionReport {
  /** Counted from 1 in the order of the connects. */
  readonly connection: number;
  readonly client: string;
  readonly server: string;
  /** The step that opened it. */
  readonly step: string;
  readonly outcome: 'refused' | 'connected' | 'handshake failed' | 'full' | 'resumed';
  /** The reason code of the client's last decision about a session (the server's, where the client is code under test), empty where it made none. */
  readonly decision: string;
  /** Where the run was asked for them. */
  readonly details?: ConnectionDetails;
}

/** What was negotiated, as the end that was done first has it, and what the calls on each end said when they failed; empty where nothing was. */
export interface ConnectionDetails {
  /** `TLSv1.3`. */
  readonly version: string;
  readonly cipher: string;
  readonly clientErrors: readonly string[];
  readonly serverErrors: readonly string[];
  /** The step of the accept loop that took it, `ID/n`; empty where none did. */
  readonly served: string;
}

/** What a step came to: the observations that guards and checks read. */
export interface StepResult {
  /** `ok`, `timeout`, `skipped`, or the verb's own word; of a C call `ok`, also where its value means failure. */
  readonly outcome: string;
  /** What was seen besides. */
  readonly observed: Partial<Readonly<Record<ObservationField, Json>>>;
  readonly errors: readonly string[];
}

export interface RunResult {
  /** Of the scenario, empty for a plan without one. */
  readonly scenario: string;
  readonly seed: string;
  readonly profile: Profile;
  readonly stack: 'model' | 'libssl';
  readonly crypto: 'fast' | 'real';
  /**
   * `full`: the same plan gives the same events, byte for byte. `schedule`: code under test took part, whose randomness and event loop are
   * Node's; lengths and sums stay out of the fingerprint.
   */
  readonly determinism: 'full' | 'schedule';
  readonly verdict: 'pass' | 'fail';
  /** 16 hex digits over every event. */
  readonly fingerprint: string;
  readonly violations: readonly Violation[];
  readonly connections: readonly ConnectionReport[];
  readonly virtualSeconds: number;
  readonly events: number;
  readonly steps: ReadonlyMap<string, StepResult>;
}
