/** What a command line names: scenarios, workloads, and bugs of the stack or of applications. `--defect NAME` of an application's runs its scenario. */
import { type DefectName, defectOf, defects } from 'simtls';
import type { ApplicationDefect } from '../scenario/index.js';
import { applicationDefects } from './application-defects.js';
import { defectsNamed, unknownDefect } from './defects.js';
import { findModules, findScenarioModules, type SourceModule } from './scenarios.js';

/** What a command line is about: sources, the bugs switched on in the stack, and those of the applications among the sources. */
export interface Chosen {
  readonly modules: readonly SourceModule[];
  readonly defects: readonly DefectName[];
  readonly applications: readonly ApplicationDefect[];
}

/**
 * Finds sources, and defects. The bug of an application is a scenario: it can be named as one, by its own name or that scenario's.
 * @param names - of scenarios, workloads or files; with none, and no application's defect, all scenarios that come with simtls
 * @throws CommandFailure for a name that is none
 */
export async function choose(names: readonly string[], defectNames: readonly string[] = []): Promise<Chosen> {
  const all = await applicationDefects();
  const named = defectNames.filter((name) => defectOf(name) === undefined);
  const known = [...defects, ...all].map((one) => one.name);
  for (const name of named) if (!known.includes(name)) throw unknownDefect(name, known);
  const wanted = [...named, ...names];
  const modules = wanted.length === 0 ? await findScenarioModules() : await findModules(wanted);
  const theirs = modules.map(({ defect }) => defect?.name);
  return {
    modules,
    defects: defectsNamed(defectNames.filter((name) => !named.includes(name))),
    applications: all.filter(({ name }) => theirs.includes(name)),
  };
}
