/** Runs a plan in a world of its own, to a verdict. */
import { neverRests } from '../invariants/index.js';
import type { NetworkTap } from '../network/index.js';
import type { Plan } from '../plan/index.js';
import type { Line } from '../program/index.js';
import { type LibsslPool, StackUnable } from '../stacks/index.js';
import type { TraceSink } from '../trace/index.js';
import { judgeConnections } from './at-quiet.js';
import { judgeChecks } from './checks.js';
import { codeMissing } from './code.js';
import type { CodeUnderTest } from './code-under-test.js';
import { worldCrypto } from './crypto.js';
import { WorldError } from './error.js';
import { modelOnlyIn } from './model-only.js';
import type { BoundName, ObjectMade, RunResult } from './result.js';
import { type ReadyPlan, readyPlan } from './step.js';
import { World } from './world.js';

export interface RunOptions {
  /** `fast` unless told. */
  readonly crypto?: 'fast' | 'real';
  /** Takes every event. The fingerprint is the same with and without. */
  readonly trace?: TraceSink;
  /** Told of every draw, with the virtual time at it. */
  readonly onDraw?: (label: string, choices: number, value: number, us: number) => void;
  /** Told of every C call as API programs write it down: slow. */
  readonly observe?: (line: Line) => void;
  /** Looks on at the network; told first how to ask for the virtual time, in microseconds. */
  readonly tap?: (nowUs: () => number) => NetworkTap;
  /** Wants the secrets of each handshake: a line of an NSS key log, of either side. */
  readonly keyLog?: (line: string) => void;
  /** Told of each name that a step binds to an object. */
  readonly onName?: (bound: BoundName) => void;
  /** Told of each object that comes to be on the model: it may be looked into, and is the run's own. */
  readonly onObject?: (made: ObjectMade) => void;
  /** In place of the plan's. */
  readonly seed?: string;
  /** Each connection's report says what was negotiated, and which errors there were. */
  readonly details?: boolean;
  /** Agents of real OpenSSL for the processes, of the plan's profile: in place of the model, with real cryptography. */
  readonly libssl?: LibsslPool;
  /** Events of the kernel at most: `runEventsMax` unless told. */
  readonly eventsMax?: number;
}

/** Events of one run: beyond it the world is taken for one that never rests. */
export const runEventsMax = 5_000_000;

/**
 * Runs a plan.
 * @throws PlanError for a step that cannot be read; WorldError `STACK_UNABLE` for a handshake that the model does not have yet, and
 *   `CODE_MISSING` for a plan that runs code under test (`runWithCode` does), `MODEL_ONLY` for one that real OpenSSL cannot run; and
 *   StackMissing where its agents do not start
 */
export function runPlan(plan: Plan | ReadyPlan, options: RunOptions = {}): RunResult {
  const world = checkedWorld('tasks' in plan ? plan : readyPlan(plan), options);
  try {
    runToRest(world, options.eventsMax ?? runEventsMax);
    return resultOf(world);
  } finally {
    world.end();
  }
}

function checkedWorld(ready: ReadyPlan, options: RunOptions): World {
  const [code] = ready.codeSteps;
  if (code !== undefined) throw codeMissing(code.step, code.run);
  const reason = options.libssl && modelOnlyIn(ready.plan, options.libssl);
  if (reason !== undefined) throw new WorldError('MODEL_ONLY', `real OpenSSL does not run ${reason}`);
  const crypto = options.libssl === undefined ? (options.crypto ?? 'fast') : 'real';
  return worldOf(ready, { ...options, crypto });
}

/** Events of the kernel from one pause of a run in pieces to the next. */
const pieceEvents = 1_000;

/**
 * Runs a plan with pauses: what it tells meanwhile need not be kept. Given up before its end, it is over.
 * @throws as `runPlan`
 */
export function* runInPieces(
  plan: Plan,
  { eventsMax = runEventsMax, ...options }: RunOptions = {},
): Generator<undefined, RunResult, undefined> {
  const world = checkedWorld(readyPlan(plan), options);
  try {
    asWorldError(() => world.start());
    for (let left = eventsMax; left > 0; left -= pieceEvents) {
      yield;
      const how = asWorldError(() => world.kernel.run({ eventsMax: Math.min(left, pieceEvents) }));
      if (how !== 'limit') return resultOf(world);
    }
    world.judge.report('', '', neverRests(eventsMax));
    return resultOf(world);
  } finally {
    world.end();
  }
}

/** A world that has not begun. */
export function worldOf(
  ready: ReadyPlan,
  options: RunOptions & { readonly crypto: 'fast' | 'real' },
  code?: CodeUnderTest,
): World {
  const { onDraw } = options;
  const world: World = new World(ready, {
    crypto: worldCrypto(options.crypto),
    trace: options.trace,
    seed: options.seed,
    observe: options.observe,
    tap: options.tap,
    keyLog: options.keyLog,
    onName: options.onName,
    onObject: options.onObject,
    onDraw: onDraw && ((label, choices, value) => onDraw(label, choices, value, world.kernel.nowUs)),
    code,
    libssl: options.libssl,
    details: options.details,
  });
  return world;
}

/**
 * What a world that is quiet has come to.
 * @param plan - what must hold: that of the world, unless told
 */
export function resultOf(world: World, plan: Plan = world.plan): RunResult {
  for (const host of world.hosts.values()) host.process?.oversight.atQuiet();
  judgeConnections(world);
  judgeChecks(world, plan.checks);
  const { violations } = world.judge;
  return {
    scenario: plan.name ?? '',
    seed: world.seed,
    profile: plan.profile,
    stack: world.libssl === undefined ? 'model' : 'libssl',
    crypto: world.crypto.name,
    determinism: world.code === undefined ? 'full' : 'schedule',
    verdict: violations.some((one) => !one.expected) ? 'fail' : 'pass',
    fingerprint: world.trace.fingerprint,
    violations,
    connections: world.connections.all.map((connection) => connection.report({ details: world.details })),
    virtualSeconds: world.kernel.nowUs / 1_000_000,
    events: world.trace.count,
    steps: world.results,
  };
}

/** Runs a world until nothing is left to happen. */
export function runToRest(world: World, eventsMax: number): void {
  asWorldError(() => {
    world.start();
    if (world.kernel.run({ eventsMax }) === 'limit') world.judge.report('', '', neverRests(eventsMax));
  });
}

/** @throws WorldError for what the stack cannot do */
export function asWorldError<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof StackUnable) throw new WorldError('STACK_UNABLE', cause.reason, { cause });
    throw cause;
  }
}
