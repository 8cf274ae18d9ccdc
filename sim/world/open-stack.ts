/** The libssl of a new process: the model, or real OpenSSL where the world has it. */
import type { Counted, Point, StackEvent } from 'simtls';
import { LibsslProcessStack } from './libssl-process-stack.js';
import { ModelProcessStack } from './model-process-stack.js';
import type { Process } from './process.js';
import { ProcessEnvironment } from './process-environment.js';
import type { ProcessStack } from './process-stack.js';

/** Who is told by the stack; of what it makes, by the model alone. */
export interface Hearing {
  readonly emit: (event: StackEvent) => void;
  readonly at: (point: Point) => void;
  readonly made: (object: Counted) => void;
}

export function openStack(process: Process, hears: Hearing): ProcessStack {
  const { world, home, host } = process;
  const { libssl } = world;
  if (libssl !== undefined) {
    return new LibsslProcessStack(libssl, {
      nowMs: () => host.clock.nowMs(),
      fillRandom: (purpose, target) => process.fillRandom(purpose, target),
      emit: hears.emit,
      keyLog: world.keyLog,
      at: hears.at,
      points: world.faults.pointsOn(home),
      allocates: world.faults.memoryOf(home),
    });
  }
  const { profile, defects = [] } = world.plan;
  const environment = new ProcessEnvironment(process, hears);
  const moveClock = (milliseconds: number): void => host.clock.step(milliseconds);
  return new ModelProcessStack({ profile, environment, moveClock, defects });
}
