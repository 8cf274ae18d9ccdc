/** What guides a campaign: changed plans are plans, the same change is the same each time, and what is new is seen as new. */
import test from 'ava';
import { Coverage, emptyMap, reachedIn } from '../../sim/campaign/guide/coverage.js';
import { Lane } from '../../sim/campaign/guide/lane.js';
import { mutated } from '../../sim/campaign/guide/mutate.js';
import { lanesMax, Turns } from '../../sim/campaign/guide/turns.js';
import type { CampaignSettings, Case } from '../../sim/campaign/index.js';
import { type Plan, toPlan } from '../../sim/plan/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import { judgePlan } from '../../sim/verdict/index.js';
import leaky from './_leaky.js';
import { scenarios } from './_scenarios.js';

const damaged = scenarios.find((one) => one.name === 'damaged-ticket')!;
const settings: CampaignSettings = {
  sources: ['damaged-ticket'],
  profiles: ['1.1.1', '3.0', '3.5'],
  seeds: { from: 1, to: null },
  defects: [],
  stack: 'model',
  crypto: 'fast',
  faults: null,
  guide: true,
  shard: { index: 1, of: 1 },
};
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
  const lane = new Lane({ ...settings, sources: ['damaged-ticket'], profiles: ['3.0'] }, 0);
  t.is(lane.changed(1), undefined);
  const one = lane.fresh(0)!;
  t.deepEqual(one, { number: 0, source: 'damaged-ticket', seed: '1', profile: '3.0', mutations: [] });
  lane.learn(one, coverageOf(plan));
  lane.learn({ ...one, number: 2 }, coverageOf(plan));
  t.deepEqual(lane.state.kept, [one]);
  for (const number of [4, 6, 8]) {
    t.is(lane.changed(number - 1), undefined, 'it is one in four');
    lane.fresh(number);
  }
  t.deepEqual(lane.changed(9), { ...one, number: 9, mutations: [9] });
  t.deepEqual(new Lane(settings, 0, lane.state).state.kept, [one]);
});

/** The cases of a lane in their turns. @param isNew - whether a run reaches something new */
function turnsOf(lane: number, of: CampaignSettings, most: number, isNew: (one: Case) => boolean): readonly Case[] {
  const turns = new Turns(of, lane, []);
  const made: Case[] = [];
  while (made.length < most) {
    const one = turns.next(made.length);
    if (one === undefined) break;
    turns.learn(one, isNew(one));
    made.push(one);
  }
  return made;
}

test('the lanes share all cases of a campaign, each once, whatever is new', (t) => {
  for (const count of [1, 3, 8, 21]) {
    const sources = Array.from({ length: count }, (_, i) => `s${i}`);
    const of: CampaignSettings = { ...settings, sources, seeds: { from: 5, to: 15 } };
    const lanes = Array.from({ length: lanesMax }, (_, lane) =>
      turnsOf(lane, of, 10_000, ({ seed }) => Number(seed) % 3 === 0),
    );
    t.true(lanes.every((cases) => cases.length > 0));
    const cases = lanes.flat().map(({ source, seed, profile }) => `${source} ${seed} ${profile}`);
    t.is(new Set(cases).size, cases.length);
    t.is(cases.length, count * 11 * 3);
  }
});

test('each source has its turn on every profile before any has another one, and then those have most that reach something new', (t) => {
  const of: CampaignSettings = { ...settings, sources: Array.from({ length: 16 }, (_, i) => `s${i}`) };
  const made = turnsOf(3, of, 600, ({ source }) => source === 's11');
  const first = made.slice(0, 6).map(({ source, profile, seed }) => `${source} ${profile} ${seed}`);
  t.deepEqual(first, ['s3 1.1.1 1', 's11 3.5 1', 's3 3.0 2', 's11 1.1.1 2', 's3 3.5 3', 's11 3.0 3']);
  const turns = made.filter(({ source }) => source === 's3').length;
  t.true(turns > 30 && turns < 60, `one in sixteen: ${turns}`);
});
