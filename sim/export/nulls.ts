/** Where NULL may stand in a call of which C takes none: the test asks before it makes such a call. */
import {
  calls,
  handleOf,
  isObservation,
  type Program,
  type ProgramStep,
  parseProgram,
  runProgram,
} from '../program/index.js';
import { openModel, profiles, StackUnable } from '../stacks/index.js';

/** Calls that may give NULL. */
const mayGiveNull: readonly string[] = [
  'SSL_get_session',
  'SSL_get1_session',
  'd2i_SSL_SESSION',
  'SSL_SESSION_get0_peer',
];

/**
 * Steps that some line of OpenSSL meets with NULL where the C function does not take it; all that might, from where the model
 * cannot go on.
 */
export function stepsWithNull(value: unknown, { steps }: Program): ReadonlySet<number> {
  const found = new Set<number>();
  const doubtful = doubtfulSteps(steps);
  if (doubtful.length === 0) return found;
  for (const profile of profiles) {
    let reached = 0;
    try {
      for (const line of runProgram(parseProgram(value, { profile }), openModel({ profile }))) {
        reached = line.step + 1;
        if (isObservation(line) && line.errors.includes('null handle')) found.add(line.step);
      }
    } catch (cause) {
      if (!(cause instanceof StackUnable)) throw cause;
    }
    for (const step of doubtful) if (step >= reached) found.add(step);
  }
  return found;
}

function doubtfulSteps(steps: readonly ProgramStep[]): readonly number[] {
  const names = new Set(steps.flatMap((step) => (mayGiveNull.includes(step.call) ? [step.let] : [])));
  return steps.flatMap(({ call, args }, number) => {
    const isDoubtful = args.some((argument, index) => {
      const nullable = handleOf(calls.get(call)?.args[index] ?? 'int')?.nullable;
      if (argument.kind === 'null') return nullable === false;
      return argument.kind === 'name' && names.has(argument.name) && nullable !== true;
    });
    return isDoubtful ? [number] : [];
  });
}
