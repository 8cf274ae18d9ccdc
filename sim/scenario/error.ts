/** A scenario that is used or written wrongly: said while it records, before anything runs. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly code = 'SCENARIO_USAGE';
}

/** @throws ScenarioError for an option that nobody would look at, in the words of `where` */
export function checkOptions(where: string, options: object, known: Readonly<Record<string, true>>): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new ScenarioError(`${where} has no option ${unknown}: expected some of ${Object.keys(known).join(', ')}`);
}

/** @throws ScenarioError for a value that is none of those */
export function checkChoice(where: string, value: unknown, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  const list = choices.map((choice) => JSON.stringify(choice)).join(', ');
  throw new ScenarioError(`${where} is one of ${list}, and not ${JSON.stringify(value) ?? String(value)}`);
}

/** What to do instead of branching on a value that does not exist yet. */
export const useWhen =
  'nothing runs while a scenario records, so a recorded value has no value yet: guard the steps with w.when(value, expected, () => …)';
