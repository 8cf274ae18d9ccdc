/** The one place that the recorders of all hosts write into. */
import type { ObservationField, Step } from '../plan/index.js';
import type { Observation } from './observation.js';

/** What a host's recorder writes into. */
export interface Book {
  /** @returns the new step's id */
  step(step: Omit<Step, 'id'>): string;
  observation(step: string, field: ObservationField): Observation;
  stepOf(observation: Observation): string;
  linked(from: string, to: string): void;
}
