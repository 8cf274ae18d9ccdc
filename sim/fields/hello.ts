/** ClientHello and ServerHello: RFC 8446 §4.1.2 to §4.1.4, RFC 5246 §7.4.1.2 and §7.4.1.3. */

import { words16 } from './extension-data.js';
import { readExtensions } from './extensions.js';
import { named, named16, namedHex, versions } from './names/code-points.js';
import { suites } from './names/suites.js';
import type { FieldReader, Summary } from './reader.js';

const randomBytes = 32;
const supportedVersions = 43;
/** RFC 8446 §4.1.3: what stands for the random bytes of a HelloRetryRequest, SHA-256 of its name. */
const retryRandom = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';
/** RFC 8446 §4.1.3: the end of the random bytes of a server that was made to speak an older version. */
const downgrades: Readonly<Record<string, string>> = {
  '444f574e47524401': 'TLS 1.2',
  '444f574e47524400': 'TLS 1.1 or older',
};
const compressionMethods = { 0: 'null' };

export function readClientHello(reader: FieldReader): Summary {
  const is13 = isHelloOf13(reader.bytes, reader.at, reader.at + reader.remaining);
  reader.u16(is13 ? 'legacy_version' : 'client_version', namedHex(versions));
  reader.opaque('random', randomBytes);
  reader.blob(is13 ? 'legacy_session_id' : 'session_id', 1, 'session_id');
  const offered = words16(reader, 'cipher_suites', { item: 'cipher_suite', names: suites, lengthBytes: 2 });
  reader.vector(is13 ? 'legacy_compression_methods' : 'compression_methods', 1, (list) => {
    list.each(() => list.u8('compression_method', named(compressionMethods)));
    return undefined;
  });
  // RFC 5246 §7.4.1.2: there may be none.
  if (reader.remaining > 0) readExtensions(reader, 'ClientHello');
  return offered;
}

/** Of both versions; a HelloRetryRequest too, which differs by its random bytes. */
export function readServerHello(reader: FieldReader): Summary {
  const is13 = isHelloOf13(reader.bytes, reader.at, reader.at + reader.remaining);
  const isRetry = isHelloRetryRequest(reader.bytes, reader.at);
  reader.u16(is13 ? 'legacy_version' : 'server_version', namedHex(versions));
  reader.opaque('random', randomBytes, { say: sayRandom });
  reader.blob(is13 ? 'legacy_session_id_echo' : 'session_id', 1, 'session_id');
  const suite = reader.u16('cipher_suite', named16(suites));
  reader.u8(is13 ? 'legacy_compression_method' : 'compression_method', named(compressionMethods));
  if (reader.remaining > 0) readExtensions(reader, isRetry ? 'HelloRetryRequest' : 'ServerHello');
  return named16(suites)(suite);
}

/** @param at - where the body of the ServerHello begins */
export function isHelloRetryRequest(bytes: Uint8Array, at: number): boolean {
  return hexOf(bytes.subarray(at + 2, at + 2 + randomBytes)) === retryRandom;
}

function sayRandom(random: Uint8Array): string {
  const hex = hexOf(random);
  if (hex === retryRandom) return `${hex} (HelloRetryRequest)`;
  const downgrade = downgrades[hex.slice(-16)];
  return downgrade === undefined ? hex : `${hex} (downgraded to ${downgrade})`;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Whether a hello has the extension by which TLS 1.3 is offered, or chosen.
 * @param at - where its body begins, behind the handshake header
 */
export function isHelloOf13(bytes: Uint8Array, at: number, end: number): boolean {
  const u8 = (from: number): number => (from < end ? (bytes[from] ?? 0) : 0);
  const u16 = (from: number): number => (u8(from) << 8) | u8(from + 1);
  const isClient = u8(at - 4) === 1;
  let next = at + 2 + randomBytes;
  next += 1 + u8(next);
  next += isClient ? 2 + u16(next) : 2;
  next += isClient ? 1 + u8(next) : 1;
  for (next += 2; next + 4 <= end; next += 4 + u16(next + 2)) if (u16(next) === supportedVersions) return true;
  return false;
}
