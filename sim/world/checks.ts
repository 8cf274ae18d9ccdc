/** What the plan says must hold, once the world is quiet. */
import { unmet } from '../invariants/index.js';
import type { Check } from '../plan/index.js';
import type { World } from './world.js';
import { sameJson, seenIn } from './world.js';

/** Reports every check that does not hold, and every expected violation that did not come. */
export function judgeChecks(world: World, checks: readonly Check[]): void {
  for (const check of checks) {
    if ('violation' in check) continue;
    const result = world.results.get(check.step);
    const seen = result && seenIn(result, check.field);
    if (seen !== undefined && sameJson(seen, check.is)) continue;
    const found =
      seen === undefined ? (result === undefined ? 'the step was never made' : result.outcome) : JSON.stringify(seen);
    const errors = result === undefined || result.errors.length === 0 ? '' : ` (${result.errors.join(', ')})`;
    const text = `${check.because}: expected ${check.field} of ${check.step} to be ${JSON.stringify(check.is)}, found ${found}${errors}`;
    world.judge.report('', check.step, unmet(text));
  }
  for (const check of world.judge.missing()) {
    world.judge.report(
      '',
      check.step ?? '',
      unmet(`${check.because}: expected ${check.violation} to be broken, and it was not`),
    );
  }
}
