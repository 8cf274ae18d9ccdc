/** What of a plan real OpenSSL cannot do, each with its reason: docs/stacks.md has the same table. */
import type { FaultAction, Plan } from '../plan/index.js';
import { clockAdvice, memoryAdvice } from '../stacks/index.js';

interface ModelOnly {
  /** As docs/stacks.md names it. */
  readonly name: string;
  readonly reason: string;
  /** What of the plan it is; undefined: the plan has no such thing. */
  find(plan: Plan): string | undefined;
}

/** In the order in which they are looked for. */
export const modelOnly: readonly ModelOnly[] = [
  {
    name: 'code under test',
    reason: 'code under test runs beside the model: its event loop would have to wait for another process',
    find: (plan) => plan.steps.find((step) => step.call === 'code')?.id,
  },
  {
    name: 'a defect',
    reason: 'defects are built into the model',
    find: (plan) => plan.defects?.[0],
  },
  {
    name: 'the point lookup:unlocked',
    reason: 'libssl calls nobody between the lookup in its cache and the use of what it has found',
    find: (plan) => faultThat(plan, ({ at }) => 'point' in at && at.point === 'lookup:unlocked'),
  },
  {
    name: 'a race inside a remove callback',
    reason: 'libssl holds the lock of the context in some of them, and whoever wants it then waits for ever',
    find: (plan) =>
      faultThat(plan, ({ at, action }) => action.do === 'enter' && 'point' in at && at.point === 'callback:remove'),
  },
  {
    name: 'the point record:read without a network',
    reason: "what sim_pair's connections read is not told",
    find: (plan) =>
      plan.steps.some(({ call }) => call === 'sim_pair')
        ? faultThat(plan, ({ at }) => 'point' in at && at.point === 'record:read')
        : undefined,
  },
];

/** Steps that last so long, virtual microseconds, are over at once on real OpenSSL, whose clock is the machine's where it cannot be put. */
const sleepUsMin = 1_000_000;
const clockFaults: readonly FaultAction['do'][] = ['clock', 'drift'];

/** What of a plan needs libssl's clock to be the world's. */
const needsClock: ModelOnly = {
  name: 'time that passes',
  reason: `the clock of real OpenSSL cannot be put here: ${clockAdvice}`,
  find(plan) {
    const host = plan.hosts.find(({ skewMs = 0, driftPpm = 0 }) => skewMs !== 0 || driftPpm !== 0);
    const late = ({ at }: Plan['faults'][number]): boolean => 'us' in at && (at.us ?? 0) >= sleepUsMin;
    return (
      plan.steps.find(({ call, args }) => call === 'sleep' && sleptUs(args) >= sleepUsMin)?.id ??
      faultThat(plan, (fault) => clockFaults.includes(fault.action.do) || late(fault)) ??
      host?.name
    );
  },
};

/** What of a plan needs libssl's memory to be the world's. */
const needsMemory: ModelOnly = {
  name: 'a failed allocation',
  reason: `the memory of real OpenSSL cannot be taken over here: ${memoryAdvice}`,
  find: (plan) => faultThat(plan, ({ action }) => action.do === 'allocation'),
};

/** Why a plan cannot be run on real OpenSSL: names what of it; undefined: it can. */
export function modelOnlyIn(
  plan: Plan,
  libssl: { readonly clock: boolean; readonly memory: boolean },
): string | undefined {
  for (const one of [...modelOnly, ...(libssl.clock ? [] : [needsClock]), ...(libssl.memory ? [] : [needsMemory])]) {
    const found = one.find(plan);
    if (found !== undefined) return `${one.name} (${found}): ${one.reason}`;
  }
  return undefined;
}

function faultThat(plan: Plan, is: (fault: Plan['faults'][number]) => boolean): string | undefined {
  return plan.faults.find(is)?.id;
}

function sleptUs(args: Plan['steps'][number]['args']): number {
  const [options] = args ?? [];
  const us = typeof options === 'object' && options !== null && 'us' in options ? options['us'] : 0;
  return typeof us === 'number' ? us : 0;
}
