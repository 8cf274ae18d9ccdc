/** Code under test that is not ours: what it gets of a world, and how the event loop of Node turns for it. */
export type { Code, CodeHost, CodeListener, CodeNet, CodeTime } from './code-host.js';
export { CodeError, type CodeErrorCode, processGone } from './error.js';
export { Pump, type PumpBounds, pumpBounds } from './pump.js';
export { CodeStream, errorOf, type StreamSocket } from './stream.js';
export { captureUncaught } from './uncaught.js';
