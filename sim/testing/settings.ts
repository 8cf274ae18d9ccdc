/** What `holds` is asked for, looked at before anything runs. */
import { faultNames } from '../plan/index.js';
import { type Profile, profiles } from '../stacks/index.js';
import type { SwarmOptions } from '../swarm/index.js';
import { TestingError } from './error.js';

export interface HoldsOptions {
  /** How many, from 1; or those of a list. */
  readonly seeds?: number | readonly (string | number)[];
  /** OpenSSL lines: all three where nothing is said. */
  readonly profiles?: readonly Profile[];
  /** Faults that the scenario does not know strike besides: kinds that docs/faults.md has, or any of them. */
  readonly faults?: 'all' | readonly string[];
  /** Where the shrunk plan of a failure goes: the working folder where nothing is said. */
  readonly folder?: string;
  /** In place of seeds: the plan in this file alone, as an earlier failure wrote it. */
  readonly plan?: string;
}

export interface Wanted {
  readonly seeds: Iterable<string>;
  readonly profiles: readonly Profile[];
  readonly swarm: SwarmOptions | undefined;
}

const known: readonly string[] = ['seeds', 'profiles', 'faults', 'folder', 'plan'];

/** @throws TestingError */
export function wantedOf(options: HoldsOptions): Wanted {
  if (typeof options !== 'object' || options === null) {
    throw new TestingError(`holds takes options beside what it runs, such as { seeds: 500 }, not ${String(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new TestingError(`holds has no option "${key}": it has ${known.join(', ')}`);
  }
  return { seeds: seedsOf(options), profiles: profilesOf(options), swarm: swarmOf(options) };
}

function seedsOf({ seeds, plan }: HoldsOptions): Iterable<string> {
  if (plan !== undefined) {
    if (seeds === undefined) return [];
    throw new TestingError('holds takes seeds, or the plan of one file: leave out one of them');
  }
  if (typeof seeds === 'number' && Number.isSafeInteger(seeds) && seeds > 0) return upTo(seeds);
  if (Array.isArray(seeds) && seeds.length > 0) return seeds.map(String);
  throw new TestingError(`holds: seeds is a number from 1 or a list of seeds, not ${JSON.stringify(seeds)}`);
}

/** One by one: there may be more of them than a list can hold. */
function* upTo(count: number): Iterable<string> {
  for (let seed = 1; seed <= count; seed += 1) yield String(seed);
}

function profilesOf({ profiles: wanted = profiles }: HoldsOptions): readonly Profile[] {
  const isKnown = Array.isArray(wanted) && wanted.length > 0 && wanted.every((one) => profiles.includes(one));
  if (isKnown) return wanted;
  throw new TestingError(`holds: profiles is a list of ${profiles.join(', ')}, not ${JSON.stringify(wanted)}`);
}

function swarmOf({ faults }: HoldsOptions): SwarmOptions | undefined {
  if (faults === undefined) return undefined;
  if (faults === 'all') return {};
  const names: readonly string[] = faultNames;
  if (Array.isArray(faults) && faults.every((one) => names.includes(one))) return { faults };
  throw new TestingError(`holds: faults is 'all', or a list of ${names.join(', ')}; not ${JSON.stringify(faults)}`);
}
