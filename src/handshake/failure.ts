/** What ends a handshake: a reason for the error queue, and the alert that the peer gets. Thrown by handlers, acted on by the connection. */
import { AlertDescription, ProtocolVersion } from '../wire/index.js';

/** One table: which alert goes with which name. `none`: the peer is told nothing. */
export type AlertName =
  | 'none'
  | 'unexpected_message'
  | 'bad_record_mac'
  | 'record_overflow'
  | 'handshake_failure'
  | 'bad_certificate'
  | 'unsupported_certificate'
  | 'certificate_expired'
  | 'certificate_unknown'
  | 'illegal_parameter'
  | 'unknown_ca'
  | 'decode_error'
  | 'decrypt_error'
  | 'protocol_version'
  | 'internal_error'
  | 'missing_extension'
  | 'unsupported_extension'
  | 'unrecognized_name'
  | 'inappropriate_fallback'
  | 'no_application_protocol'
  | 'certificate_required';

const alertCodes: Readonly<Record<Exclude<AlertName, 'none'>, number>> = {
  unexpected_message: AlertDescription.unexpectedMessage,
  bad_record_mac: AlertDescription.badRecordMac,
  record_overflow: AlertDescription.recordOverflow,
  handshake_failure: AlertDescription.handshakeFailure,
  bad_certificate: AlertDescription.badCertificate,
  unsupported_certificate: AlertDescription.unsupportedCertificate,
  certificate_expired: AlertDescription.certificateExpired,
  certificate_unknown: AlertDescription.certificateUnknown,
  illegal_parameter: AlertDescription.illegalParameter,
  unknown_ca: AlertDescription.unknownCa,
  decode_error: AlertDescription.decodeError,
  decrypt_error: AlertDescription.decryptError,
  protocol_version: AlertDescription.protocolVersion,
  internal_error: AlertDescription.internalError,
  missing_extension: AlertDescription.missingExtension,
  unsupported_extension: AlertDescription.unsupportedExtension,
  unrecognized_name: AlertDescription.unrecognizedName,
  inappropriate_fallback: AlertDescription.inappropriateFallback,
  no_application_protocol: AlertDescription.noApplicationProtocol,
  certificate_required: AlertDescription.certificateRequired,
};

/** tls1_alert_code: up to TLS 1.2 nobody knows the alerts that came with TLS 1.3. */
export function alertCode(name: Exclude<AlertName, 'none'>, version: number): number {
  const isUnknown = name === 'missing_extension' && version < ProtocolVersion.tls13;
  return alertCodes[isUnknown ? 'handshake_failure' : name];
}

export class HandshakeFailure extends Error {
  override readonly name = 'HandshakeFailure';
  readonly alert: AlertName;
  /** SSL_R_… without the prefix; undefined where libssl names none. */
  readonly reason: string | undefined;
  /** What libssl gives back only once the alert is out, and its callback has seen all as it was. */
  readonly afterAlert: () => void;

  constructor(alert: AlertName, reason: string | undefined, afterAlert: () => void = () => {}) {
    super(`${reason ?? 'no reason'} (${alert})`);
    this.alert = alert;
    this.reason = reason;
    this.afterAlert = afterAlert;
  }
}

/** What is held for `act` goes if it fails, but not before the alert is out: libssl sends that where it meets the failure. */
export function givingBackAfterAlert<T>(act: () => T, giveBack: () => void): T {
  try {
    return act();
  } catch (failure) {
    if (!(failure instanceof HandshakeFailure)) throw failure;
    throw new HandshakeFailure(failure.alert, failure.reason, giveBack);
  }
}

/** The model speaks TLS 1.2 and 1.3: an older version is refused, never guessed. */
export class NeedsOldVersion extends Error {
  override readonly name = 'NeedsOldVersion';

  constructor(version: number) {
    super(
      `needs TLS version 0x${version.toString(16)}: the model speaks TLS 1.2 and 1.3; set a minimum of TLS1_2_VERSION on both sides`,
    );
  }
}

/** A list of cipher suites names some that the model does not speak: refused, never guessed. */
export class NeedsUnknownCiphers extends Error {
  override readonly name = 'NeedsUnknownCiphers';

  constructor(list: string) {
    super(`needs cipher suites that the model does not speak: ${list}`);
  }
}

/** A list of groups names some that the model does not speak, or says of them what it does not: refused, never guessed. */
export class NeedsUnknownGroups extends Error {
  override readonly name = 'NeedsUnknownGroups';

  constructor(list: string) {
    super(`needs groups that the model does not speak: ${list}`);
  }
}

/** Real libssl dereferences NULL at this place, in every line: the process is gone. */
export class LibraryCrash extends Error {
  override readonly name = 'LibraryCrash';

  constructor(what: string) {
    super(`libssl crashes here (SIGSEGV): ${what}`);
  }
}
