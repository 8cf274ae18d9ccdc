/** Swarm: each seed draws first which faults exist at all, then how often each of them strikes. */
import type { SwarmOptions } from '../campaign/index.js';
import type { RandomStream } from '../kernel/index.js';
import type { FaultAction } from '../plan/index.js';

/** Faults that a swarm draws: those that end others (`restart`, `heal`, …) come with them. */
export type SwarmFault = Exclude<FaultAction['do'], 'restart' | 'resume' | 'release' | 'heal'>;

/** In how many of a hundred worlds each fault exists; those that are not named exist in none. */
export type FaultShape = Readonly<Partial<Record<SwarmFault, number>>>;

/** Each fault that exists, and once in how many turns it strikes. */
export type FaultRates = Readonly<Partial<Record<SwarmFault, number>>>;

/** Whatever may go wrong. */
export const allFaults: FaultShape = {
  cut: 25,
  corrupt: 25,
  duplicate: 15,
  reset: 25,
  crash: 25,
  pause: 15,
  clock: 25,
  hold: 15,
  partition: 15,
};

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
