/** A run whose steps are made up while it goes on: each from what has become of those before it. */
import type { Fault, Plan, Step } from '../plan/index.js';
import type { TraceSink } from '../trace/index.js';
import { worldCrypto } from './crypto.js';
import { WorldError } from './error.js';
import type { RunResult, StepResult } from './result.js';
import { resultOf, runToRest } from './run.js';
import { type ReadyPlan, type ReadyStep, type ReadyTask, readyPlan, readyStep } from './step.js';
import { World } from './world.js';

/** The line of steps whose turn it is. */
export interface Turn {
  readonly host: string;
  readonly task: string;
  /** Virtual time. */
  readonly us: number;
}

/** What a turn comes to. */
export interface DrawnStep {
  readonly step: Step;
  /** The task has no step behind this one. */
  readonly last: boolean;
  /** What is to happen to the run from here on: nothing that is at a time or a step before this one. */
  readonly faults?: readonly Fault[];
}

/** Makes up steps. */
export interface StepSource {
  /** The next step of a task, which is begun at once. */
  next(turn: Turn): DrawnStep;
  /** A step has ended, or an accept loop has done with a connection (`ID/n`). */
  ended(step: string, result: StepResult, us: number): void;
  /** The process of a host is gone, with all that it had. */
  died(host: string, how: 'crashed' | 'aborted'): void;
}

export interface DrawnRun {
  readonly result: RunResult;
  /** What was made: the plan that it began with, and each task's steps behind those. */
  readonly plan: Plan;
}

/** A run that the model cannot go on with, and what was made of its plan: which run by itself is refused for the same reason. */
export class DrawnUnable extends WorldError {
  readonly plan: Plan;

  constructor(cause: WorldError, plan: Plan) {
    super(cause.code, cause.message, { cause });
    this.plan = plan;
  }
}

/** A fault of our own in a drawn run, and what was made of its plan until then. */
export class DrawnFault extends Error {
  override readonly name = 'DrawnFault';
  readonly plan: Plan;

  constructor(cause: unknown, plan: Plan) {
    super(String(cause), { cause });
    this.plan = plan;
  }
}

/** Events of the kernel in a drawn run: what is drawn is small. */
const drawnEventsMax = 1_000_000;

/**
 * Runs a plan to whose hosts a source adds steps, task by task, and writes down what was made. The plan that comes of it, run by
 * itself, gives the same trace: a step is only told from one that stood there before by when it was thought of.
 * @param begin - hosts, links, and steps such as those of `boot`
 * @param tasks - by host, those that the source draws steps for, in the order in which they start
 * @throws DrawnUnable for what the model does not have; WorldError as `runPlan` does; DrawnFault for anything else
 */
export function runDrawn(
  begin: Plan,
  source: StepSource,
  tasks: ReadonlyMap<string, readonly string[]>,
  options: { readonly trace?: TraceSink; readonly checks?: () => Plan['checks'] } = {},
): DrawnRun {
  const growing = new Growing(begin, source, tasks);
  const world = new World(growing.ready, { crypto: worldCrypto('fast'), source, trace: options.trace });
  growing.world = world;
  try {
    runToRest(world, drawnEventsMax);
    const plan = growing.plan(options.checks?.() ?? begin.checks);
    return { plan, result: resultOf(world, plan) };
  } catch (cause) {
    const plan = growing.plan(begin.checks);
    if (!(cause instanceof WorldError)) throw new DrawnFault(cause, plan);
    throw cause.code === 'STACK_UNABLE' ? new DrawnUnable(cause, plan) : cause;
  } finally {
    world.end();
  }
}

/** The plan while it grows. */
class Growing {
  readonly ready: ReadyPlan;
  world: World | undefined;
  readonly #begin: Plan;
  readonly #source: StepSource;
  readonly #steps: Step[][] = [];
  readonly #faults: Fault[] = [];

  constructor(begin: Plan, source: StepSource, tasks: ReadonlyMap<string, readonly string[]>) {
    this.#begin = begin;
    this.#source = source;
    const ready = readyPlan(begin);
    this.ready = {
      ...ready,
      tasks: new Map(
        [...ready.tasks].map(([host, known]) => [
          host,
          [...known, ...(tasks.get(host) ?? []).map((task) => this.#task(host, task))],
        ]),
      ),
    };
  }

  /** What there is by now. Tasks stand one behind the other, as they start. */
  plan(checks: Plan['checks']): Plan {
    const { steps, faults } = this.#begin;
    return { ...this.#begin, steps: [...steps, ...this.#steps.flat()], faults: [...faults, ...this.#faults], checks };
  }

  #task(host: string, task: string): ReadyTask {
    const made: Step[] = [];
    const steps: ReadyStep[] = [];
    this.#steps.push(made);
    const growing = {
      over: false,
      grow: (): void => {
        const { world } = this;
        if (world === undefined) return;
        const drawn = this.#source.next({ host, task, us: world.kernel.nowUs });
        const { step, last, faults = [] } = drawn;
        made.push(step);
        steps.push(readyStep(step, this.#begin.profile, `/steps/${step.id}`));
        growing.over = last;
        for (const fault of faults) {
          this.#faults.push(fault);
          world.faults.arm(fault, `/faults/${fault.id}`);
        }
      },
    };
    return { name: task, steps, growing };
  }
}
