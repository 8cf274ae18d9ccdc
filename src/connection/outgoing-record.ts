/**
 * What protects an outgoing record, and what its header says: do_ssl3_write. 1.1.1 and 3.0 ask the connection each time how it is
 * to be written, and while early data is under way, or was tried in vain, they take it for one of TLS 1.3 (SSL_TREAT_AS_TLS13),
 * whatever its keys are for.
 */
import { briefBytes, ContentType, writeInnerPlaintext } from '../wire/index.js';
import type { Connection } from './connection.js';
import type { EarlyDataPhase } from './early-data.js';
import type { Protection } from './protection.js';

export interface OutgoingFragment {
  readonly outerType: number;
  readonly fragment: Uint8Array;
}

const phasesOfTls13: ReadonlySet<EarlyDataPhase> = new Set(['connecting', 'connect-retry', 'writing', 'write-retry']);

/** SSL_TREAT_AS_TLS13. */
function isTreatedAsTls13({ isTls13, earlyData, tls13 }: Connection): boolean {
  return isTls13 || phasesOfTls13.has(earlyData.phase) || tls13.helloRetry === 'pending';
}

/** @returns undefined where its keys cannot seal it */
export function outgoingFragment(
  connection: Connection,
  contentType: number,
  plaintext: Uint8Array,
): OutgoingFragment | undefined {
  const { writeProtection } = connection.records;
  const isPlain = contentType === ContentType.alert && connection.alertWriting === 'plain';
  const protection = isPlain ? undefined : activeProtection(connection, writeProtection);
  if (protection === undefined)
    return { outerType: contentType, fragment: notProtected(connection, writeProtection, plaintext) };
  const outerType = protection.form === 'inner-type' ? ContentType.applicationData : contentType;
  const isOf13 = isTreatedAsTls13(connection);
  if (connection.profile.recordLayer === 'inline' && isOf13 !== (protection.form === 'inner-type')) {
    const record = { contentType, plaintext };
    return isOf13 ? sealedAsTls13(connection, protection, record) : sealedWithEarlyKeys(connection, protection, record);
  }
  return {
    outerType,
    fragment: protection.seal({ contentType, version: macVersion(connection, protection) }, plaintext),
  };
}

/**
 * tls13_enc of 1.1.1 and 3.0: while a client may go on with early data, the session that allows it says how long the tag is, also behind the
 * ServerHello of a server that has started another.
 */
export function knowsTag({ profile, earlyData, session, externalPsk }: Connection): boolean {
  if (profile.recordLayer !== 'inline') return true;
  if (earlyData.phase !== 'writing' && earlyData.phase !== 'write-retry') return true;
  return (session?.maxEarlyData ?? 0) > 0 || (externalPsk?.session.maxEarlyData ?? 0) > 0;
}

/** Whether a record goes through tls13_enc: under its early keys a client does not ask which version it was. */
export function isSealedAs13(connection: Connection, contentType: number): boolean {
  if (activeProtection(connection, connection.records.writeProtection) === undefined) return false;
  return connection.alertWriting === 'plain' ? contentType !== ContentType.alert : connection.isTls13;
}

/** 1.1.1 and 3.0 send and take plaintext where the session is gone, whatever the keys. */
export function activeProtection(connection: Connection, protection: Protection | undefined): Protection | undefined {
  if (connection.profile.recordLayer === 'inline' && connection.session === undefined) return undefined;
  return protection;
}

/** The version that goes into the MAC: the connection's, or the one that the keys were made for (3.5). */
export function macVersion(connection: Connection, protection: Protection): number {
  return connection.profile.recordLayer === 'inline' ? connection.version : protection.version;
}

/**
 * 1.1.1 and 3.0 leave room for the nonce although nothing is encrypted: what the last record had there goes out again, or, with
 * keys of TLS 1.3, what lay in the buffer.
 */
function notProtected(connection: Connection, protection: Protection | undefined, plaintext: Uint8Array): Uint8Array {
  if (protection === undefined || connection.profile.recordLayer !== 'inline' || isTreatedAsTls13(connection)) {
    return plaintext;
  }
  const before = protection.lastIv();
  return before.length === 0 ? plaintext : concat(before, plaintext);
}

/** HMAC-SHA-384, which no cipher of OpenSSL has in one with AES-CBC, as it has HMAC-SHA-1 and HMAC-SHA-256. */
const separateMacBytes = 48;

/**
 * Keys of TLS 1.2 under a form of TLS 1.3: content and type, and no room for nonce or IV, which take the place of the first bytes.
 * What is left opens as application data, unless a MAC was made before that.
 */
function sealedAsTls13(
  connection: Connection,
  protection: Protection,
  { contentType, plaintext }: { readonly contentType: number; readonly plaintext: Uint8Array },
): OutgoingFragment | undefined {
  const outerType = ContentType.applicationData;
  const inner = writeInnerPlaintext({ content: plaintext, contentType, paddingBytes: 0 });
  const { ivBytes, mac } = protection;
  const isInOne = mac === undefined || (mac.covers === 'plaintext' && mac.bytes < separateMacBytes);
  if (isInOne && inner.length < ivBytes) return undefined;
  const frame = { contentType: outerType, version: macVersion(connection, protection) };
  const fragment = protection.seal(frame, inner.subarray(ivBytes));
  const isStale = !isInOne && mac.covers === 'plaintext';
  return { outerType, fragment: isStale ? withLastBitFlipped(fragment) : fragment };
}

/**
 * The server chose TLS 1.2 while the early keys were in place. They seal as in TLS 1.3, behind the room for GCM's nonce, if the suite
 * that was chosen has a tag (tls13_enc), until the keys to read have changed; from then on as keys of TLS 1.2 (tls1_enc), for which
 * GCM has no nonce. What comes of it the server cannot open.
 */
function sealedWithEarlyKeys(
  connection: Connection,
  protection: Protection,
  { contentType, plaintext }: { readonly contentType: number; readonly plaintext: Uint8Array },
): OutgoingFragment | undefined {
  const before = protection.lastIv();
  const isOf13 = connection.alertWriting === 'plain';
  if (isOf13 ? connection.handshake.suite?.records.form === 'block' : before.length > 0) return undefined;
  const inner = concat(before, plaintext);
  // its last byte stands where a type would be: the fragment is one of content without type
  const frame = { contentType: inner.at(-1) ?? 0, version: connection.version };
  return { outerType: contentType, fragment: protection.seal(frame, inner.subarray(0, -1)) };
}

function withLastBitFlipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte));
}

export function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = briefBytes(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
