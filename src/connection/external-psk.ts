/** PSKs that the application has from elsewhere: SSL_CTX_set_psk_use_session_callback(3), SSL_CTX_set_psk_find_session_callback(3). */
import { HandshakeFailure } from '../handshake/index.js';
import type { Session } from '../session/index.js';
import { ProtocolVersion } from '../wire/index.js';
import type { Connection } from './connection.js';
import { callbackHolder } from './sessions.js';

/** tls_construct_ctos_early_data: the callback is asked before each ClientHello. */
export function askForExternalPsk(connection: Connection): void {
  const { tls13, handshake, psk } = connection;
  const { use } = psk;
  if (use === undefined) return;
  const hash = tls13.helloRetry === 'pending' ? handshake.suite13?.hash : undefined;
  const answer = use(connection, hash);
  if (answer === 'fail') throw new HandshakeFailure('internal_error', 'BAD_PSK');
  if (answer !== undefined) answer.session.passClaim('program', connection.label);
  if (answer !== undefined && answer.session.version !== ProtocolVersion.tls13) {
    answer.session.release(connection.label);
    throw new HandshakeFailure('internal_error', 'BAD_PSK');
  }
  connection.setExternalPsk(answer);
}

/** tls_parse_stoc_psk: the server has taken it, and it is the connection's session from here on. */
export function useExternalPsk(connection: Connection, identity: number): void {
  const { externalPsk, earlyData, tls13 } = connection;
  if (externalPsk === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  tls13.earlySecret = tls13.externalEarlySecret;
  externalPsk.session.upRef(connection.label);
  connection.setSession(externalPsk.session);
  connection.setExternalPsk(undefined);
  if (identity !== 0) earlyData.isAllowed = false;
}

/** tls_parse_ctos_psk: a session that the server's application knows by that identity, as a copy of the connection's own. */
export function findExternalPsk(connection: Connection, identity: Uint8Array): Session | undefined {
  const { profile, psk, sessionIdContext } = connection;
  const answer = psk.find?.(connection, identity.slice());
  if (answer === undefined) return undefined;
  if (answer === 'fail') throw new HandshakeFailure('internal_error', 'BAD_EXTENSION');
  answer.passClaim('program', callbackHolder);
  const copy = answer.duplicate({ ticket: 'left out', holder: connection.label });
  answer.release(callbackHolder);
  if (copy === undefined) throw new HandshakeFailure('internal_error', profile.noMemoryReasons.session);
  if (profile.duplicateIsResumable) copy.notResumable = false;
  copy.sessionIdContext = sessionIdContext;
  return copy;
}
