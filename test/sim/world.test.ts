import test from 'ava';
import { recordPlan } from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { times } from '../_whole.js';
import { profiles, scenarios } from './_scenarios.js';

const seeds = times(6, 20);

for (const scenario of scenarios) {
  test(`${scenario.name} holds under ${seeds} seeds on every profile`, (t) => {
    const fingerprints = new Set<string>();
    for (const profile of profiles) {
      for (let seed = 1; seed <= seeds; seed++) {
        const result = runPlan(recordPlan(scenario, { seed: String(seed), profile }));
        const broken = result.violations.filter((one) => !one.expected);
        t.deepEqual(broken, [], `seed ${seed}, profile ${profile}`);
        t.is(result.verdict, 'pass');
        fingerprints.add(`${profile} ${result.fingerprint}`);
      }
    }
    t.is(fingerprints.size, seeds * profiles.length, 'different seeds are different runs');
  });
}

test('key bytes alone come from the seed of a plan: with another one everything happens at the same time and in the same sizes', (t) => {
  for (const scenario of scenarios) {
    const plan = recordPlan(scenario, { seed: '5', profile: '3.0' });
    const when = (seed: string): readonly string[] => {
      const seen: string[] = [];
      runPlan(plan, {
        seed,
        onDraw: (label, choices, value, us) => {
          if (choices > 0) seen.push(`${us} ${label} ${value} of ${choices}`);
        },
        trace: (event) => seen.push(`${event.us} ${event.kind}`),
      });
      return seen;
    };
    t.deepEqual(when('5'), when('6'), scenario.name);
  }
});
