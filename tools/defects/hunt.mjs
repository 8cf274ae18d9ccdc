// One campaign against one defect, in a process of its own: scenario after scenario on every profile under one seed, then under the
// next, until an invariant is broken. What scenarios state of their own outcome is cut from the plans: it must be found without that.
import { scenarioSource, smallPlan } from '../../dist/sim/campaign/index.js';
import { applicationDefects } from '../../dist/sim/cli/application-defects.js';
import { builtInScenarios } from '../../dist/sim/cli/scenarios.js';
import { sizeOfPlan } from '../../dist/sim/shrink/index.js';
import { judgePlan } from '../../dist/sim/verdict/index.js';

const profiles = ['1.1.1', '3.0', '3.5'];
const scenarios = await builtInScenarios();
const applications = await applicationDefects();

process.on('message', (task) => process.send({ task, ...hunt(task) }));
process.send('ready');

/** @param task the defect, the first seed, processor seconds at most, whether the finding is to be made small */
function hunt({ name, from, secondsMax, shrink }) {
  const application = applications.find((one) => one.name === name);
  const sources = [...scenarios, ...(application === undefined ? [] : [application.program({ repaired: false })])]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(scenarioSource);
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
        const plan = {
          ...generalOf(source.plan({ seed: String(seed), profile })),
          ...(application === undefined ? { defects: [name] } : {}),
        };
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

/** The plan without what it states of its own outcome; what it breaks on purpose stays expected. */
function generalOf(plan) {
  return { ...plan, checks: plan.checks.filter((check) => 'violation' in check) };
}
