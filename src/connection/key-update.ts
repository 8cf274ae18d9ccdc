/** KeyUpdate, both ways: RFC 8446 §4.6.3, SSL_key_update(3). */
import { HandshakeFailure } from '../handshake/index.js';
import { KeyUpdateRequest, readKeyUpdate, writeKeyUpdate } from '../wire/index.js';
import type { Connection } from './connection.js';
import { requireRecordBoundary, updateKeys } from './keys-13.js';
import { parsed } from './parsed.js';

export function makeKeyUpdate(connection: Connection): Uint8Array {
  const { tls13 } = connection;
  const isRequested = tls13.keyUpdate === 'requested';
  tls13.keyUpdate = 'none';
  return writeKeyUpdate(isRequested ? KeyUpdateRequest.updateRequested : KeyUpdateRequest.updateNotRequested);
}

/** tls_process_key_update: the peer has changed its keys, and may want us to change ours. */
export function onKeyUpdate(connection: Connection, body: Uint8Array): void {
  requireRecordBoundary(connection);
  const requestUpdate = parsed(() => readKeyUpdate(body), 'BAD_KEY_UPDATE');
  if (requestUpdate !== KeyUpdateRequest.updateNotRequested && requestUpdate !== KeyUpdateRequest.updateRequested) {
    throw new HandshakeFailure('illegal_parameter', 'BAD_KEY_UPDATE');
  }
  if (requestUpdate === KeyUpdateRequest.updateRequested) connection.tls13.keyUpdate = 'not-requested';
  updateKeys(connection, 'read');
}
