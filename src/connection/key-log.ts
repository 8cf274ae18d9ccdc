/** What a program that looks at captured bytes needs to read them: lines in NSS key log format. SSL_CTX_set_keylog_callback(3). */
import type { Connection } from './connection.js';

/** A secret of TLS 1.3, by the name that it has in key logs. */
export type TrafficSecretLabel =
  | 'CLIENT_EARLY_TRAFFIC_SECRET'
  | 'CLIENT_HANDSHAKE_TRAFFIC_SECRET'
  | 'SERVER_HANDSHAKE_TRAFFIC_SECRET'
  | 'CLIENT_TRAFFIC_SECRET_0'
  | 'SERVER_TRAFFIC_SECRET_0'
  | 'EARLY_EXPORTER_SECRET'
  | 'EXPORTER_SECRET';

/**
 * Tells the master secret of the handshake at work to the environment, where that wants it: `CLIENT_RANDOM`, the client
 * random and the master secret in hex, one space between, no end of line. A resumed handshake is told of like a full one.
 * ssl_log_secret.
 */
export function logMasterSecret(connection: Connection): void {
  if (connection.session !== undefined) log(connection, 'CLIENT_RANDOM', connection.session.masterKey);
}

/** The same for one secret of TLS 1.3. */
export function logTrafficSecret(connection: Connection, label: TrafficSecretLabel, secret: Uint8Array): void {
  log(connection, label, secret);
}

function log({ environment, handshake }: Connection, label: string, secret: Uint8Array): void {
  if (environment.keyLog === undefined) return;
  environment.keyLog(`${label} ${hex(handshake.clientRandom)} ${hex(secret)}`);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
