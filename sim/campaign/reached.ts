/** How often the runs of a campaign reached what they are about, source by source. Runs of plans that were changed do not count. */
import { type SometimesName, sometimesNames } from '../sometimes/index.js';

export interface Reached {
  readonly source: string;
  /** That were looked at. */
  readonly runs: number;
  /** In how many of them; 0 of what some of them must reach, and none did. */
  readonly names: Readonly<Partial<Record<SometimesName, number>>>;
}

export function reachedBy(
  source: string,
  declared: readonly SometimesName[],
  names: ReadonlySet<SometimesName>,
): Reached {
  const all = sometimesNames.filter((name) => names.has(name) || declared.includes(name));
  return { source, runs: 1, names: Object.fromEntries(all.map((name) => [name, names.has(name) ? 1 : 0])) };
}

/** The sums of both, in the order of the sources' names. */
export function addReached(a: readonly Reached[], b: readonly Reached[]): readonly Reached[] {
  const sums = new Map(a.map((one) => [one.source, one]));
  for (const one of b) {
    const known = sums.get(one.source);
    sums.set(one.source, known === undefined ? one : sumOf(known, one));
  }
  return [...sums.values()].sort((one, other) => (one.source < other.source ? -1 : 1));
}

/** What no run of a source has reached, though it is what they are about. */
export function neverReached({ names }: Reached): readonly SometimesName[] {
  return sometimesNames.filter((name) => names[name] === 0);
}

function sumOf(a: Reached, b: Reached): Reached {
  const all = sometimesNames.filter((name) => name in a.names || name in b.names);
  const names = Object.fromEntries(all.map((name) => [name, (a.names[name] ?? 0) + (b.names[name] ?? 0)]));
  return { source: a.source, runs: a.runs + b.runs, names };
}
