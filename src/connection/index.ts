export {
  askForKeyUpdate,
  askForTicket,
  doHandshake,
  errorOf,
  type ReadResult,
  read,
  renegotiate,
  type SslErrorName,
  shutdown,
  write,
} from './calls.js';
export { Connection, type ExternalPsk, type SuiteLists } from './connection.js';
export type { DecisionCode } from './decide.js';
export { readEarlyData, writeEarlyData } from './early-data-calls.js';
export { isFragmentLengthCode } from './fragment-length.js';
export { askForCertificate } from './late-authentication.js';
export { clearConnection, setRole } from './lifecycle.js';
export { runHandshake } from './machine.js';
export {
  keysAfterUpdate,
  type OpenedRecord,
  type OpeningKeys,
  type RecordOpener,
  recordOpener,
} from './open-record.js';
export { OwnCertificate } from './own-certificate.js';
export { alertReason } from './read-write.js';
export { CacheMode, Option, Shutdown, Verify } from './state.js';
export { suiteListsOf } from './suites.js';
export { verifyAsOf } from './verify-peer.js';
