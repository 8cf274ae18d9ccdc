/** The client's part of TLS 1.3, from ServerHello on: which message may come when, and what follows. The table of states is in state.ts. */
import { HandshakeFailure } from '../handshake/index.js';
import { HandshakeType } from '../wire/index.js';
import { makeCertificateVerify13, onCertificateVerify13 } from './certificate-verify-13.js';
import { prepareCertificate, verifyServer } from './client-messages.js';
import {
  makeCertificateOfClient,
  makeFinishedOfClient,
  onCertificateOfServer,
  onCertificateRequest13,
  onEncryptedExtensions,
  onFinishedOfServer,
} from './client-messages-13.js';
import type { Connection } from './connection.js';
import { finishHandshake, pauseForEarlyData } from './handshake-steps.js';
import { makeKeyUpdate, onKeyUpdate } from './key-update.js';
import { agreeResumptionSecret, changeKeys13, digestOf, updateKeys } from './keys-13.js';
import { keepTranscript, restoreTranscript } from './late-authentication.js';
import {
  certificateListBytesMax,
  certificateVerifyBytesMax,
  finishedBytesMax,
  keyUpdateBytesMax,
  smallMessageBytesMax,
  ticketBytesMaxOfTls13,
} from './message-bounds.js';
import type { OutgoingMessage, Side } from './side.js';
import { type ClientHandState, Option } from './state.js';
import { onNewSessionTicket13 } from './tickets-13.js';
import { beginWriting } from './write-buffer.js';

export const clientSide13: Side = {
  readTransition(connection, messageType) {
    const next = nextAfterReading(connection, messageType);
    if (next === undefined) return false;
    if (connection.handState === 'OK' && next === 'CR_CERT_REQ') {
      connection.tls13.lateAuthentication = 'requested';
      restoreTranscript(connection);
    }
    connection.handState = next;
    return true;
  },

  messageBytesMax(connection) {
    switch (connection.handState) {
      case 'CR_SRVR_HELLO':
      case 'CR_ENCRYPTED_EXTENSIONS':
        return smallMessageBytesMax;
      case 'CR_CERT':
      case 'CR_CERT_REQ':
        return certificateListBytesMax;
      case 'CR_CERT_VRFY':
        return certificateVerifyBytesMax;
      case 'CR_SESSION_TICKET':
        return ticketBytesMaxOfTls13;
      case 'CR_FINISHED':
        return finishedBytesMax;
      case 'CR_KEY_UPDATE':
        return keyUpdateBytesMax;
      default:
        return 0;
    }
  },

  process(connection, body) {
    switch (connection.handState) {
      case 'CR_ENCRYPTED_EXTENSIONS':
        onEncryptedExtensions(connection, body);
        return 'continue';
      case 'CR_CERT_REQ':
        return onCertificateRequest13(connection, body);
      case 'CR_CERT':
        onCertificateOfServer(connection, body);
        return 'post-process';
      case 'CR_CERT_VRFY':
        onCertificateVerify13(connection, body);
        return connection.handshake.certificateRequested === 1 ? 'post-process' : 'continue';
      case 'CR_FINISHED':
        onFinishedOfServer(connection, body);
        return 'done';
      case 'CR_SESSION_TICKET':
        onNewSessionTicket13(connection, body);
        return 'done';
      case 'CR_KEY_UPDATE':
        onKeyUpdate(connection, body);
        return 'done';
      default:
        throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    }
  },

  postProcess(connection) {
    if (connection.handState === 'CR_CERT') {
      verifyServer(connection);
      connection.handshake.certificateVerifyHash = digestOf(connection);
      return 'continue';
    }
    prepareCertificate(connection);
    return connection.handState === 'CR_CERT_VRFY' ? 'continue' : 'done';
  },

  writeTransition(connection) {
    switch (connection.handState) {
      case 'CR_CERT_REQ':
        connection.handState = connection.tls13.lateAuthentication === 'requested' ? 'CW_CERT' : 'OK';
        return 'write';
      case 'CR_FINISHED':
        if (hasWrittenEarlyData(connection)) {
          connection.handState = 'PENDING_EARLY_DATA_END';
        } else if (connection.has(Option.enableMiddleboxCompat) && connection.tls13.helloRetry === 'none') {
          connection.handState = 'CW_CHANGE';
        } else {
          connection.handState = afterChange(connection);
        }
        return 'write';
      case 'PENDING_EARLY_DATA_END':
        connection.handState =
          connection.earlyData.status === 'accepted' ? 'CW_END_OF_EARLY_DATA' : afterChange(connection);
        return 'write';
      case 'CW_END_OF_EARLY_DATA':
      case 'CW_CHANGE':
        connection.handState = afterChange(connection);
        return 'write';
      case 'CW_CERT':
        connection.handState = connection.handshake.certificateRequested === 1 ? 'CW_CERT_VRFY' : 'CW_FINISHED';
        return 'write';
      case 'CW_CERT_VRFY':
        connection.handState = 'CW_FINISHED';
        return 'write';
      case 'CR_KEY_UPDATE':
      case 'CW_KEY_UPDATE':
      case 'CR_SESSION_TICKET':
      case 'CW_FINISHED':
        connection.handState = 'OK';
        return 'write';
      case 'OK':
        if (connection.tls13.keyUpdate === 'none') return 'read';
        connection.handState = 'CW_KEY_UPDATE';
        return 'write';
      default:
        throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    }
  },

  preWork(connection) {
    if (connection.handState === 'PENDING_EARLY_DATA_END') {
      const { phase } = connection.earlyData;
      if (phase === 'finished-writing' || phase === 'none') return 'go-on';
      pauseForEarlyData(connection); // more may be written
      return 'end';
    }
    if (connection.handState !== 'OK') return 'go-on';
    if (connection.tls13.lateAuthentication === 'requested') connection.tls13.lateAuthentication = 'offered';
    finishHandshake(connection);
    return 'end';
  },

  construct(connection): OutgoingMessage | 'nothing' {
    switch (connection.handState) {
      case 'CW_CHANGE':
        return 'change-cipher-spec';
      case 'CW_END_OF_EARLY_DATA':
        connection.earlyData.phase = 'finished-writing';
        return { type: HandshakeType.endOfEarlyData, body: new Uint8Array(0) };
      case 'CW_CERT':
        return { type: HandshakeType.certificate, body: makeCertificateOfClient(connection) };
      case 'CW_CERT_VRFY':
        return { type: HandshakeType.certificateVerify, body: makeCertificateVerify13(connection) };
      case 'CW_FINISHED':
        return { type: HandshakeType.finished, body: makeFinishedOfClient(connection) };
      case 'CW_KEY_UPDATE':
        return { type: HandshakeType.keyUpdate, body: makeKeyUpdate(connection) };
      default:
        return 'nothing';
    }
  },

  postWork(connection) {
    if (connection.handState === 'CW_END_OF_EARLY_DATA') beginWriting(connection, undefined);
    return connection.handState === 'CW_FINISHED' || connection.handState === 'CW_KEY_UPDATE' ? 'flush' : 'go-on';
  },

  afterFlush(connection) {
    if (connection.handState === 'CW_KEY_UPDATE') {
      updateKeys(connection, 'write');
      return;
    }
    keepTranscript(connection);
    if (connection.tls13.lateAuthentication !== 'requested') {
      agreeResumptionSecret(connection);
      changeKeys13(connection, 'write', 'application');
    }
  },
};

function hasWrittenEarlyData({ earlyData }: Connection): boolean {
  return earlyData.phase === 'write-retry' || earlyData.phase === 'finished-writing';
}

function afterChange(connection: Connection): ClientHandState {
  return connection.handshake.certificateRequested === 0 ? 'CW_FINISHED' : 'CW_CERT';
}

/** The transitions of the table in state.ts; undefined: the message is not expected. */
function nextAfterReading(connection: Connection, messageType: number): ClientHandState | undefined {
  switch (connection.handState) {
    case 'CR_SRVR_HELLO':
      return messageType === HandshakeType.encryptedExtensions ? 'CR_ENCRYPTED_EXTENSIONS' : undefined;
    case 'CR_ENCRYPTED_EXTENSIONS':
      if (connection.hit) return messageType === HandshakeType.finished ? 'CR_FINISHED' : undefined;
      if (messageType === HandshakeType.certificateRequest) return 'CR_CERT_REQ';
      return messageType === HandshakeType.certificate ? 'CR_CERT' : undefined;
    case 'CR_CERT_REQ':
      return messageType === HandshakeType.certificate ? 'CR_CERT' : undefined;
    case 'CR_CERT':
      return messageType === HandshakeType.certificateVerify ? 'CR_CERT_VRFY' : undefined;
    case 'CR_CERT_VRFY':
      return messageType === HandshakeType.finished ? 'CR_FINISHED' : undefined;
    case 'OK':
      if (messageType === HandshakeType.newSessionTicket) return 'CR_SESSION_TICKET';
      if (messageType === HandshakeType.keyUpdate) return 'CR_KEY_UPDATE';
      if (messageType !== HandshakeType.certificateRequest) return undefined;
      return connection.tls13.lateAuthentication === 'offered' ? 'CR_CERT_REQ' : undefined;
    default:
      return undefined;
  }
}
