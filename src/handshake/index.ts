export { type AlertName, alertCode, HandshakeFailure, LibraryCrash, NeedsOldVersion, NeedsTls13 } from './failure.js';
export {
  type DirectionKeys,
  extendedMasterSecret,
  type KeyBlock,
  keyBlock,
  masterSecret,
  type Randoms,
  verifyData,
} from './keys.js';
export { chooseScheme, offeredSchemes, schemeFitsKey, signatureName } from './signatures.js';
export {
  type AeadRecords,
  type BlockRecords,
  type CipherSuite,
  cipherSuite,
  cipherSuites,
  defaultSuiteCodes,
  emptyRenegotiationInfoScsv,
  suiteFitsKey,
} from './suites.js';
export { Transcript } from './transcript.js';
export {
  chooseServerVersion,
  supportsVersion,
  type VersionLimits,
  type VersionRange,
  versionRange,
} from './versions.js';
