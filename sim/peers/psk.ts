/** A pre-shared key as the command line takes it. */
import type { PreSharedKey } from '../emulator/index.js';
import { PeerError } from './error.js';

const identityDefault = 'Client_identity'; // as with OpenSSL's programs
const keyBytesMax = 256; //                   SSL_MAX_MASTER_KEY_LENGTH, and PSK_MAX_PSK_LEN of older lines

/** @throws PeerError for what is no key in hexadecimal digits */
export function readPreSharedKey(hex: string, identity: string = identityDefault): PreSharedKey {
  if (!/^([0-9a-f]{2})+$/i.test(hex) || hex.length > 2 * keyBytesMax)
    throw new PeerError('ARGUMENT', `--psk: expected a key of 1 to ${keyBytesMax} bytes, each two hexadecimal digits`);
  if (identity.length === 0) throw new PeerError('ARGUMENT', '--psk-identity: expected a name for the key, got none');
  return { key: new Uint8Array(Buffer.from(hex, 'hex')), identity };
}
