export { BodyEnded } from './bodies.js';
export type { ArgumentKind, CallShape, HandleKind, ReturnKind } from './calls.js';
export { callbackNames, calls, getModes, handleOf, isNamed, methodNames, ticketsMax } from './calls.js';
export { answersVary, settled } from './chance.js';
export type { CommandIo, DiffCommand, RunCommand } from './commands.js';
export { doctorCommand, exitCodes, runProgramCommand } from './commands.js';
export type { Difference } from './compare.js';
export { Comparison } from './compare.js';
export { constantNames, constantValue } from './constants.js';
export { diffProgram, writeDifference } from './diff.js';
export { choices, prelude } from './exhaust/choices.js';
export { programsAtMost } from './exhaust/explore.js';
export type { Expectation, Unfulfilled } from './expectations.js';
export { expectationsFor, expectationsOf, fieldOf, unfulfilled } from './expectations.js';
export type { DraftArgument, DraftStep } from './generate/draft.js';
export type { ProgramFile } from './generate.js';
export { generateProgram } from './generate.js';
export type { JobsOptions } from './jobs/jobs.js';
export { runTasks } from './jobs/jobs.js';
export type { Executed, ExecuteOptions } from './machine.js';
export { Machine } from './machine.js';
export type {
  BodyRun,
  Claim,
  CrashLine,
  HandleState,
  Line,
  MisuseKind,
  MisuseLine,
  Observation,
  ObservedEvent,
  ObservedReturn,
} from './observation.js';
export { isMisuse, isObservation, readLine, writeLine, writeReturn } from './observation.js';
export type { Argument, Program, ProgramStep } from './parse.js';
export { ProgramError, parseProgram, parseStep, programFormat } from './parse.js';
export { type Body, type BodyAnswer, ticketStatuses } from './parse-body.js';
export { playSteps } from './play.js';
export { runProgram } from './run.js';
export type { Compared, Parted, SideBySideOptions } from './side-by-side.js';
export { SideBySide } from './side-by-side.js';
export type { LibsslSource, StackSource } from './stacks.js';
export { libsslSource, modelSource } from './stacks.js';
export type { Finding, NamedProgram, Task, TaskReport } from './tasks.js';
