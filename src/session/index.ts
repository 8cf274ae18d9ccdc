export { AssertionFailed, assert } from './assert.js';
export { SessionCache } from './cache.js';
export { CacheLock, LibraryDeadlock } from './cache-lock.js';
export type { Claim } from './claims.js';
export {
  Context,
  type GetAnswer,
  type InfoCallback,
  type Method,
  type PskCallbacks,
  type ServernameAnswer,
  type SessionCallbacks,
  type SessionIdCallback,
  type Statistics,
  sessionCacheSizeDefault,
  type TicketCallbacks,
  type TicketKeyAnswer,
  type TicketKeyCallback,
  type TicketKeys,
  type VerifyCallback,
} from './context.js';
export { Counted, type Death, UseAfterFree } from './counted.js';
export { DerError } from './der.js';
export { type ErrorLibrary, ErrorQueue, type QueuedError } from './error-queue.js';
export type { ExDataFunctions } from './ex-data.js';
export { isKnownCipherSuite } from './known-suites.js';
export { LostEntry, type SessionKey } from './lhash.js';
export { Library, type RecordScratch, recordScratch } from './library.js';
export { methods, negotiatedMethod } from './methods.js';
export { type DecodedSession, SessionDecodeError, sessionFromDer, sessionToDer, whyNotRewritten } from './serialize.js';
export {
  type FragmentLengthCode,
  fragmentLengthUnspecified,
  Session,
  sessionIdBytesMax,
  sessionIdContextBytesMax,
} from './session.js';
export { equalBytes, openTicket, sealTicket, type TicketRefusal, ticketKeyNameBytes } from './ticket.js';
export { fromLong, isTimedOut, timeFromSeconds, timeNow, timeToSeconds, toLong } from './time.js';
