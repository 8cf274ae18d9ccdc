export type { ContextOptions, Tls } from './context.js';
export { type ApplicationDefect, applicationDefect, isApplicationDefect } from './defect.js';
export type { Draws } from './draws.js';
export { ScenarioError } from './error.js';
export {
  type Ask,
  Bytes,
  type CallbackBody,
  type CallbackGiven,
  Connection,
  Context,
  type Emit,
  type Given,
  Handle,
  type Made,
  Session,
} from './handles.js';
export { Observation } from './observation.js';
export type { Files, HostRecorder } from './process.js';
export { type Expect, Recorder, type When } from './recorder.js';
export {
  checkRecording,
  isScenario,
  type RecordOptions,
  recordPlan,
  type Scenario,
  type ScenarioDefinition,
  scenario,
} from './scenario.js';
export type { AcceptedField, AcceptLoop, ServerOptions, ServerRecorder } from './server.js';
export { scenarioText, testText } from './template.js';
