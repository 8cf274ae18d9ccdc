/** What a recorded step will give, once the plan runs. It stands for a place in the plan and has no value of its own. */
import type { ObservationField } from '../plan/index.js';
import { ScenarioError, useWhen } from './error.js';

/** In place of a step's id, of what runs in a callback: any number of times, so that no check or guard can look at it. */
export const inCallback = 'in a callback';

export class Observation {
  readonly step: string;
  readonly field: ObservationField;

  constructor(step: string, field: ObservationField) {
    this.step = step;
    this.field = field;
  }

  /** Comparing, adding, printing: whatever asks for a value learns that there is none. */
  [Symbol.toPrimitive](): never {
    throw new ScenarioError(`the ${this.field} of step ${this.step} was used as a value: ${useWhen}`);
  }
}
