/** What a plan's parts may name of each other. A step that others name may be missing (plans are cut); a host may not. */
import { PlanError } from './error.js';
import type { FaultAction, Plan } from './plan.js';

/** @throws PlanError for an id used twice, or a host that the plan does not have */
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
  }
  for (const [index, fault] of plan.faults.entries()) {
    once(`/faults/${index}/id`, fault.id);
    for (const [key, host] of hostsOf(fault.action)) known(`/faults/${index}/action/${key}`, host);
    if ('on' in fault.at) known(`/faults/${index}/at/on`, fault.at.on);
  }
  for (const [index, check] of plan.checks.entries()) once(`/checks/${index}/id`, check.id);
}

function hostsOf(action: FaultAction): readonly (readonly [string, string])[] {
  switch (action.do) {
    case 'crash':
    case 'restart':
    case 'pause':
    case 'resume':
    case 'clock':
      return [['host', action.host]];
    case 'hold':
    case 'release':
    case 'partition':
    case 'heal':
    case 'latency':
      return [
        ['from', action.from],
        ['to', action.to],
      ];
    case 'cut':
    case 'corrupt':
      return [['from', action.from]];
    case 'reset':
      return [];
  }
}
