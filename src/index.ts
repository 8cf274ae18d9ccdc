/** simtls: libssl's calls over one environment, and what the stack knows of the outside. */
export {
  Connection as Ssl,
  type DecisionCode,
  keysAfterUpdate,
  type OpenedRecord,
  type OpeningKeys,
  type RecordOpener,
  recordOpener,
  verifyAsOf,
} from './connection/index.js';
export {
  CertificateError,
  type Credential,
  type CryptoProvider,
  fastCrypto,
  type KeyKind,
  makeCertificate,
  makePrivateKey,
  type PrivateKey,
  readCertificate,
  readPrivateKey,
  realCrypto,
  testCredentials,
  VerifyError,
  type VerifyStep,
} from './crypto/index.js';
export type { AllocationSite, Environment, Point, PointName, Transport } from './environment.js';
export type { CallbackName, ObjectKind, StackEvent } from './events.js';
export {
  cipherSuites,
  cipherSuitesOfTls13,
  HandshakeFailure,
  LibraryCrash,
  NeedsOldVersion,
  NeedsUnknownCiphers,
  NeedsUnknownGroups,
} from './handshake/index.js';
export { defaultNowMs, type Libssl, type LibsslOptions, type Long, libssl, MemoryTransport } from './libssl/index.js';
export {
  type Defect,
  type DefectName,
  defectOf,
  defects,
  differences,
  type ProfileDifference,
  type ProfileName,
  profileNames,
  type Shown,
} from './profile/index.js';
export {
  CacheLock,
  type Claim,
  Context as SslCtx,
  Counted,
  type GetAnswer,
  LibraryDeadlock,
  LostEntry,
  type Method,
  Session as SslSession,
  type Statistics,
  type TicketKeyAnswer,
  type TicketKeys,
  UseAfterFree,
} from './session/index.js';
export { alertName, handshakeNames } from './wire/index.js';
