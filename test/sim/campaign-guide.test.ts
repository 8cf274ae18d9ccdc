/** What guides a campaign: changed plans are plans, the same change is the same each time, and what is new is seen as new. */
import test from 'ava';
import { Coverage, emptyMap, reachedIn } from '../../sim/campaign/guide/coverage.js';
import { Lane } from '../../sim/campaign/guide/lane.js';
import { mutated } from '../../sim/campaign/guide/mutate.js';
import { type Plan, toPlan } from '../../sim/plan/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import { judgePlan } from '../../sim/verdict/index.js';
import leaky from './_leaky.js';
import { scenarios } from './_scenarios.js';

const damaged = scenarios.find((one) => one.name === 'damaged-ticket')!;
const plan = recordPlan(damaged, { seed: '1', profile: '3.0' });

test('a changed plan is a plan, however often it is changed, the same for the same number, and most are other plans', (t) => {
  let changed: Plan = plan;
  let others = 0;
  for (let i = 0; i < 300; i += 1) {
    const next = mutated(changed, i);
    t.deepEqual(toPlan(JSON.parse(JSON.stringify(next))), next);
    t.deepEqual(mutated(changed, i), next);
    if (JSON.stringify(next) !== JSON.stringify(changed)) others += 1;
    changed = next;
  }
  t.true(others > 200, String(others));
  const empty = { ...recordPlan(leaky, { seed: '1', profile: '3.0' }), steps: [], checks: [] };
  for (let i = 0; i < 50; i += 1) t.notThrows(() => mutated(empty, i));
});

test('a plan reaches nothing new when it is run again, another one does, and a lane keeps that', (t) => {
  const map = emptyMap();
  const coverageOf = (one: Plan): Coverage => {
    const coverage = new Coverage();
    judgePlan(one, { trace: (event) => coverage.happened(event) });
    return coverage;
  };
  const first = coverageOf(plan).addTo(map);
  t.true(first > 50, String(first));
  t.is(reachedIn(map), first);
  t.is(coverageOf(plan).addTo(map), 0);
  const lane = new Lane(undefined);
  t.is(lane.next(1), undefined);
  const one = { number: 0, source: 'damaged-ticket', seed: '1', profile: '3.0', mutations: [] } as const;
  lane.learn(one, coverageOf(plan));
  lane.learn({ ...one, number: 2 }, coverageOf(plan));
  t.deepEqual(lane.state.kept, [one]);
  t.deepEqual(lane.next(3), { ...one, number: 3, mutations: [3] });
  t.deepEqual(new Lane(lane.state).state, lane.state);
});
