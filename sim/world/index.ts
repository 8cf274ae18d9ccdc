export { callsCode } from './code.js';
export type { Codes } from './code-under-test.js';
export {
  DrawnFault,
  type DrawnRun,
  type DrawnStep,
  DrawnUnable,
  runDrawn,
  type StepSource,
  type Turn,
} from './drawn.js';
export { WorldError } from './error.js';
export { modelOnly, modelOnlyIn } from './model-only.js';
export type { BoundName, ConnectionReport, ObjectMade, RunResult, StepResult, Violation } from './result.js';
export { type RunOptions, runEventsMax, runInPieces, runPlan } from './run.js';
export { type CodeRunOptions, codeEventsMax, runWithCode } from './run-with-code.js';
export { type ReadyPlan, type ReadyStep, readyPlan } from './step.js';
export { type VerbName, verbJsonSchemas, verbNames } from './verbs.js';
