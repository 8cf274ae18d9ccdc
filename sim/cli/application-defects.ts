/** `--defect NAME` where NAME is a bug of an application: the scenario that commits it is what runs. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DefectName, defectOf, defects } from 'simtls';
import type { Plan } from '../plan/index.js';
import { type ApplicationDefect, isApplicationDefect, recordPlan, type Scenario } from '../scenario/index.js';
import { judgePlan } from '../verdict/index.js';
import { defectsNamed } from './defects.js';
import { CommandFailure, exitCodes } from './exit.js';
import { nearest } from './nearest.js';
import { findScenarios } from './scenarios.js';

/** Those that come with simtls, by name. */
export async function applicationDefects(): Promise<readonly ApplicationDefect[]> {
  const folder = new URL('../../scenarios/defects/', import.meta.url);
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.js'));
  const modules: readonly unknown[] = await Promise.all(files.map((file) => import(new URL(file, folder).href)));
  return modules
    .map((module) => (module as { readonly default: unknown }).default) // a module's own object
    .filter(isApplicationDefect)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a command line is about: scenarios, the bugs switched on in the stack, and those of the applications among the scenarios. */
export interface Chosen {
  readonly scenarios: readonly Scenario[];
  readonly defects: readonly DefectName[];
  readonly applications: readonly ApplicationDefect[];
}

/**
 * Finds scenarios, and defects. The bug of an application is a scenario: it can be named as one, by its own name or that scenario's.
 * @param names - of scenarios; with none, and no application's defect, all that come with simtls
 * @throws CommandFailure for a name that is none
 */
export async function choose(names: readonly string[], defectNames: readonly string[] = []): Promise<Chosen> {
  const all = await applicationDefects();
  const named = defectNames.filter((name) => defectOf(name) === undefined);
  for (const name of named) if (!all.some((one) => one.name === name)) throw unknown(name, all);
  const forms = all.map((defect) => ({ defect, form: defect.program({ repaired: false }) }));
  const isNamed = ({ defect, form }: (typeof forms)[number]): boolean =>
    named.includes(defect.name) || names.includes(defect.name) || names.includes(form.name);
  const chosen = forms.filter(isNamed);
  const theirs = chosen.flatMap(({ defect, form }) => [defect.name, form.name]);
  const others = names.filter((name) => !theirs.includes(name));
  const scenarios = chosen.length > 0 && others.length === 0 ? [] : await findScenarios(others);
  return {
    scenarios: [...chosen.map(({ form }) => form), ...scenarios],
    defects: defectsNamed(defectNames.filter((name) => !named.includes(name))),
    applications: chosen.map(({ defect }) => defect),
  };
}

/** Whether it was the application's bug: the same seed, with its program as it was repaired. Undefined for a plan of another. */
export function asRepaired(applications: readonly ApplicationDefect[], plan: Plan): string | undefined {
  const repaired = applications
    .map(({ program }) => program({ repaired: true }))
    .find(({ name }) => name === plan.name);
  if (repaired === undefined) return undefined;
  const { failure } = judgePlan(recordPlan(repaired, plan));
  return `with the program repaired, the same seed breaks ${failure === undefined ? 'nothing' : failure.invariant}\n`;
}

function unknown(name: string, applications: readonly ApplicationDefect[]): CommandFailure {
  const known = [...defects, ...applications].map((one) => one.name);
  return new CommandFailure(
    exitCodes.usedWrongly,
    `no defect is called ${name}: did you mean ${nearest(name, known)}? There are ${known.join(', ')}`,
  );
}
