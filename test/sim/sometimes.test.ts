import test from 'ava';
import { recordPlan } from '../../sim/scenario/index.js';
import { type SometimesName, SometimesTally, SometimesWatch } from '../../sim/sometimes/index.js';
import { workloads } from '../../sim/workload/index.js';
import { runPlan } from '../../sim/world/index.js';
import { simtls } from './_command.js';
import { scenarios } from './_scenarios.js';

/** What the runs of a scenario reach under its first seeds. */
function reachedBy(name: string): ReadonlySet<SometimesName> {
  const scenario = scenarios.find((one) => one.name === name);
  const reached = new Set<SometimesName>();
  for (let seed = 1; seed <= 12; seed += 1) {
    if (scenario === undefined) break;
    const plan = recordPlan(scenario, { seed: String(seed), profile: '3.0' });
    const watch = new SometimesWatch();
    for (const what of watch.reached(plan, runPlan(plan, { trace: watch.see }))) reached.add(what);
  }
  return reached;
}

const examples: readonly (readonly [scenario: string, reaches: SometimesName, not: SometimesName])[] = [
  ['resumed-by-id', 'resumed', 'evicted'],
  ['ticket-keys-rotated', 'resumed', 'restarted'],
  ['server-restart', 'restarted', 'early data accepted'],
  ['early-data-rejected', 'early data rejected', 'truncated'],
  ['early-data-rejected', 'hello retry', 'reset'],
  ['early-data-replayed', 'early data accepted', 'timed out'],
  ['cache-overflow', 'evicted', 'reset'],
  ['evicted-unheld', 'removed by callback', 'timed out'],
  ['external-store', 'asked by callback', 'writes lost'],
  ['one-session-several-tasks', 'one session on two connections at once', 'restarted'],
  ['truncated-by-network', 'truncated', 'restarted'],
  ['tickets-lost', 'reset', 'restarted'],
  ['client-crash-at-ticket', 'half-open', 'early data rejected'],
];

for (const [name, reaches, not] of examples) {
  test(`${name} comes to ${reaches}, and never to ${not}`, (t) => {
    const reached = reachedBy(name);
    t.true(reached.has(reaches), [...reached].join(', '));
    t.false(reached.has(not), [...reached].join(', '));
  });
}

test('what was declared and never reached is named', (t) => {
  const tally = new SometimesTally(['resumed', 'evicted']);
  tally.add(['resumed', 'reset']);
  t.deepEqual(tally.never, ['evicted']);
  tally.add(['evicted']);
  t.deepEqual(tally.never, []);
  t.deepEqual(
    [...tally.runs],
    [
      ['resumed', 1],
      ['evicted', 1],
      ['reset', 1],
    ],
  );
});

test('every workload says what some of its runs must come to', (t) => {
  for (const { name, sometimes } of workloads) t.true(sometimes.length > 3, name);
});

test('runs that never come to what they are about are told, and fail where that is asked for', async (t) => {
  const told = await simtls(['run', 'chaos', '--count', '2', '--faults', 'cut']);
  t.is(told.code, 0);
  t.regex(told.out, /of 2 runs of chaos: /u);
  t.regex(told.out, /never: .*restarted/u);
  t.is((await simtls(['run', 'chaos', '--count', '2', '--faults', 'cut', '--require-sometimes'])).code, 5);
});
