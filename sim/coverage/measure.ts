/** Programs on the model, for what they reach. The comparison with real OpenSSL has seen that it would reach the same. */
import { type Program, playSteps } from '../program/index.js';
import { openModel, StackUnable } from '../stacks/index.js';
import type { Coverage } from './coverage.js';

/** Runs a program to its end and notes what it reached; what the model cannot run reaches nothing more. */
export function measure({ profile, steps }: Program, coverage: Coverage): void {
  const stack = openModel({ profile, onEvent: (event) => coverage.event(event) });
  try {
    coverage.program(playSteps(steps, { stack, observed: 'all' }));
  } catch (error) {
    if (!(error instanceof StackUnable)) throw error;
  }
}
