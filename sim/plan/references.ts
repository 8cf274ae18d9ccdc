/** What a plan's parts may name of each other. A step that others name may be missing (plans are cut); a host may not. */
import { PlanError } from './error.js';
import { endingFaults, type Fault, type FaultAction } from './faults.js';
import type { Plan } from './plan.js';

/** @throws PlanError for an id used twice, a host that the plan does not have, or a step that waits for its own outcome */
export function checkReferences(plan: Plan): void {
  const hosts = new Set<string>();
  for (const [index, host] of plan.hosts.entries()) {
    if (hosts.has(host.name)) throw new PlanError(`/hosts/${index}/name`, 'a name used once', `"${host.name}" again`);
    hosts.add(host.name);
  }
  const known = (pointer: string, name: string): void => {
    if (!hosts.has(name)) throw new PlanError(pointer, `a host of the plan (${[...hosts].join(', ')})`, `"${name}"`);
  };
  const ids = new Set<string>();
  const once = (pointer: string, id: string): void => {
    if (ids.has(id)) throw new PlanError(pointer, 'an id used once', `"${id}" again`);
    ids.add(id);
  };
  for (const [index, link] of plan.links.entries()) {
    known(`/links/${index}/from`, link.from);
    known(`/links/${index}/to`, link.to);
  }
  for (const [index, step] of plan.steps.entries()) {
    once(`/steps/${index}/id`, step.id);
    known(`/steps/${index}/on`, step.on);
    if (step.when?.step === step.id)
      throw new PlanError(`/steps/${index}/when/step`, 'another step', `"${step.id}" itself`);
  }
  for (const [index, fault] of plan.faults.entries()) {
    once(`/faults/${index}/id`, fault.id);
    for (const [key, host] of hostsOf(fault.action)) known(`/faults/${index}/action/${key}`, host);
    checkFault(fault, `/faults/${index}`);
    if ('on' in fault.at) known(`/faults/${index}/at/on`, fault.at.on);
  }
  for (const [index, check] of plan.checks.entries()) once(`/checks/${index}/id`, check.id);
}

/** The names of hosts in an action, each with its key. */
function hostsOf(action: FaultAction): readonly (readonly [string, string])[] {
  const named: [string, string][] = [];
  if ('host' in action) named.push(['host', action.host]);
  if ('from' in action) named.push(['from', action.from]);
  if ('to' in action) named.push(['to', action.to]);
  if ('by' in action && action.by !== undefined) named.push(['by', action.by]);
  return named;
}

/** What a schema does not see: an end for what has none, and steps that enter a call without a point inside one. */
function checkFault(fault: Fault, pointer: string): void {
  const { action, at, lastsUs } = fault;
  if (lastsUs !== undefined && !endingFaults.includes(action.do)) {
    throw new PlanError(`${pointer}/lastsUs`, `one of ${endingFaults.join(', ')}`, `"${action.do}", which has no end`);
  }
  if (action.do === 'slicer' && (action.variationBytes ?? 0) >= action.averageBytes) {
    throw new PlanError(`${pointer}/action/variationBytes`, 'less than averageBytes', String(action.variationBytes));
  }
  if (action.do !== 'enter') return;
  if (!('point' in at)) throw new PlanError(`${pointer}/at`, 'a point, inside of which the steps are made', 'none');
  if (at.on !== action.host)
    throw new PlanError(`${pointer}/action/host`, `the host of the point, ${at.on}`, action.host);
}
