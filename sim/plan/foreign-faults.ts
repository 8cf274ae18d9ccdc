/** Faults that a plan's author did not think of: what he states of the outcome does not hold under them. */
import type { Fault } from './faults.js';
import type { Check, Plan } from './plan.js';

/**
 * The plan with faults of others. What it expects of single steps is left out; what it breaks on purpose it may still break, and need
 * not. Every other invariant goes on to be judged: what a fault causes by itself breaks none.
 */
export function withForeignFaults(plan: Plan, faults: readonly Fault[]): Plan {
  const checks = plan.checks.flatMap((check): Check[] => ('violation' in check ? [{ ...check, may: true }] : []));
  return { ...plan, faults: [...plan.faults, ...faults], checks };
}
