/** Swarm: each seed draws first which faults exist at all, then how often each of them strikes. */
import type { RandomStream } from '../kernel/index.js';
import type { FaultAction } from '../plan/index.js';

/** What the command line says of the faults that a seed may draw; nothing said: all of them. */
export interface SwarmOptions {
  /** These kinds of faults alone, by the names that docs/faults.md has. */
  readonly faults?: readonly string[];
}

/** Faults that a swarm draws: those that end others (`restart`, `heal`, …) come with them. */
export type SwarmFault = Exclude<FaultAction['do'], 'restart' | 'resume' | 'release' | 'heal'>;

/** In how many of a hundred worlds each fault exists; those that are not named exist in none. */
export type FaultShape = Readonly<Partial<Record<SwarmFault, number>>>;

/** Each fault that exists, and once in how many steps that take time it strikes. */
export type FaultRates = Readonly<Partial<Record<SwarmFault, number>>>;

/** Whatever may go wrong. */
export const allFaults: Readonly<Record<SwarmFault, number>> = {
  cut: 12,
  corrupt: 20,
  duplicate: 8,
  replay: 8,
  reset: 12,
  crash: 20,
  pause: 8,
  clock: 15,
  drift: 8,
  hold: 8,
  partition: 8,
  latency: 8,
  bandwidth: 8,
  slicer: 8,
  limit_data: 8,
  timeout: 8,
  reset_peer: 8,
  slow_close: 8,
  redirect: 12,
  misbehave: 12,
  no_space: 8,
  sync_lies: 8,
  lost_write: 8,
  torn_write: 8,
  allocation: 10,
  enter: 15,
};

/** What happens to the network and to hosts, of those of a shape: more of the rest would be noise. */
export function onlyFaults(percent: number, ...names: readonly SwarmFault[]): FaultShape {
  return Object.fromEntries(names.map((name) => [name, percent]));
}

/** Draws which of the faults exist, and how often they strike. */
export function drawFaultRates(random: RandomStream, shape: FaultShape, options: SwarmOptions = {}): FaultRates {
  // A world without a single fault is what all others are measured by.
  const quiet = random.chance({ oneIn: 8 });
  const rates: Partial<Record<SwarmFault, number>> = {};
  for (const [name, percent] of Object.entries(shape) as [SwarmFault, number][]) {
    const exists = random.int(100) < percent;
    const oneIn = random.pick([4, 8, 16, 32]);
    const wanted = options.faults === undefined || options.faults.includes(name);
    if (exists && wanted && !quiet) rates[name] = oneIn;
  }
  return rates;
}
