/** A whole program on a stack. */
import type { Stack } from '../stacks/index.js';
import { Machine } from './machine.js';
import type { Line } from './observation.js';
import type { Program } from './parse.js';

/**
 * Makes a program's steps until its end, its first misuse or a crash, giving each line as soon as it is known. The stack
 * must be a fresh one; it is not ended.
 */
export function* runProgram(program: Program, stack: Stack): Generator<Line, void, undefined> {
  const machine = new Machine(stack);
  for (const step of program.steps) {
    const { line, ends } = machine.execute(step, { strict: true });
    yield line;
    if (ends) return;
  }
}
