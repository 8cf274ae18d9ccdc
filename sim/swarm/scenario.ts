/** A recorded plan in a world that its seed draws: faults strike of which its scenario knows nothing. */
import { invariants } from '../invariants/index.js';
import { Randomness } from '../kernel/index.js';
import { type Check, type Fault, type Plan, type Step, withForeignFaults } from '../plan/index.js';
import { FaultDraws } from './fault-draws.js';
import { allFaults, drawFaultRates, type SwarmOptions } from './rates.js';

/** Verbs during which much may happen. */
const slowVerbs: readonly string[] = [
  'connect',
  'handshake',
  'request',
  'send',
  'receive',
  'send_early',
  'close',
  'sleep',
];
/** Where no link says what it takes. */
const latencyUsDefault = 500;

/**
 * The plan with the faults that its seed draws. What the scenario says of its own outcome holds no more, and is left out; what it breaks on
 * purpose need not come about, and what a program is to blame for may: its script goes on whatever becomes of its steps. What simtls and
 * libssl have to keep still holds.
 */
export function swarmed(plan: Plan, options: SwarmOptions): Plan {
  const servers = hostsThat(plan, 'serve');
  const clients = hostsThat(plan, 'connect').filter((host) => !servers.includes(host));
  if (servers.length === 0 || clients.length === 0) return loosened(plan, []);
  const random = new Randomness(plan.seed);
  const faults = drawFaultRates(random.stream('swarm/rates'), allFaults, options);
  const latencyUs = plan.links[0]?.latencyUs ?? latencyUsDefault;
  const draws = new FaultDraws({ faults, clients, servers, latencyUs, prefix: 'swarm' }, random.stream('swarm/faults'));
  const slow = plan.steps.filter((step) => step.task !== 'boot' && slowVerbs.includes(step.call));
  const struck = slow.flatMap((step) => draws.at(step));
  return { ...loosened(plan, struck), swarm: { faults: { ...faults } } };
}

function hostsThat(plan: Plan, call: Step['call']): readonly string[] {
  return [...new Set(plan.steps.filter((step) => step.call === call).map((step) => step.on))];
}

function loosened(plan: Plan, faults: readonly Fault[]): Plan {
  const foreign = withForeignFaults(plan, faults);
  const program = invariants.filter(({ owner }) => owner === 'program');
  const because =
    'a script that looks at no outcome may break the manual where faults strike of which it knows nothing';
  const may = program.map(({ name }): Check => ({ id: `swarm-${name}`, violation: name, may: true, because }));
  return { ...foreign, checks: [...foreign.checks, ...may] };
}
