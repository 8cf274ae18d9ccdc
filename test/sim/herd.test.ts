import test from 'ava';
import { herd } from '../../scenarios/thundering-herd.js';
import { recordPlan, scenario } from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { profiles } from './_scenarios.js';

const clients = 1_000;
const thousand = scenario({
  name: 'thousand',
  title: 'a thousand clients of one server that has died',
  answers: 'caddyserver/caddy#1738',
  record: (w) => herd(w, clients),
});

// One seed a profile, of which each draws another herd: with its sessions or without, at once or spread.
for (const [i, profile] of profiles.entries()) {
  test(`of a thousand clients that come back at once on ${profile} none is starved`, (t) => {
    const plan = recordPlan(thousand, { seed: String(i + 1), profile });
    const { violations, connections } = runPlan(plan);
    t.deepEqual(violations, []);
    t.is(connections.length, 2 * clients);
    t.true(connections.every(({ outcome }) => outcome === 'full' || outcome === 'resumed'));
  });
}
