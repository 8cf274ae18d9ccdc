/** `--defect NAME`: bugs that really happened, switched on in the model. */
import { type DefectName, defectOf, defects } from 'simtls';
import { CommandFailure, exitCodes } from './exit.js';
import { nearest } from './nearest.js';

/** What the option says of itself. */
export const defectHelp = 'switch this bug on in every process of the model; may be repeated (simtls list --defects)';

/** Gathers what a repeated option is given. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/**
 * The defects of these names, each once.
 * @throws CommandFailure for a name that is none, with all that there are
 */
export function defectsNamed(names: readonly string[] = []): readonly DefectName[] {
  const found = names.map((name) => {
    const defect = defectOf(name);
    if (defect !== undefined) return defect.name;
    const known = defects.map((one) => one.name);
    throw unknownDefect(name, known);
  });
  return [...new Set(found)];
}

/** A name that none of these defects has. */
export function unknownDefect(name: string, known: readonly string[]): CommandFailure {
  const near = nearest(name, known);
  const hint = near === undefined ? 'there are' : `did you mean ${near}? There are`;
  return new CommandFailure(exitCodes.usedWrongly, `no defect is called ${name}: ${hint} ${known.join(', ')}`);
}

/** The options of a command line that switch these defects on, each after a space. */
export function defectOptions(names: readonly DefectName[]): string {
  return names.map((name) => ` --defect ${name}`).join('');
}
