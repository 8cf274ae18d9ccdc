// One campaign against one defect, guided or seed by seed, in a process of its own: the blocks of a real campaign, on one thread, until there is a
// finding that the defect made. How soon is counted in runs.

import { runBlock } from '../../dist/sim/campaign/block.js';
import { blocksOf, laneOf } from '../../dist/sim/campaign/settings.js';
import { Randomness } from '../../dist/sim/kernel/index.js';
import { withDefects } from '../../dist/sim/plan/index.js';
import { judgePlan } from '../../dist/sim/verdict/index.js';
import { against } from './sources.mjs';

process.on('message', (task) => process.send({ task, ...campaign(task) }));
process.send('ready');

/** Ends a campaign from within. */
class Over extends Error {}

/** @param task the defect, the first seed, whether it is guided, runs at most */
function campaign({ name, from, guide, runsMax }) {
  const { sources, defects, own } = against(name, { workloads: true });
  let runs = 0;
  let found;
  const counted = shuffled(sources, from).map((source) => [source.name, { ...source, plan: counting(source) }]);
  const settings = {
    sources: counted.map(([source]) => source),
    profiles: ['1.1.1', '3.0', '3.5'],
    seeds: { from, to: null },
    defects,
    stack: 'model',
    crypto: 'fast',
    faults: null,
    guide,
    shard: { index: 1, of: 1 },
  };
  const options = { sources: new Map(counted), on: () => ({}), onFailure };
  const lanes = new Map();
  try {
    for (const block of blocksOf(settings)) {
      const lane = laneOf(settings, block);
      lanes.set(lane, runBlock(settings, block, options, lanes.get(lane)).lane);
    }
  } catch (cause) {
    if (!(cause instanceof Over)) throw cause;
  }
  return found === undefined ? { runs: runsMax } : { runs, ...found };

  function counting(source) {
    return (draw) => {
      if (runs === runsMax) throw new Over();
      runs += 1;
      return source.plan(draw);
    };
  }

  function onFailure({ case: one, failure, plan }) {
    if (failure.invariant === 'expectation' || !isOfDefect(one, failure, plan)) return;
    found = { invariant: failure.invariant, source: one.source, changed: one.mutations.length > 0 };
    throw new Over();
  }

  /** Whether it is the defect that shows, not what OpenSSL breaks by itself. */
  function isOfDefect(one, failure, plan) {
    if (own !== undefined) return one.source === own;
    const { defects: _, ...healthy } = plan;
    return judgePlan(withDefects(healthy, [])).failure?.group !== failure.group;
  }
}

/** Where a scenario stands in the list is no merit of any campaign: each has an order of its own. */
function shuffled(list, seed) {
  const draw = new Randomness(String(seed)).stream('order');
  return list
    .map((value) => ({ value, at: draw.int(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
