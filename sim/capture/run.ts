/** Captures a plan: runs it under real cryptography, and writes down what goes over its network. */
import type { NetworkTap } from '../network/index.js';
import type { Plan } from '../plan/index.js';
import { type RunResult, runPlan } from '../world/index.js';
import { Capture } from './capture.js';
import { CaptureFile, type CaptureSink } from './file.js';

export interface CaptureOptions {
  /** In place of the plan's. */
  readonly seed?: string;
  /** Events of the kernel at most, as for `runPlan`. */
  readonly eventsMax?: number;
}

/**
 * Runs a plan under `real` cryptography and writes it as a pcapng file that opens decrypted in Wireshark: Ethernet, IPv4 and TCP
 * around what the hosts say, the secrets of its handshakes inside, faults and decisions about sessions as packet comments.
 * Memory does not grow with what is sent: `sink` gets each piece as soon as it is known.
 * @returns the result of that run: its fingerprint is the one of every run of the plan
 * @throws as `runPlan`
 */
export function capturePlan(plan: Plan, sink: CaptureSink, options: CaptureOptions = {}): RunResult {
  const seed = options.seed ?? plan.seed;
  const file = new CaptureFile(
    sink,
    plan.hosts,
    `simtls: ${plan.name ?? 'a plan'}, seed ${seed}, OpenSSL ${plan.profile}`,
  );
  const made: { capture?: Capture } = {};
  const result = runPlan(plan, {
    ...options,
    crypto: 'real',
    tap(nowUs): NetworkTap {
      made.capture = new Capture(plan, file, nowUs);
      return made.capture.tap;
    },
    trace: (event) => made.capture?.event(event),
    keyLog: (line) => file.secret(line),
  });
  made.capture?.end();
  return result;
}
