/** The one place that the recorders of all hosts write into. */
import type { Argument, ObservationField, Step } from '../plan/index.js';
import type { Tls } from './context.js';
import type { Observation } from './observation.js';

export type StepInMaking = { -readonly [K in keyof Step]?: Step[K] };

/**
 * Puts in what is called, in the order in which plans have it. Key by key: steps that are made of spreads have a hidden class each, and
 * every look at one misses all caches.
 */
export function addCall(
  step: StepInMaking,
  call: string,
  args: readonly Argument[],
  more: Pick<Step, 'let' | 'steps' | 'returns'>,
): StepInMaking {
  if (more.let !== undefined) step.let = more.let;
  step.call = call;
  if (args.length > 0) step.args = args;
  if (more.steps !== undefined) step.steps = more.steps;
  if (more.returns !== undefined) step.returns = more.returns;
  return step;
}

/** What a host's recorder writes into. */
export interface Book {
  /** The versions that contexts take where nothing is said. */
  readonly tls: Tls;
  /** @param add - puts in what is called. @returns the new step's id */
  step(on: string, task: string, add: (step: StepInMaking) => void): string;
  observation(step: string, field: ObservationField): Observation;
  stepOf(observation: Observation): string;
  linked(from: string, to: string): void;
}
