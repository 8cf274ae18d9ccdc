import { HandshakeFailure } from '../handshake/index.js';
import { ExtensionsError, WireError } from '../wire/index.js';

/** What `read` gives; bytes that do not parse end the handshake, by the name that libssl has for it there, or for any extensions. */
export function parsed<T>(read: () => T, reason: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ExtensionsError) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
    if (error instanceof WireError) throw new HandshakeFailure('decode_error', reason);
    throw error;
  }
}
