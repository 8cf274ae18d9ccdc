/** A scenario: a script that records a plan from a seed, and says what must hold. */
import type { Code } from '../code/index.js';
import type { DrawObserver } from '../kernel/index.js';
import type { Argument, Plan } from '../plan/index.js';
import { type SometimesName, sometimesNames } from '../sometimes/index.js';
import type { Profile } from '../stacks/index.js';
import { checkTls, type Tls } from './context.js';
import { checkChoice, checkOptions, ScenarioError, useWhen } from './error.js';
import { Recorder, type RecorderOptions } from './recorder.js';

export interface ScenarioDefinition {
  /** How the command line calls it: lower case, words joined by hyphens. */
  readonly name: string;
  /** What happens in it, in one line. */
  readonly title: string;
  /** The sentence of the manual, or the public question, that it answers. */
  readonly answers: string;
  /** The versions of TLS that its contexts take where they do not say: all that libssl takes (`any`), unless told. */
  readonly tls?: Tls;
  /** Records the steps, the faults and what must hold. It runs once a seed and profile, and must depend on `w` alone. */
  readonly record: (w: Recorder) => void;
  /** What some of its runs must reach, whatever the seed: see docs/workloads.md. */
  readonly sometimes?: readonly SometimesName[];
  /** Code under test by the names that `host.code` calls it by: functions, which a plan cannot hold. */
  readonly codes?: Readonly<Record<string, Code>>;
}

export interface Scenario extends ScenarioDefinition {
  readonly kind: 'simtls-scenario';
}

const known: Readonly<Record<keyof Scenario, true>> = {
  name: true,
  title: true,
  answers: true,
  tls: true,
  record: true,
  sometimes: true,
  codes: true,
  kind: true, // of a scenario that is made from another
};

/**
 * Makes a scenario of its definition: the default export of a scenario file.
 * @throws ScenarioError for a name that the command line could not take, and for what a scenario does not have
 */
export function scenario(definition: ScenarioDefinition): Scenario {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/u.test(definition.name)) {
    throw new ScenarioError(`"${definition.name}" is no name: lower case letters and digits, words joined by hyphens`);
  }
  checkOptions(`the scenario ${definition.name}`, definition, known);
  if (definition.tls !== undefined) checkTls(definition.tls);
  for (const name of definition.sometimes ?? []) checkChoice('sometimes', name, sometimesNames);
  return Object.freeze({ kind: 'simtls-scenario', ...definition });
}

/** Whether a module's default export is a scenario. */
export function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'simtls-scenario';
}

export interface RecordOptions {
  /** As the command line takes it; a number and its digits are the same seed. */
  readonly seed: string;
  readonly profile: Profile;
  /** Told of every draw. */
  readonly onDraw?: DrawObserver;
}

/**
 * The plan that the scenario records from a seed.
 * @throws ScenarioError where the scenario asks for what cannot be recorded
 */
export function recordPlan(from: Scenario, options: RecordOptions): Plan {
  const recorder = new Recorder(recorderOptions(from, options));
  from.record(recorder);
  const plan = recorder.finish();
  for (const { call, args } of plan.steps) if (call === 'code') checkCode(from, args?.[0]);
  return plan;
}

function recorderOptions(from: Scenario, options: RecordOptions): RecorderOptions {
  return { name: from.name, ...(from.tls === undefined ? {} : { tls: from.tls }), ...options };
}

function checkCode(from: Scenario, options: Argument | undefined): void {
  const run = typeof options === 'object' && options !== null && 'run' in options ? String(options['run']) : '';
  const codes = from.codes ?? {};
  if (Object.hasOwn(codes, run)) return;
  const known = Object.keys(codes).join(', ') || 'none';
  throw new ScenarioError(`${from.name} runs the code "${run}", and its codes are: ${known}`);
}

/** What a recorded value might turn out to be: a script that branches on one records otherwise for one of them. */
const probes: readonly unknown[] = [null, 0, 1, true, 'ok'];

/**
 * Makes sure that nothing recorded depends on a value that the run has yet to give: `if (reused)` cannot be seen from
 * within JavaScript, so the scenario records again with each of several values in place of the recorded ones.
 * @throws ScenarioError naming `when`
 */
export function checkRecording(from: Scenario, options: RecordOptions): void {
  const shape = shapeOf(recordPlan(from, options));
  for (const probe of probes) {
    const recorder = new Recorder({ ...recorderOptions(from, options), probe: { value: probe } });
    let other: string;
    try {
      from.record(recorder);
      other = shapeOf(recorder.finish());
    } catch (cause) {
      throw new ScenarioError(`${from.name} took a recorded value for a real one: ${useWhen}`, { cause });
    }
    if (other !== shape) throw new ScenarioError(`${from.name} branches on a recorded value: ${useWhen}`);
  }
}

function shapeOf(plan: Plan): string {
  return JSON.stringify([
    plan.steps.map((step) => [step.id, step.on, step.call]),
    plan.faults.map((fault) => fault.action.do),
  ]);
}
