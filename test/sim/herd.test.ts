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

// A herd for each profile: without its sessions as the keys are lost, without them for want of SSL_shutdown, and with them.
const seeds = { '1.1.1': '5', '3.0': '6', '3.5': '1' } as const;

for (const profile of profiles) {
  test(`of a thousand clients that come back at once on ${profile} none is starved`, (t) => {
    const plan = recordPlan(thousand, { seed: seeds[profile], profile });
    const { violations, connections } = runPlan(plan);
    t.deepEqual(violations, []);
    t.is(connections.length, 2 * clients);
    t.is(connections.filter(({ outcome }) => outcome === 'resumed').length, profile === '3.5' ? clients : 0);
  });
}
