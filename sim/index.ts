/** The simulator: scenarios, plans, worlds and their verdicts. */
export {
  type CaptureOptions,
  type CaptureSink,
  capturePlan,
  type Streamed,
  toKeylog,
  toPcapng,
  traceOf,
} from './capture/index.js';
export {
  type Code,
  CodeError,
  type CodeErrorCode,
  type CodeHost,
  type CodeListener,
  type CodeNet,
  type CodeTime,
  type PumpBounds,
  pumpBounds,
} from './code/index.js';
export {
  type BytesOfOptions,
  BytesRecorder,
  bytesOf,
  type ConnectionBytes,
  type ConnectionFields,
  type Field,
  type FieldsOptions,
  fieldsOfConnection,
  fieldsOfStream,
  type Inside,
  type Message,
  messageAt,
  type Place,
  placesOf,
  type RunBytes,
  type Said,
  type Segment,
  type StreamBytes,
  type StreamFields,
  streamBytesMax,
} from './fields/index.js';
export type { CodeFs, CodeFsPromises, CodeStats } from './host/index.js';
export type { Owner } from './invariants/index.js';
export { type Invariant, invariants } from './invariants/index.js';
export type { Check, Fault, Plan, Step } from './plan/index.js';
export { PlanError, parsePlan, planFormat, toPlan } from './plan/index.js';
export {
  type ApplicationDefect,
  type Ask,
  applicationDefect,
  Bytes,
  type CallbackBody,
  type CallbackGiven,
  Connection,
  Context,
  type ContextOptions,
  checkRecording,
  Handle,
  type HostRecorder,
  Observation,
  type Recorder,
  recordPlan,
  type Scenario,
  type ScenarioDefinition,
  ScenarioError,
  type ServerOptions,
  type ServerRecorder,
  Session,
  scenario,
} from './scenario/index.js';
export type { TraceEvent, TraceSink } from './trace/index.js';
export { traceLine } from './trace/index.js';
export { toMermaid, toPerfetto } from './views/index.js';
export {
  type CodeRunOptions,
  type Codes,
  type ConnectionReport,
  codeEventsMax,
  type RunOptions,
  type RunResult,
  runPlan,
  runWithCode,
  type StepResult,
  type Violation,
  WorldError,
} from './world/index.js';
