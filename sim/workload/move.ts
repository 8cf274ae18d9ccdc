/** A move: what a task may do in its turn, where it is possible now. */
import type { RandomStream } from '../kernel/index.js';
import type { Argument, Json } from '../plan/index.js';
import type { StepResult } from '../world/index.js';
import type { MisuseName } from './misuse.js';
import type { Setup } from './setup.js';
import type { TaskState } from './state.js';

/** A step without its place. */
export interface StepDraft {
  readonly call: string;
  readonly args?: readonly Argument[];
  readonly let?: string;
  /** Of `sim_on`. */
  readonly steps?: readonly Json[];
  readonly returns?: Json;
  /** In place of the next number: what others wait for has a name of its own. */
  readonly id?: string;
  /** The task makes no step behind this one. */
  readonly last?: true;
  /** Faults may come with it. */
  readonly faulty?: true;
  /** It opens a stream for a connection that has a session. */
  readonly resumes?: boolean;
  /** What of the manual it breaks on purpose. */
  readonly misuse?: MisuseName;
}

/** Steps one behind the other, each drawn when the one before it has ended. */
export type Steps = Generator<StepDraft, void, StepResult>;

/** What moves look at and draw from. */
export interface Hand {
  readonly task: TaskState;
  readonly setup: Setup;
  readonly random: RandomStream;
  /** Names of the servers. */
  readonly servers: readonly string[];
  /** A name that the process has not used. */
  fresh(prefix: string): string;
  /** The id of the step that was drawn last in this task. */
  lastStep(): string;
}

export interface Move {
  readonly name: string;
  /** It brings connections on their way: every seed has it. Of the others each seed draws which there are. */
  readonly onward?: true;
  /** How often it is drawn where it is possible, in parts of those of all moves; 0: it is not possible now. */
  readonly weight: (hand: Hand) => number;
  readonly make: (hand: Hand) => Steps;
}

/** Whether a call has returned an object. */
export function gave(result: StepResult): boolean {
  const { ret } = result.observed;
  return result.outcome === 'ok' && ret !== null && ret !== undefined;
}
