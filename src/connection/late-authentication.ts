/** A client's certificate, asked for after the handshake: RFC 8446 §4.6.2, SSL_verify_client_post_handshake(3). */
import { HandshakeFailure } from '../handshake/index.js';
import type { Connection } from './connection.js';
import { Verify } from './state.js';

/** tls13_save_handshake_digest_for_pha: each authentication begins with the handshake's messages, Finished included. */
export function keepTranscript(connection: Connection): void {
  const { tls13, handshake } = connection;
  if (tls13.lateAuthentication === 'none') return; // it will not be asked for
  tls13.lateTranscript ??= handshake.transcript.copy();
}

/** tls13_restore_handshake_digest_for_pha. */
export function restoreTranscript(connection: Connection): void {
  const { tls13, handshake } = connection;
  if (tls13.lateTranscript === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  handshake.transcript = tls13.lateTranscript.copy();
}

/** SSL_verify_client_post_handshake: 1 when the next call that writes will ask for the certificate. */
export function askForCertificate(connection: Connection): number {
  const { tls13 } = connection;
  if (!connection.isTls13) return refuse(connection, 'WRONG_SSL_VERSION');
  if (!connection.server) return refuse(connection, 'NOT_SERVER');
  if (!connection.isInitFinished) return refuse(connection, 'STILL_IN_INIT');
  if (tls13.lateAuthentication === 'none') return refuse(connection, 'EXTENSION_NOT_RECEIVED');
  if (tls13.lateAuthentication === 'request-pending') return refuse(connection, 'REQUEST_PENDING');
  if (tls13.lateAuthentication === 'requested') return refuse(connection, 'REQUEST_SENT');
  tls13.lateAuthentication = 'request-pending';
  if (!requestsCertificate13(connection)) {
    tls13.lateAuthentication = 'offered';
    return refuse(connection, 'INVALID_CONFIG');
  }
  connection.inInit = true;
  return 1;
}

/** send_certificate_request, for TLS 1.3: in the handshake, or after it with SSL_VERIFY_POST_HANDSHAKE. */
export function requestsCertificate13({ verifyMode, tls13, certificateRequestsSent }: Connection): boolean {
  if ((verifyMode & Verify.peer) === 0) return false;
  if ((verifyMode & Verify.postHandshake) !== 0 && tls13.lateAuthentication !== 'request-pending') return false;
  return certificateRequestsSent < 1 || (verifyMode & Verify.clientOnce) === 0;
}

function refuse(connection: Connection, reason: string): 0 {
  connection.library.errors.push(reason);
  return 0;
}
