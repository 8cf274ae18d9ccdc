/** One program on two stacks, in step. */
import type { Stack } from '../stacks/index.js';
import { Comparison, type Difference } from './compare.js';
import { type ObservedReturn, writeReturn } from './observation.js';
import type { Program } from './parse.js';
import { runProgram } from './run.js';

/** The first difference between the two stacks, which must be fresh; null where they agree to the end. */
export function diffProgram(
  program: Program,
  stacks: { readonly model: Stack; readonly libssl: Stack },
): Difference | null {
  const comparison = new Comparison();
  const [model, libssl] = [runProgram(program, stacks.model), runProgram(program, stacks.libssl)];
  for (;;) {
    const [mine, theirs] = [model.next(), libssl.next()];
    const found = comparison.next(mine.value ?? undefined, theirs.value ?? undefined);
    if (found !== undefined) return found;
    if (mine.done === true) return null;
  }
}

/** `{"diff":null}` or `{"diff":{"step":…,"field":…,"model":…,"libssl":…}}`, without the line's end. */
export function writeDifference(found: Difference | null): string {
  if (found === null) return '{"diff":null}';
  const { step, field, model, libssl } = found;
  const value = (side: unknown): string =>
    // `ret` may hold integers that JSON.stringify refuses.
    /(?:^|\.)ret$/u.test(field) ? writeReturn(side as ObservedReturn) : (JSON.stringify(side) ?? 'null');
  return `{"diff":{"step":${step},"field":${JSON.stringify(field)},"model":${value(model)},"libssl":${value(libssl)}}}`;
}
