/** Started by a test with --expose-gc: prints the bytes that the heap holds after so many worlds, and after five times as many. */
import { recordPlan } from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { profiles, scenarios } from './_scenarios.js';

const worlds = Number(process.argv[2]);

function campaign(from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const scenario = scenarios[i % scenarios.length]!;
    runPlan(recordPlan(scenario, { seed: String(i), profile: profiles[i % profiles.length]! }));
  }
}

function heapBytes(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

campaign(0, worlds);
const first = heapBytes();
campaign(worlds, 5 * worlds);
process.stdout.write(`${JSON.stringify({ first, last: heapBytes() })}\n`);
