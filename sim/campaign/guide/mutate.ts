/** Plans that are made from other plans: a step more, less or elsewhere, another number, another fault. The same number changes the same plan alike. */
import { Randomness, type RandomStream } from '../../kernel/index.js';
import {
  checkReferences,
  type Fault,
  type FaultAction,
  type Json,
  type Plan,
  PlanError,
  type Step,
} from '../../plan/index.js';

/** Changes that are made at once. */
const changesMax = 4;
/** Tries to make a change that leaves a plan. */
const triesMax = 8;

/** Of a plan that is no longer what its scenario says of itself, what the scenario expects is no promise. */
export function mutated(plan: Plan, mutation: number): Plan {
  const draw = new Randomness(String(mutation)).stream('mutate');
  let changed: Plan = { ...plan, checks: plan.checks.filter((check) => 'violation' in check), drawn: [] };
  for (let left = draw.range(1, changesMax); left > 0; left -= 1) changed = changedOnce(changed, draw, mutation);
  return changed;
}

function changedOnce(plan: Plan, draw: RandomStream, mutation: number): Plan {
  for (let i = 0; i < triesMax; i += 1) {
    const change = changes[draw.int(changes.length)];
    const changed = change?.(plan, draw, `m${mutation}-${i}-${plan.steps.length}-${plan.faults.length}`);
    if (changed !== undefined && holds(changed)) return changed;
  }
  return plan;
}

/** Whether it is a plan still. Each part is as the format has it: they come from a plan, or are made below. What they say of each other may have gone. */
function holds(plan: Plan): boolean {
  try {
    checkReferences(plan);
    return true;
  } catch (cause) {
    if (cause instanceof PlanError) return false;
    throw cause;
  }
}

/** What may be changed. @param id - of what is new: nothing in the plan is called so */
type Change = (plan: Plan, draw: RandomStream, id: string) => Plan | undefined;

/** A place in a list; 0, where nothing is, of an empty one. */
function somewhere(list: readonly unknown[], draw: RandomStream): number {
  return list.length === 0 ? 0 : draw.int(list.length);
}

const dropStep: Change = (plan, draw) => {
  const at = somewhere(plan.steps, draw);
  return { ...plan, steps: plan.steps.toSpliced(at, 1) };
};

/** A call once more, later on its host: what it names may be gone by then. */
const repeatStep: Change = (plan, draw, id) => {
  const at = somewhere(plan.steps, draw);
  const step = plan.steps[at];
  if (step === undefined) return undefined;
  const later = at + 1 + draw.int(plan.steps.length - at);
  return { ...plan, steps: plan.steps.toSpliced(later, 0, { ...step, id }) };
};

const moveStep: Change = (plan, draw) => {
  const at = somewhere(plan.steps, draw);
  const step = plan.steps[at];
  if (step === undefined) return undefined;
  return { ...plan, steps: plan.steps.toSpliced(at, 1).toSpliced(somewhere(plan.steps, draw), 0, step) };
};

const otherNumber: Change = (plan, draw) => {
  const at = somewhere(plan.steps, draw);
  const step = plan.steps[at];
  if (step?.args === undefined) return undefined;
  const args = step.args.map((value) => numbered(value, draw));
  return { ...plan, steps: plan.steps.with(at, { ...step, args }) };
};

function numbered(value: Json, draw: RandomStream): Json {
  if (typeof value === 'number') {
    const others = [0, 1, value - 1, value + 1, value * 2, value >> 1];
    return others[draw.int(others.length)] ?? value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: Json) => numbered(one, draw));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, numbered(one, draw)]));
}

const otherLatency: Change = (plan, draw) => {
  const at = somewhere(plan.links, draw);
  const link = plan.links[at];
  return link && { ...plan, links: plan.links.with(at, { ...link, latencyUs: draw.int(500_000) }) };
};

const dropFault: Change = (plan, draw) =>
  plan.faults.length === 0 ? undefined : { ...plan, faults: plan.faults.toSpliced(draw.int(plan.faults.length), 1) };

const addFault: Change = (plan, draw, id) => {
  const step = plan.steps[somewhere(plan.steps, draw)];
  const host = plan.hosts[draw.int(plan.hosts.length)]?.name;
  const action = host === undefined ? undefined : someAction(plan, draw, host);
  if (step === undefined || action === undefined) return undefined;
  const fault: Fault = { id, at: { after: step.id }, action };
  return { ...plan, faults: [...plan.faults, fault] };
};

/** No failed allocations: what libssl does then is known, and would be found in every campaign. */
function someAction(plan: Plan, draw: RandomStream, host: string): FaultAction | undefined {
  const connects = plan.steps.filter((step: Step) => step.call === 'connect');
  const connect = connects[somewhere(connects, draw)];
  const onStream = connect && { connection: connect.id, from: draw.chance({ oneIn: 2 }) ? connect.on : host };
  switch (draw.int(7)) {
    case 0:
      return onStream && { do: 'corrupt', ...onStream, byte: draw.int(2_000), bit: draw.int(8) };
    case 1:
      return onStream && { do: 'cut', ...onStream, afterBytes: draw.int(3_000) };
    case 2:
      return onStream && { do: 'duplicate', ...onStream, record: draw.range(1, 12) };
    case 3:
      return connect && { do: 'reset', connection: connect.id };
    case 4:
      return { do: 'clock', host, byMs: draw.range(-10_000_000, 10_000_000) };
    case 5:
      return { do: 'crash', host, how: draw.chance({ oneIn: 2 }) ? 'reset' : 'half-open' };
    default:
      return { do: 'restart', host };
  }
}

const changes: readonly Change[] = [
  dropStep,
  repeatStep,
  repeatStep,
  moveStep,
  otherNumber,
  otherLatency,
  addFault,
  addFault,
  dropFault,
];
