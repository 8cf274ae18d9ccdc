import { Reader } from './reader.js';
import { Writer } from './writer.js';

/**
 * Extensions of TLS 1.3, but for key_share and pre_shared_key. Each `read` takes the whole data and throws `WireError` for what
 * does not fit. early_data in a hello or in EncryptedExtensions and post_handshake_auth have empty data; signature_algorithms_cert
 * is written as signature_algorithms is; oid_filters is never asked for, and a client may ignore it.
 */

/** What an extension without content has. */
export function readEmpty(data: Uint8Array): void {
  new Reader(data).end();
}

/** RFC 8446 §4.2.1, in a ServerHello or a HelloRetryRequest: ProtocolVersion selected_version. */
export function readSupportedVersionsOfServer(data: Uint8Array): number {
  const r = new Reader(data);
  const selectedVersion = r.u16();
  r.end();
  return selectedVersion;
}

/** RFC 8446 §4.2.1, in a ServerHello or a HelloRetryRequest. */
export function writeSupportedVersionsOfServer(selectedVersion: number): Uint8Array {
  const w = new Writer(2);
  w.u16(selectedVersion);
  return w.finish();
}

const cookieBounds = { min: 1, max: 2 ** 16 - 1 };

/** RFC 8446 §4.2.2: opaque cookie<1..2^16-1>, as a view. */
export function readCookie(data: Uint8Array): Uint8Array {
  const r = new Reader(data);
  const cookie = r.opaque(cookieBounds);
  r.end();
  return cookie;
}

/** RFC 8446 §4.2.2. */
export function writeCookie(cookie: Uint8Array): Uint8Array {
  const w = new Writer(2 + cookie.length);
  w.opaque(cookieBounds, cookie);
  return w.finish();
}

const keModesBounds = { min: 1, max: 255 };

/** RFC 8446 §4.2.9: PskKeyExchangeMode ke_modes<1..255>. */
export function readPskKeyExchangeModes(data: Uint8Array): number[] {
  const r = new Reader(data);
  const keModes = [...r.opaque(keModesBounds)];
  r.end();
  return keModes;
}

/** RFC 8446 §4.2.9. */
export function writePskKeyExchangeModes(keModes: readonly number[]): Uint8Array {
  const w = new Writer(1 + keModes.length);
  w.vector(keModesBounds, () => {
    for (const keMode of keModes) {
      w.u8(keMode);
    }
  });
  return w.finish();
}

/** RFC 8446 §4.2.10, in a NewSessionTicket: uint32 max_early_data_size. */
export function readEarlyDataOfTicket(data: Uint8Array): number {
  const r = new Reader(data);
  const maxEarlyDataSize = r.u32();
  r.end();
  return maxEarlyDataSize;
}

/** RFC 8446 §4.2.10, in a NewSessionTicket. */
export function writeEarlyDataOfTicket(maxEarlyDataSize: number): Uint8Array {
  const w = new Writer(4);
  w.u32(maxEarlyDataSize);
  return w.finish();
}

const authoritiesBounds = { min: 3, max: 2 ** 16 - 1 };
const distinguishedNameBounds = { min: 1, max: 2 ** 16 - 1 };

/** RFC 8446 §4.2.4: DistinguishedName authorities<3..2^16-1>, DER, as views. */
export function readCertificateAuthorities(data: Uint8Array): Uint8Array[] {
  const r = new Reader(data);
  const list = r.sub(authoritiesBounds);
  const authorities: Uint8Array[] = [];
  while (list.remaining > 0) {
    authorities.push(list.opaque(distinguishedNameBounds));
  }
  r.end();
  return authorities;
}

/** RFC 8446 §4.2.4. */
export function writeCertificateAuthorities(authorities: readonly Uint8Array[]): Uint8Array {
  const w = new Writer();
  w.vector(authoritiesBounds, () => {
    for (const name of authorities) {
      w.opaque(distinguishedNameBounds, name);
    }
  });
  return w.finish();
}
