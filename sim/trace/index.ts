export type { Place, TraceEvent, TraceSink, WorldEvent } from './event.js';
export { traceLine } from './event.js';
export { Fingerprint } from './fingerprint.js';
export { type TraceHead, traceLineOf } from './parse.js';
export { Trace } from './trace.js';
