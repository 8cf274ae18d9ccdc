/** Captures a plan in one go. */
import type { Plan } from '../plan/index.js';
import type { RunResult } from '../world/index.js';
import type { CaptureSink } from './file.js';
import { type CaptureOptions, toPcapng } from './stream.js';

/**
 * `toPcapng` for who wants to be handed each piece as soon as it is known.
 * @returns the result of that run: its fingerprint is the one of every run of the plan
 * @throws as `runPlan`
 */
export function capturePlan(plan: Plan, sink: CaptureSink, options: CaptureOptions = {}): RunResult {
  const blocks = toPcapng(plan, options);
  for (;;) {
    const { done, value } = blocks.next();
    if (done === true) return value;
    sink(value);
  }
}
