// What is run against a defect: every scenario and workload, and for the bug of an application its program among them. What scenarios state of
// their own outcome is cut from the plans: it must be found without that.
import { scenarioSource } from '../../dist/sim/campaign/index.js';
import { applicationDefects } from '../../dist/sim/cli/application-defects.js';
import { builtInScenarios, findModules } from '../../dist/sim/cli/scenarios.js';

const scenarios = (await builtInScenarios()).map(scenarioSource);
const all = (await findModules([])).map(({ source }) => source);
const applications = await applicationDefects();

/** @param workloads whether they are among them @returns in the order of their names, and the defects of the stack that are to be on */
export function against(name, { workloads }) {
  const application = applications.find((one) => one.name === name);
  const own = application === undefined ? undefined : scenarioSource(application.program({ repaired: false }));
  const sources = [...(workloads ? all : scenarios), ...(own === undefined ? [] : [own])]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((source) => ({ ...source, plan: (draw) => generalOf(source.plan(draw)) }));
  return { sources, defects: own === undefined ? [name] : [], own: own?.name };
}

/** The plan without what it states of its own outcome; what it breaks on purpose stays expected. */
function generalOf(plan) {
  return { ...plan, checks: plan.checks.filter((check) => 'violation' in check) };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
