/** Runs a plan with code under test in its processes: real promises and ticks between two steps of virtual time. */
import { captureUncaught, Pump, type PumpBounds, pumpBounds } from '../code/index.js';
import { codeNeverRests } from '../invariants/index.js';
import type { Plan } from '../plan/index.js';
import { codeMissing } from './code.js';
import { type Codes, CodeUnderTest } from './code-under-test.js';
import type { RunResult } from './result.js';
import { asWorldError, type RunOptions, resultOf, worldOf } from './run.js';
import { type ReadyPlan, readyPlan } from './step.js';
import type { World } from './world.js';

export interface CodeRunOptions extends RunOptions {
  /** The code that the plan's steps call, by name. */
  readonly codes: Codes;
  /** How long the run waits for code that is not quiet: `pumpBounds` where nothing is said. */
  readonly bounds?: Partial<PumpBounds>;
}

/** Events of one run with code: fewer than of others, since a timer that code sets again and again goes on for ever. */
export const codeEventsMax = 100_000;

/**
 * Runs a plan with code under test: under `real` cryptography unless told, since the code may hold a TLS stack of its own.
 * @throws as `runPlan`; CodeError `CODE_BUSY` while another such run is on in this Node process
 */
export async function runWithCode(plan: Plan | ReadyPlan, options: CodeRunOptions): Promise<RunResult> {
  const ready = 'tasks' in plan ? plan : readyPlan(plan);
  for (const { step, run } of ready.codeSteps) {
    if (!Object.hasOwn(options.codes, run)) throw codeMissing(step, run);
  }
  const code = new CodeUnderTest(options.codes);
  const release = captureUncaught(code.uncaught);
  try {
    const world = worldOf(ready, { crypto: 'real', ...options }, code);
    const pump = new Pump(code, { ...pumpBounds, ...options.bounds });
    await toRest(world, code, pump, options.eventsMax ?? codeEventsMax);
    const result = resultOf(world);
    code.end();
    await pump.settle(); // what the code has still thrown is not heard, and must not reach Node
    return result;
  } finally {
    release();
  }
}

async function toRest(world: World, code: CodeUnderTest, pump: Pump, eventsMax: number): Promise<void> {
  asWorldError(() => world.start());
  for (let events = 0; ; events += 1) {
    const restless = pump.due ? await pump.settle() : undefined;
    if (restless !== undefined || events > eventsMax) {
      const what = restless ?? `goes on by itself: the world was still busy after ${eventsMax} events (an interval?)`;
      world.judge.report('', '', codeNeverRests(what));
      return;
    }
    const quiet = world.kernel.pending <= world.background;
    if (!quiet && asWorldError(() => world.kernel.step())) continue;
    if (!code.waits) return;
    if (await pump.linger()) continue;
    code.giveUpWaiting();
  }
}
