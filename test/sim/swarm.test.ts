import test from 'ava';
import { scenarioSource } from '../../sim/campaign/index.js';
import { toPlan } from '../../sim/plan/index.js';
import { judgePlan } from '../../sim/verdict/index.js';
import { workloads } from '../../sim/workload/index.js';
import { scenarios } from './_scenarios.js';

const plain = scenarios.filter((one) => one.codes === undefined);

test('a scenario in a swarm gets faults that its seed draws, and is judged by what holds of every run', (t) => {
  const struck = new Set<string>();
  for (const [n, scenario] of plain.entries()) {
    const draw = { seed: String(n), profile: '3.0', swarm: {} } as const;
    const plan = scenarioSource(scenario).plan(draw);
    t.deepEqual(plan, scenarioSource(scenario).plan(draw));
    for (const { id, action } of plan.faults) if (id.startsWith('swarm-')) struck.add(action.do);
    const { failure, refused } = judgePlan(toPlan(JSON.parse(JSON.stringify(plan))));
    t.is(refused, '');
    t.is(failure, undefined, `${scenario.name}: ${failure?.text}`);
  }
  t.true(struck.size > 10);
});

test('of the faults that a seed may draw those that are named are left, and nothing else moves', (t) => {
  for (const workload of workloads) {
    const drawn = (faults?: readonly string[]): ReturnType<typeof workload.plan> =>
      workload.plan({ seed: '5', profile: '3.0', swarm: faults === undefined ? {} : { faults } });
    const { faults: _, ...world } = drawn().swarm ?? {};
    const none = drawn([]);
    t.deepEqual(none.faults, []);
    t.deepEqual(none.swarm, { ...world, faults: {} });
    const [scenario] = plain;
    if (scenario !== undefined) {
      const crashes = scenarioSource(scenario).plan({ seed: '9', profile: '3.0', swarm: { faults: ['crash'] } });
      t.true(crashes.faults.every(({ id, action }) => !id.startsWith('swarm-') || /crash|restart/u.test(action.do)));
    }
  }
});
