/** What the application is told of a connection's states and alerts: SSL_CTX_set_info_callback(3). */
import type { InfoCallback } from '../session/index.js';
import type { Connection } from './connection.js';

/** SSL_CB_… (ssl.h). */
const where = {
  acceptLoop: 0x2001,
  acceptExit: 0x2002,
  connectLoop: 0x1001,
  connectExit: 0x1002,
  readAlert: 0x4004,
  writeAlert: 0x4008,
  handshakeStart: 0x10,
  handshakeDone: 0x20,
} as const;

/** get_callback: the connection's own, or that of the context that it has now. */
export function infoCallback({ infoCallback: own, context }: Connection): InfoCallback | undefined {
  return own ?? context.infoCallback;
}

export function tellStart(connection: Connection, callback: InfoCallback | undefined): void {
  if (connection.isFirstHandshake || !connection.isTls13) callback?.(connection, where.handshakeStart, 1);
}

/** A change of states is impending. The machine took the callback as it began to read a flight, or to write one. */
export function tellLoop(connection: Connection, callback: InfoCallback | undefined): void {
  callback?.(connection, connection.server ? where.acceptLoop : where.connectLoop, 1);
}

/** @param role - with which the machine was entered, with the callback of that moment */
export function tellExit(
  connection: Connection,
  callback: InfoCallback | undefined,
  { role, result }: { readonly role: 'accept' | 'connect'; readonly result: number },
): void {
  callback?.(connection, role === 'accept' ? where.acceptExit : where.connectExit, result);
}

/** tls_finish_handshake. @param hadFinished - there was a Finished, and this is not what may follow a handshake of TLS 1.3 */
export function tellDone(connection: Connection, hadFinished: boolean): void {
  if (hadFinished || !connection.isTls13 || connection.isFirstHandshake)
    infoCallback(connection)?.(connection, where.handshakeDone, 1);
}

export function tellAlert(
  connection: Connection,
  direction: 'sent' | 'received',
  { level, description }: { readonly level: number; readonly description: number },
): void {
  const value = level * 256 + description;
  infoCallback(connection)?.(connection, direction === 'sent' ? where.writeAlert : where.readAlert, value);
}
