/** The names of authorities whose certificates somebody would take, each read as the list is: parse_ca_names. */
import { readDistinguishedName } from '../crypto/index.js';
import { HandshakeFailure } from '../handshake/index.js';
import { Reader } from '../wire/index.js';
import { orBadExtension } from './collect-extensions.js';
import { parsed } from './parsed.js';

const listBounds = { min: 0, max: 2 ** 16 - 1 };

/** Reads `DistinguishedName certificate_authorities<0..2^16-1>`, and leaves what is behind it. Nobody asks for them later. */
export function readAuthorities(r: Reader): void {
  const list = parsed(() => r.sub(listBounds), 'LENGTH_MISMATCH');
  while (list.remaining > 0) {
    const name = parsed(() => list.opaque(listBounds), 'LENGTH_MISMATCH');
    const kind = readDistinguishedName(name);
    if (kind === 'unreadable') throw new HandshakeFailure('decode_error', 'ASN1_LIB');
    if (kind === 'trailing') throw new HandshakeFailure('decode_error', 'CA_DN_LENGTH_MISMATCH');
  }
}

/** The extension of TLS 1.3, of either side: RFC 8446 §4.2.4, tls_parse_certificate_authorities. */
export function readAuthoritiesExtension(data: Uint8Array): void {
  const r = new Reader(data);
  readAuthorities(r);
  orBadExtension(() => r.end());
}
