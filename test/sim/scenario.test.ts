import test from 'ava';
import {
  checkRecording,
  type Recorder,
  recordPlan,
  type Scenario,
  ScenarioError,
  scenario,
} from '../../sim/scenario/index.js';
import { profiles, scenarios } from './_scenarios.js';

const of = (record: (w: Recorder) => void): Scenario =>
  scenario({ name: 'mine', title: 'mine', answers: 'nothing', record });
const options = { seed: '1', profile: '3.0' } as const;

test('no scenario that comes with simtls branches on what is yet to happen', (t) => {
  for (const one of scenarios)
    for (const profile of profiles) t.notThrows(() => checkRecording(one, { seed: '1', profile }));
});

test('two seeds of a scenario are two different plans, and one seed always the same', (t) => {
  for (const one of scenarios) {
    const plan = (seed: string): string => JSON.stringify({ ...recordPlan(one, { seed, profile: '3.0' }), seed: '' });
    t.not(plan('1'), plan('2'), one.name);
    t.is(plan('1'), plan('1'), one.name);
  }
});

test('what the seed drew is listed', (t) => {
  const plan = recordPlan(
    of((w) => w.client().sleep({ ms: w.draw.int('pause', { min: 3, max: 3 }) })),
    options,
  );
  t.deepEqual(plan.drawn, [{ label: 'pause', value: 3 }]);
});

const conditions: readonly (readonly [title: string, use: (reused: unknown) => boolean])[] = [
  ['if (reused)', (reused) => Boolean(reused)],
  ['reused === 1', (reused) => reused === 1],
  ['reused === null', (reused) => reused === null],
  ["reused === 'ok'", (reused) => reused === 'ok'],
];

for (const [title, use] of conditions) {
  test(`a recorded value as condition (${title}) is a usage error that names when`, (t) => {
    const bad = of((w) => {
      const client = w.client();
      const reused = client.context().connection().reused();
      if (use(reused)) client.sleep({ ms: 1 });
    });
    t.throws(() => checkRecording(bad, options), { instanceOf: ScenarioError, message: /w\.when/ });
  });
}

test('comparing or printing a recorded value names when at once', (t) => {
  const bad = of((w) => {
    const refs: unknown = w.client().context().refs();
    if ((refs as number) > 1) w.host('more');
  });
  t.throws(() => recordPlan(bad, options), { instanceOf: ScenarioError, message: /w\.when/ });
});

test('an object of one process is no argument in another', (t) => {
  const bad = of((w) => w.client('b').call('SSL_new', [w.client('a').context()]));
  t.throws(() => recordPlan(bad, options), { instanceOf: ScenarioError, message: /belongs to the process of a/ });
});

test('a guard is written into each step recorded under it', (t) => {
  const plan = recordPlan(
    of((w) => {
      const client = w.client();
      const reused = client.context().connection().reused();
      w.when(reused, 1, () => client.sleep({ ms: 1 }));
    }),
    options,
  );
  const reused = plan.steps.find((step) => step.call === 'SSL_session_reused');
  t.deepEqual(plan.steps.at(-1)?.when, { step: reused!.id, field: 'ret', is: 1 });
});
