/** What `simtls run` is asked for, and what it takes where nothing is said. */
import { InvalidArgumentError } from 'commander';
import type { Profile } from '../stacks/index.js';
import type { OutputOptions } from './outputs.js';
import type { ReporterName } from './reporters.js';
import type { StackOptions } from './stack-options.js';

export const allProfiles: readonly Profile[] = ['1.1.1', '3.0', '3.5'];
/** What is taken where the command line says nothing. */
export const defaults = {
  seed: '1',
  /** Of named scenarios; where none is named, all three. */
  profile: '3.0' as Profile,
  count: 1,
  /** Seeds of each scenario and profile where no scenario is named. */
  countOfAll: 100,
  crypto: 'fast' as const,
};

export interface RunOptions extends StackOptions, OutputOptions {
  readonly seed?: string;
  readonly count?: number;
  readonly profile?: Profile | 'all';
  readonly crypto?: 'fast' | 'real';
  readonly trace?: string;
  readonly html?: string;
  readonly plan?: string;
  /** Steps, faults and checks that the plan gets besides its own. */
  readonly with?: string;
  readonly defect?: readonly string[];
  readonly verify?: boolean;
  /** Of the faults that a seed may draw, these alone; for scenarios: that it draws any. */
  readonly faults?: string;
  /** Workloads do what the manual rules out, too. */
  readonly misuse?: boolean;
  /** That every run which a workload or scenario declares to reach something is told of where none did. */
  readonly requireSometimes?: boolean;
  readonly reporter?: ReporterName;
  readonly json?: boolean;
}

/** The largest number that an option takes for how many. */
const countMax = 10_000_000;

/**
 * How many, as an option takes it.
 * @throws InvalidArgumentError
 */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= countMax) return value;
  throw new InvalidArgumentError(`a whole number of 1 to ${countMax}`);
}
