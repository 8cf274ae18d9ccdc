import test from 'ava';
import { recordPlan } from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { profiles, scenarios } from './_scenarios.js';

for (const scenario of scenarios) {
  test(`${scenario.name} holds under twenty seeds on every profile`, (t) => {
    const fingerprints = new Set<string>();
    for (const profile of profiles) {
      for (let seed = 1; seed <= 20; seed++) {
        const result = runPlan(recordPlan(scenario, { seed: String(seed), profile }));
        const broken = result.violations.filter((one) => !one.expected);
        t.deepEqual(broken, [], `seed ${seed}, profile ${profile}`);
        t.is(result.verdict, 'pass');
        fingerprints.add(`${profile} ${result.fingerprint}`);
      }
    }
    t.is(fingerprints.size, 60, 'different seeds are different runs');
  });
}
