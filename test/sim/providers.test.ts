/** The two providers of cryptography: nothing but bytes may depend on which one is at work. */
import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import { recordPlan } from '../../sim/scenario/index.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { runPlan } from '../../sim/world/index.js';
import { share } from '../_whole.js';
import { profiles, scenarios } from './_scenarios.js';

/** What happened, without the bytes. */
function withoutBytes(event: TraceEvent): object {
  if (event.kind === 'record') return { ...event, sum: 0 };
  return event.kind === 'callback' ? { ...event, id: event.id.length } : event;
}

/** The first two events that part, without the patience that a whole comparison of so many needs. */
function firstDifference(one: readonly TraceEvent[], two: readonly TraceEvent[]): object | undefined {
  if (one.length !== two.length) return { lengths: [one.length, two.length] };
  for (const [i, event] of one.entries()) {
    const [fast, real] = [withoutBytes(event), withoutBytes(two[i]!)];
    if (!isDeepStrictEqual(fast, real)) return { fast, real };
  }
  return undefined;
}

for (const [at, scenario] of scenarios.entries()) {
  test(`${scenario.name}: the same events with fast and with real cryptography, but for their bytes`, (t) => {
    for (const [turn, profile] of profiles.entries()) {
      for (const seed of share(['3', '5'], (at + turn) % 2, 2)) {
        const plan = recordPlan(scenario, { seed, profile });
        const [fast, real]: [TraceEvent[], TraceEvent[]] = [[], []];
        const one = runPlan(plan, { crypto: 'fast', trace: (event) => fast.push(event) });
        const two = runPlan(plan, { crypto: 'real', trace: (event) => real.push(event) });
        t.is(firstDifference(fast, real), undefined, `seed ${seed}, profile ${profile}`);
        t.is(one.fingerprint, two.fingerprint);
      }
    }
  });
}
