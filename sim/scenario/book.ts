/** The one place that the recorders of all hosts write into. */
import type { ObservationField, Step } from '../plan/index.js';
import type { Tls } from './context.js';
import type { Observation } from './observation.js';

/** What a host's recorder writes into. */
export interface Book {
  /** The versions that contexts take where nothing is said. */
  readonly tls: Tls;
  /** @returns the new step's id */
  step(step: Omit<Step, 'id'>): string;
  observation(step: string, field: ObservationField): Observation;
  stepOf(observation: Observation): string;
  linked(from: string, to: string): void;
}
