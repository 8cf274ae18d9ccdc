/** What a program that looks at captured bytes needs to read them: one line a handshake, in NSS key log format. */
import type { Connection } from './connection.js';

/**
 * Tells the master secret of the handshake at work to the environment, where that wants it: `CLIENT_RANDOM`, the client
 * random and the master secret in hex, one space between, no end of line. A resumed handshake is told of like a full one.
 * ssl_log_secret; SSL_CTX_set_keylog_callback(3).
 */
export function logMasterSecret(connection: Connection): void {
  const { environment, handshake, session } = connection;
  if (environment.keyLog === undefined || session === undefined) return;
  environment.keyLog(`CLIENT_RANDOM ${hex(handshake.clientRandom)} ${hex(session.masterKey)}`);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
