import test from 'ava';
import { parsePlan } from '../../sim/plan/index.js';
import { drawRun, workloads } from '../../sim/workload/index.js';
import { runPlan } from '../../sim/world/index.js';
import { times } from '../_whole.js';

const seeds = times(21, 60);
const profiles = ['1.1.1', '3.0', '3.5'] as const;

for (const workload of workloads) {
  test(`${workload.name}: what was drawn is a plan, which gives the same run by itself, and breaks nothing`, (t) => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const profile = profiles[seed % profiles.length] ?? '3.0';
      const { plan, result } = drawRun(workload, { seed: String(seed), profile });
      const again = runPlan(parsePlan(JSON.stringify(plan)));
      t.is(again.fingerprint, result.fingerprint, `seed ${seed} on ${profile}`);
      const broken = again.violations.filter((one) => !one.expected);
      t.deepEqual(broken, [], `seed ${seed} on ${profile}`);
    }
  });
}
