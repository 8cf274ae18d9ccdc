export type { ProgramBatch } from './agent/protocol.js';
export { stepOfEnd } from './agent/protocol.js';
export type { Consultation } from './agent/world/consult.js';
export type { AgentOptions } from './agent-process.js';
export { installLines } from './installed.js';
export { LibsslPool } from './libssl.js';
export type { LineOptions, LineReport, PreloadReport } from './lines.js';
export { expectedPatch, openLine, profiles, reportClock, reportLine, reportLines, reportMemory } from './lines.js';
export type { ModelOptions } from './model/index.js';
export { ModelStack, openModel } from './model/index.js';
export type { ProgramOutcome } from './program-runner.js';
export { ProgramRunner } from './program-runner.js';
export type {
  ArgumentValue,
  CallbackAnswer,
  CallbackKeys,
  CallbackName,
  ConnectionState,
  CtxSnapshot,
  CtxStatistics,
  Happening,
  ObjectId,
  ObjectKind,
  OnCallback,
  Profile,
  ReturnValue,
  SessionSnapshot,
  Snapshot,
  SslSnapshot,
  Stack,
  StackAnswer,
  StackCall,
  StackCallback,
} from './stack.js';
export { clockAdvice, defaultAnswers, memoryAdvice, StackCrash, StackMissing, StackUnable } from './stack.js';
export type { LibsslWorldStack, WorldPort } from './world-stack.js';
