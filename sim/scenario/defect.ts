/** Bugs of applications that really happened: scenarios that commit them over the API of a stack that has no fault. */
import { checkOptions, ScenarioError } from './error.js';
import type { Scenario } from './scenario.js';

export interface ApplicationDefect {
  /** How `--defect` calls it. What it records does not name it: the scenario has a name of its own. */
  readonly name: string;
  /** Of the catalogue of session bugs that really happened. */
  readonly entry: string;
  readonly kind: 'application';
  /** What the program does wrong, in one sentence. */
  readonly mechanism: string;
  /** What it does instead where it is repaired. */
  readonly repaired: string;
  /** Where it happened, and who told. */
  readonly source: string;
  /** The invariant that the program breaks, whoever it is. */
  readonly invariant: string;
  /** The program with the bug, or as it was repaired: the same scenario but for that. */
  readonly program: (options: { readonly repaired: boolean }) => Scenario;
}

const known: Readonly<Record<keyof ApplicationDefect, true>> = {
  name: true,
  entry: true,
  kind: true,
  mechanism: true,
  repaired: true,
  source: true,
  invariant: true,
  program: true,
};

/**
 * Makes one of its definition: the default export of a file of `scenarios/defects/`.
 * @throws ScenarioError for what a defect does not have, and where both forms have not one name, which is not the defect's
 */
export function applicationDefect(definition: Omit<ApplicationDefect, 'kind'>): ApplicationDefect {
  checkOptions(`the defect ${definition.name}`, definition, known);
  const [broken, mended] = [false, true].map((repaired) => definition.program({ repaired }).name);
  if (broken !== mended || broken === definition.name) {
    throw new ScenarioError(
      `the defect ${definition.name}: both forms of its program have one name, and not that of the defect`,
    );
  }
  return Object.freeze({ kind: 'application', ...definition });
}

export function isApplicationDefect(value: unknown): value is ApplicationDefect {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'application';
}
