// One campaign against one defect, in a process of its own: scenario after scenario on every profile under one seed, then under the
// next, until an invariant is broken.
import { smallPlan } from '../../dist/sim/campaign/index.js';
import { withDefects } from '../../dist/sim/plan/index.js';
import { sizeOfPlan } from '../../dist/sim/shrink/index.js';
import { judgePlan } from '../../dist/sim/verdict/index.js';
import { against } from './sources.mjs';

const profiles = ['1.1.1', '3.0', '3.5'];

process.on('message', (task) => process.send({ task, ...hunt(task) }));
process.send('ready');

/** @param task the defect, the first seed, processor seconds at most, whether the finding is to be made small */
function hunt({ name, from, secondsMax, shrink }) {
  const { sources, defects } = against(name, { workloads: false });
  const begun = process.cpuUsage();
  const seconds = () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1e6;
  };
  let runs = 0;
  for (let seed = from; ; seed += 1) {
    for (const source of sources) {
      for (const profile of profiles) {
        if (seconds() > secondsMax) return { runs, seconds: seconds() };
        const plan = withDefects(source.plan({ seed: String(seed), profile }), defects);
        runs += 1;
        const { failure } = judgePlan(plan);
        if (failure === undefined || failure.invariant === 'expectation') continue;
        const found = { runs, seconds: seconds(), invariant: failure.invariant, source: source.name, seed, profile };
        if (!shrink) return found;
        const small = smallPlan(plan, failure, {});
        return { ...found, steps: sizeOfPlan(small.plan).steps, shrinkSeconds: seconds() - found.seconds };
      }
    }
  }
}
