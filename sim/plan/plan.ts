/**
 * The plan: every step and every fault of one run, as data. A person can read and edit it; any part of it can be cut out
 * and it still runs. Times are whole microseconds of virtual time; latencies, segments and cuts stand in it as numbers, and only
 * key bytes come from its seed.
 */
import type { DefectName } from 'simtls';
import type { Profile } from '../stacks/index.js';
import type { Fault } from './faults.js';

/** The version of the format. Adding keys keeps it; a change of meaning makes it `/2`. */
export const planFormat = 'simtls-plan/1';

export interface Plan {
  readonly format: typeof planFormat;
  /** Of the scenario that recorded it, where one did. */
  readonly name?: string;
  /** Whence all key bytes come, and, where there is no `dice`, what is drawn within the bounds of a link. */
  readonly seed: string;
  /** Whence jitter and segment sizes are drawn within a link's bounds, and what a crash loses of a disk: a number of the plan's own. */
  readonly dice?: number;
  readonly profile: Profile;
  /** Bugs that really happened, switched on in every process: none where it is left out. */
  readonly defects?: readonly DefectName[];
  readonly hosts: readonly HostPlan[];
  readonly links: readonly LinkPlan[];
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  /** What must hold, and which violations the scenario commits itself to. */
  readonly checks: readonly Check[];
  /** In which world the seed placed it: how much of everything there is, and which faults, each once in so many turns. For people. */
  readonly swarm?: Readonly<Record<string, Json>>;
  /** What the seed drew while the plan was recorded: for people, no meaning for the run. */
  readonly drawn: readonly Drawn[];
}

export interface HostPlan {
  readonly name: string;
  /** Its clock minus the world's, milliseconds. */
  readonly skewMs?: number;
  /** How much faster its clock runs, parts in a million. */
  readonly driftPpm?: number;
  /** What one of its sockets holds, bytes a direction. */
  readonly sendBufferBytes?: number;
  readonly receiveBufferBytes?: number;
}

/** One direction between two hosts; where none is named the other's numbers count for both. */
export interface LinkPlan {
  readonly from: string;
  readonly to: string;
  readonly latencyUs: number;
  /** Each segment takes 0 to so much more. */
  readonly jitterUs?: number;
  /** Into segments of what sizes the stream is cut. */
  readonly segmentBytes?: { readonly min: number; readonly max: number };
  /** What is written within so many microseconds leaves together. */
  readonly coalesceUs?: number;
  /** A reset overtakes the data sent before it, which are lost. */
  readonly resetOvertakes?: boolean;
}

/** What a step's argument may be: see docs/programs.md for the calls of C, and the verbs' own tables for objects with names. */
export type Argument = Json;
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Step {
  readonly id: string;
  /** The host whose process makes it. */
  readonly on: string;
  /** A line of steps in that process: `main` where none is named; the steps of `boot` run before all others, after each restart too. */
  readonly task?: string;
  readonly let?: string;
  /** A C function, a `sim_` call, or a verb. */
  readonly call: string;
  readonly args?: readonly Argument[];
  /** Of `sim_on`: what runs in the callback, as the steps of a program, and what it answers. */
  readonly steps?: readonly Json[];
  readonly returns?: Json;
  readonly when?: Guard;
}

/** The observations that a guard or a check may read. There is no expression language. */
export const observationFields = [
  'outcome',
  'ret',
  'bytes',
  'refs',
  'resumable',
  'ticket',
  'session',
  'reused',
  'shutdown',
  'state',
  'version',
  'number',
  'hits',
  'misses',
  'timeouts',
  'cache_full',
  'early',
  'early_bytes',
  'requests',
  'key_updates',
  'certificate',
  'peer_key',
] as const;
export type ObservationField = (typeof observationFields)[number];

/** The step is made where that observation of an earlier step is (or is not) the value. */
export interface Guard {
  readonly step: string;
  readonly field: ObservationField;
  readonly is?: Json;
  readonly not?: Json;
}

export type Check =
  /** That observation of that step is the value. */
  | {
      readonly id: string;
      readonly step: string;
      readonly field: ObservationField;
      readonly is: Json;
      readonly because: string;
    }
  /** That invariant is broken, at that step where one is named; it fails the run where it is not, unless it only `may` be. */
  | {
      readonly id: string;
      readonly violation: string;
      readonly step?: string;
      readonly may?: boolean;
      readonly because: string;
    };

export interface Drawn {
  readonly label: string;
  readonly value: Json;
}

/** The plan with these defects on, beside those it has. */
export function withDefects(plan: Plan, more: readonly DefectName[]): Plan {
  return more.length === 0 ? plan : { ...plan, defects: [...new Set([...(plan.defects ?? []), ...more])] };
}
