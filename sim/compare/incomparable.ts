/**
 * What a plan may hold that meets each stack somewhere else: sizes are not the same on both (a ClientHello of the model is shorter,
 * signatures are of random length), and with them the times. docs/stacks.md has the same list.
 */
import type { Fault, FaultAction, Plan } from '../plan/index.js';

const byBytes: readonly FaultAction['do'][] = ['corrupt', 'cut', 'limit_data', 'torn_write'];
const byTime: readonly FaultAction['do'][] = ['timeout', 'reset_peer'];

/** Why a plan cannot be compared, naming the fault; undefined: it can. */
export function incomparableIn(plan: Plan): string | undefined {
  for (const fault of plan.faults) {
    const reason = reasonOf(fault);
    if (reason !== undefined) return `the fault ${fault.id} (${fault.action.do}) ${reason}`;
  }
  return undefined;
}

function reasonOf({ action, at }: Fault): string | undefined {
  if (byBytes.includes(action.do)) return 'is about a byte, and sizes differ between the stacks';
  if (byTime.includes(action.do)) return 'strikes after a time, and times differ between the stacks';
  if (!('after' in at) && 'us' in at && at.us > 0) {
    return 'strikes at a time, and times differ between the stacks: anchor it to a step or a point';
  }
  return undefined;
}
