export type { ConnectionCalls } from './connection-calls.js';
export type { ContextCalls, Long } from './context-calls.js';
export { defaultNowMs, type Libssl, type LibsslOptions, libssl } from './libssl.js';
export { MemoryTransport } from './memory-transport.js';
export type { SessionCalls } from './session-calls.js';
