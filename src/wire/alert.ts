import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** RFC 5246 §7.2. */
export const AlertLevel = { warning: 1, fatal: 2 } as const;

/** RFC 5246 §7.2 and RFC 8446 §6, with those of RFC 6066, 4279, 7301 and 7507. */
export const AlertDescription = {
  closeNotify: 0,
  unexpectedMessage: 10,
  badRecordMac: 20,
  decryptionFailed: 21,
  recordOverflow: 22,
  decompressionFailure: 30,
  handshakeFailure: 40,
  noCertificate: 41,
  badCertificate: 42,
  unsupportedCertificate: 43,
  certificateRevoked: 44,
  certificateExpired: 45,
  certificateUnknown: 46,
  illegalParameter: 47,
  unknownCa: 48,
  accessDenied: 49,
  decodeError: 50,
  decryptError: 51,
  exportRestriction: 60,
  protocolVersion: 70,
  insufficientSecurity: 71,
  internalError: 80,
  inappropriateFallback: 86,
  userCanceled: 90,
  noRenegotiation: 100,
  missingExtension: 109,
  unsupportedExtension: 110,
  certificateUnobtainable: 111,
  unrecognizedName: 112,
  badCertificateStatusResponse: 113,
  badCertificateHashValue: 114,
  unknownPskIdentity: 115,
  certificateRequired: 116,
  noApplicationProtocol: 120,
} as const;

/** RFC 5246 §7.2. */
export interface Alert {
  readonly level: number; //       AlertLevel level
  readonly description: number; // AlertDescription description
}

/** @param fragment - a whole alert; what is shorter or longer throws `WireError` */
export function readAlert(fragment: Uint8Array): Alert {
  const r = new Reader(fragment);
  const alert = { level: r.u8(), description: r.u8() };
  r.end();
  return alert;
}

/** The two bytes of an alert. */
export function writeAlert(value: Alert): Uint8Array {
  const w = new Writer(2);
  w.u8(value.level);
  w.u8(value.description);
  return w.finish();
}

/** The RFC's name of an alert description, such as `close_notify`; `alert_N` for a number without one. */
export function alertName(description: number): string {
  const found = Object.entries(AlertDescription).find(([, code]) => code === description);
  return found === undefined
    ? `alert_${description}`
    : found[0].replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
