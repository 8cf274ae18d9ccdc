/** The names of authorities that a server asks for, each read as the list is: parse_ca_names. */
import { readDistinguishedName } from '../crypto/index.js';
import { HandshakeFailure } from '../handshake/index.js';
import type { Reader } from '../wire/index.js';
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
