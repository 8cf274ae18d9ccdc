/** A scenario that is used or written wrongly: said while it records, before anything runs. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly code = 'SCENARIO_USAGE';
}

/** What to do instead of branching on a value that does not exist yet. */
export const useWhen =
  'nothing runs while a scenario records, so a recorded value has no value yet: guard the steps with w.when(value, expected, () => …)';
