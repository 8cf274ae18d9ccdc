/** Texts of the error queue's reasons, as ERR_reason_error_string(3) gives them. */
import type { Profile } from '../profile/index.js';
import type { QueuedError } from '../session/index.js';

const alertPrefix = 'ALERT_';

/** Alerts that SSL 3.0 had: their text changed with 3.5. */
const oldAlerts: Readonly<Record<number, string>> = {
  10: 'unexpected message',
  20: 'bad record mac',
  30: 'decompression failure',
  40: 'handshake failure',
  41: 'no certificate',
  42: 'bad certificate',
  43: 'unsupported certificate',
  44: 'certificate revoked',
  45: 'certificate expired',
  46: 'certificate unknown',
  47: 'illegal parameter',
};

const laterAlerts: Readonly<Record<number, string>> = {
  21: 'tlsv1 alert decryption failed',
  22: 'tlsv1 alert record overflow',
  48: 'tlsv1 alert unknown ca',
  49: 'tlsv1 alert access denied',
  50: 'tlsv1 alert decode error',
  51: 'tlsv1 alert decrypt error',
  60: 'tlsv1 alert export restriction',
  70: 'tlsv1 alert protocol version',
  71: 'tlsv1 alert insufficient security',
  80: 'tlsv1 alert internal error',
  86: 'tlsv1 alert inappropriate fallback',
  90: 'tlsv1 alert user cancelled',
  100: 'tlsv1 alert no renegotiation',
  109: 'tlsv13 alert missing extension',
  110: 'tlsv1 unsupported extension',
  111: 'tlsv1 certificate unobtainable',
  112: 'tlsv1 unrecognized name',
  113: 'tlsv1 bad certificate status response',
  114: 'tlsv1 bad certificate hash value',
  115: 'tlsv1 alert unknown psk identity',
  116: 'tlsv13 alert certificate required',
  120: 'tlsv1 alert no application protocol',
};

const irregular: Readonly<Record<string, string>> = {
  SHOULD_NOT_HAVE_BEEN_CALLED: 'called a function you should not call',
  ASN1_LIB: 'ASN1 lib',
  EC_LIB: 'EC lib',
  EVP_LIB: 'EVP lib',
  SSL_LIB: 'reason(524308)', // OpenSSL has no words for it
  CRYPTO_LIB: 'CRYPTO lib',
};

export function reasonText(profile: Profile, { reason }: QueuedError): string {
  if (reason.startsWith(alertPrefix)) {
    const number = Number(reason.slice(alertPrefix.length));
    const old = oldAlerts[number];
    return old === undefined ? (laterAlerts[number] ?? `reason(${1000 + number})`) : `${profile.oldAlertText} ${old}`;
  }
  return irregular[reason] ?? reason.toLowerCase().replaceAll('_', ' ');
}
