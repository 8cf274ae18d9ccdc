import test from 'ava';
import { parsePlan } from '../../sim/plan/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { runPlan } from '../../sim/world/index.js';
import { profiles, scenarios } from './_scenarios.js';

/** What happened, without the bytes, which the two providers of cryptography make differently. */
function withoutBytes(event: TraceEvent): object {
  if (event.kind === 'record') return { ...event, sum: 0 };
  return event.kind === 'callback' ? { ...event, id: event.id.length } : event;
}

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

  test(`${scenario.name} gives the same trace twice, written down or not, and from its plan as JSON`, (t) => {
    for (const profile of profiles) {
      const plan = recordPlan(scenario, { seed: '7', profile });
      const [first, second]: [TraceEvent[], TraceEvent[]] = [[], []];
      const one = runPlan(plan, { trace: (event) => first.push(event) });
      const two = runPlan(plan, { trace: (event) => second.push(event) });
      const bare = runPlan(plan);
      const read = runPlan(parsePlan(JSON.stringify(plan)));
      t.deepEqual(first, second);
      t.is(first.length, one.events);
      t.deepEqual(new Set([one, two, bare, read].map((result) => result.fingerprint)).size, 1);
    }
  });

  test(`${scenario.name} gives the same events with fast and with real cryptography`, (t) => {
    const plan = recordPlan(scenario, { seed: '3', profile: '3.0' });
    const [fast, real]: [TraceEvent[], TraceEvent[]] = [[], []];
    const one = runPlan(plan, { crypto: 'fast', trace: (event) => fast.push(event) });
    const two = runPlan(plan, { crypto: 'real', trace: (event) => real.push(event) });
    t.deepEqual(fast.map(withoutBytes), real.map(withoutBytes));
    t.is(one.fingerprint, two.fingerprint);
  });
}

test('runs before it do not change a run', (t) => {
  const plans = scenarios.map((scenario) => recordPlan(scenario, { seed: '11', profile: '3.5' }));
  const alone = plans.map((plan) => runPlan(plan).fingerprint);
  const again = [...plans].reverse().map((plan) => runPlan(plan).fingerprint);
  t.deepEqual(again.reverse(), alone);
});

test('what is drawn and when is the same twice', (t) => {
  for (const scenario of scenarios) {
    const plan = recordPlan(scenario, { seed: '2', profile: '3.0' });
    const draws = (): string[] => {
      const log: string[] = [];
      runPlan(plan, { onDraw: (label, choices, value, us) => log.push(`${label} ${choices} ${value} ${us}`) });
      return log;
    };
    const first = draws();
    t.true(first.length > 0);
    t.deepEqual(draws(), first);
  }
});
