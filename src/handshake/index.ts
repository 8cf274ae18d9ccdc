export { certificateVerifyContent } from './certificate-verify.js';
export { downgradeIn, downgradeSentinel } from './downgrade.js';
export {
  type AlertName,
  alertCode,
  givingBackAfterAlert,
  HandshakeFailure,
  LibraryCrash,
  NeedsOldVersion,
  NeedsUnknownCiphers,
  NeedsUnknownGroups,
} from './failure.js';
export { groupName, groupOfKey, offeredGroups, offeredGroups12 } from './groups.js';
export {
  applicationTrafficSecrets,
  binderKey,
  clientEarlyTrafficSecret,
  earlyExporterSecret,
  earlySecret,
  exporterSecret,
  finishedMac,
  handshakeSecret,
  handshakeTrafficSecrets,
  type KeyDerivation,
  masterSecretOfTls13,
  nextTrafficSecret,
  resumptionSecret,
  type TrafficKeys,
  type TrafficSecrets,
  ticketPsk,
  trafficKeys,
} from './key-schedule.js';
export {
  type DirectionKeys,
  extendedMasterSecret,
  type KeyBlock,
  keyBlock,
  masterSecret,
  type Randoms,
  verifyData,
} from './keys.js';
export {
  chooseScheme,
  offeredSchemes,
  requestedSchemes,
  schemeFitsKey,
  schemesOfHello,
  signatureName,
} from './signatures.js';
export {
  type AeadRecords,
  type BlockRecords,
  type CipherSuite,
  cipherSuite,
  cipherSuites,
  defaultSuiteCodes,
  emptyRenegotiationInfoScsv,
  isBeforeTls12,
  isOfferedAlone,
  isSignalling,
  type ListedSuite,
  listedSuites,
  suiteFitsKey,
  suiteUnderTls12,
} from './suites.js';
export { type CipherSuiteOfTls13, cipherSuiteOfTls13, cipherSuitesOfTls13 } from './tls13-suites.js';
export { Transcript } from './transcript.js';
export {
  chooseServerVersion,
  supportsVersion,
  type VersionLimits,
  type VersionRange,
  versionRange,
} from './versions.js';
