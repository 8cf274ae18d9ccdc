/** The codec: one reader, one writer, one type for each structure of the RFCs. It decides nothing. */
export {
  type Alert,
  AlertDescription,
  type AlertDescriptionCode,
  AlertLevel,
  alertName,
  readAlert,
  writeAlert,
} from './alert.js';
export type { Bounds } from './bounds.js';
export {
  ClientCertificateType,
  ContentType,
  EcPointFormat,
  ExtensionType,
  HandshakeType,
  handshakeHeaderBytes,
  handshakeMessageBytesMax,
  NamedGroup,
  ProtocolVersion,
  randomBytes,
  recordCiphertextBytesMax,
  recordHeaderBytes,
  recordPlaintextBytesMax,
  SignatureScheme,
  sessionIdBytesMax,
  verifyDataBytes,
} from './constants.js';
export { WireError } from './error.js';
export {
  readAlpn,
  readEcPointFormats,
  readMaxFragmentLength,
  readRenegotiationInfo,
  readServerName,
  readSignatureAlgorithms,
  readSupportedGroups,
  readSupportedVersionsOfClient,
  writeAlpn,
  writeEcPointFormats,
  writeMaxFragmentLength,
  writeRenegotiationInfo,
  writeServerName,
  writeSignatureAlgorithms,
  writeSupportedGroups,
  writeSupportedVersionsOfClient,
} from './extensions.js';
export { HandshakeAssembler, type HandshakeMessage, writeHandshake } from './handshake.js';
export {
  type ClientHello,
  type Extension,
  readClientHello,
  readServerHello,
  type ServerHello,
  writeClientHello,
  writeServerHello,
} from './hello.js';
export {
  type Certificate,
  type CertificateRequest,
  type CertificateVerify,
  type ClientKeyExchange,
  type EncryptedPreMasterSecret,
  type Finished,
  type NewSessionTicket,
  readCertificate,
  readCertificateRequest,
  readCertificateVerify,
  readClientKeyExchange,
  readEncryptedPreMasterSecret,
  readFinished,
  readNewSessionTicket,
  readServerKeyExchange,
  type ServerKeyExchange,
  serverKeyExchangeParams,
  writeCertificate,
  writeCertificateRequest,
  writeCertificateVerify,
  writeClientKeyExchange,
  writeEncryptedPreMasterSecret,
  writeFinished,
  writeNewSessionTicket,
  writeServerKeyExchange,
} from './messages.js';
export { Reader } from './reader.js';
export { type RecordHeader, readRecordHeader, writeRecordHeader } from './record.js';
export { Writer } from './writer.js';
