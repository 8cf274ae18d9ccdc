/** A step that takes time: it goes as far as it can whenever something has happened, and never waits itself. */
import type { Json, ObservationField } from '../plan/index.js';
import type { End } from './connections.js';

/** How a step ended. */
export interface Ended {
  /** `ok`, or the verb's own word. */
  readonly outcome: string;
  readonly observed?: Partial<Readonly<Record<ObservationField, Json>>>;
  readonly errors?: readonly string[];
}

export interface Activity {
  /** Goes on. @returns how it ended; undefined: it waits for more */
  poll(): Ended | undefined;
  /** The end whose socket wakes it. */
  readonly end?: End;
  /** Whether it is given up after the virtual deadline. */
  readonly bounded: boolean;
  /** Its own deadline, in place of the one that all have. */
  readonly boundUs?: number | undefined;
}

/** Virtual microseconds after which a wait is given up, with the outcome `timeout`. */
export const deadlineUs = 60_000_000;

export const ok: Ended = { outcome: 'ok' };
