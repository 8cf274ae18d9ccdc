/** What the runs of one scenario or workload reached, summed up. */
import type { SometimesName } from './watch.js';

export class SometimesTally {
  /** In how many runs each was reached, those that are to be reached first. */
  readonly runs: Map<SometimesName, number>;
  readonly #declared: readonly SometimesName[];

  /** @param declared - what some of the runs must reach */
  constructor(declared: readonly SometimesName[]) {
    this.#declared = declared;
    this.runs = new Map(declared.map((name) => [name, 0]));
  }

  add(reached: Iterable<SometimesName>): void {
    for (const name of reached) this.runs.set(name, (this.runs.get(name) ?? 0) + 1);
  }

  /** What no run has reached, though it is what they are about. */
  get never(): readonly SometimesName[] {
    return this.#declared.filter((name) => this.runs.get(name) === 0);
  }
}
