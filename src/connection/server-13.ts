/** The server's part of TLS 1.3, from the ClientHello on: which message may come when, and what follows. The table of states is in state.ts. */
import { HandshakeFailure } from '../handshake/index.js';
import { HandshakeType } from '../wire/index.js';
import { makeCertificateVerify13, onCertificateVerify13 } from './certificate-verify-13.js';
import type { Connection } from './connection.js';
import { finishHandshake, finishWithTicketsToSend, pauseForEarlyData } from './handshake-steps.js';
import { makeKeyUpdate, onKeyUpdate } from './key-update.js';
import { agreeApplicationTraffic, agreeHandshakeTraffic, changeKeys13, updateKeys } from './keys-13.js';
import { requestsCertificate13 } from './late-authentication.js';
import {
  certificateListBytesMax,
  certificateVerifyBytesMax,
  clientHelloBytesMax,
  finishedBytesMax,
  keyUpdateBytesMax,
} from './message-bounds.js';
import { chooseParameters, onClientHello } from './server-messages.js';
import {
  makeCertificateOfServer,
  makeCertificateRequest13,
  makeEncryptedExtensions,
  makeFinishedOfServer,
  makeServerHello13,
  onCertificateOfClient,
  onEndOfEarlyData,
  onFinishedOfClient,
} from './server-messages-13.js';
import type { OutgoingMessage, Side } from './side.js';
import { Option, type ServerHandState } from './state.js';
import { makeNewSessionTicket13 } from './tickets-13.js';

export const serverSide13: Side = {
  readTransition(connection, messageType) {
    const next = nextAfterReading(connection, messageType);
    if (next === undefined) return false;
    connection.handState = next;
    return true;
  },

  messageBytesMax(connection) {
    switch (connection.handState) {
      case 'SR_CLNT_HELLO':
        return clientHelloBytesMax;
      case 'SR_CERT':
        return certificateListBytesMax;
      case 'SR_CERT_VRFY':
        return certificateVerifyBytesMax;
      case 'SR_FINISHED':
        return finishedBytesMax;
      case 'SR_KEY_UPDATE':
        return keyUpdateBytesMax;
      default:
        return 0; // EndOfEarlyData
    }
  },

  process(connection, body) {
    switch (connection.handState) {
      case 'SR_CLNT_HELLO':
        onClientHello(connection, body);
        return 'post-process';
      case 'SR_END_OF_EARLY_DATA':
        onEndOfEarlyData(connection, body);
        return 'continue';
      case 'SR_CERT':
        onCertificateOfClient(connection, body);
        return 'continue';
      case 'SR_CERT_VRFY':
        onCertificateVerify13(connection, body);
        return 'continue';
      case 'SR_FINISHED':
        onFinishedOfClient(connection, body);
        return 'done';
      case 'SR_KEY_UPDATE':
        onKeyUpdate(connection, body);
        return 'done';
      default:
        throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    }
  },

  postProcess(connection) {
    chooseParameters(connection);
    return 'done';
  },

  writeTransition(connection) {
    const { tls13 } = connection;
    switch (connection.handState) {
      case 'OK':
        if (tls13.keyUpdate !== 'none') connection.handState = 'SW_KEY_UPDATE';
        else if (tls13.lateAuthentication === 'request-pending') connection.handState = 'SW_CERT_REQ';
        else if (tls13.extraTickets > 0) connection.handState = 'SW_SESSION_TICKET';
        else return 'read';
        return 'write';
      case 'SR_CLNT_HELLO':
        connection.handState = 'SW_SRVR_HELLO';
        return 'write';
      case 'SW_SRVR_HELLO':
        if (connection.has(Option.enableMiddleboxCompat) && tls13.helloRetry !== 'complete') {
          connection.handState = 'SW_CHANGE';
        } else {
          connection.handState = afterChange(connection);
        }
        return 'write';
      case 'SW_CHANGE':
        connection.handState = afterChange(connection);
        return 'write';
      case 'SW_ENCRYPTED_EXTENSIONS':
        if (connection.hit) connection.handState = 'SW_FINISHED';
        else connection.handState = requestsCertificate13(connection) ? 'SW_CERT_REQ' : 'SW_CERT';
        return 'write';
      case 'SW_CERT_REQ':
        connection.handState = tls13.lateAuthentication === 'request-pending' ? 'OK' : 'SW_CERT';
        if (connection.handState === 'OK') tls13.lateAuthentication = 'requested';
        return 'write';
      case 'SW_CERT':
        connection.handState = 'SW_CERT_VRFY';
        return 'write';
      case 'SW_CERT_VRFY':
        connection.handState = 'SW_FINISHED';
        return 'write';
      case 'SW_FINISHED':
        connection.handState = 'EARLY_DATA';
        return 'write';
      case 'EARLY_DATA':
        return 'read';
      case 'SR_FINISHED':
        connection.handState = afterFinished(connection);
        return 'write';
      case 'SW_SESSION_TICKET':
        connection.handState = afterTicket(connection);
        return 'write';
      case 'SR_KEY_UPDATE':
      case 'SW_KEY_UPDATE':
        connection.handState = 'OK';
        return 'write';
      default:
        throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    }
  },

  preWork(connection) {
    const { tls13 } = connection;
    switch (connection.handState) {
      case 'EARLY_DATA':
        if (connection.earlyData.phase !== 'accepting') return 'go-on';
        connection.buffering = false;
        pauseForEarlyData(connection); // the application reads it now
        return 'end';
      case 'SW_SESSION_TICKET':
        // the handshake is over, and goes straight on to its tickets
        if (tls13.sentTickets === 0 && tls13.extraTickets === 0) finishWithTicketsToSend(connection);
        return 'go-on';
      case 'OK':
        finishHandshake(connection);
        return 'end';
      default:
        return 'go-on';
    }
  },

  construct(connection): OutgoingMessage | 'nothing' {
    switch (connection.handState) {
      case 'SW_SRVR_HELLO':
        return { type: HandshakeType.serverHello, body: makeServerHello13(connection) };
      case 'SW_CHANGE':
        return 'change-cipher-spec';
      case 'SW_ENCRYPTED_EXTENSIONS':
        return { type: HandshakeType.encryptedExtensions, body: makeEncryptedExtensions(connection) };
      case 'SW_CERT_REQ':
        return { type: HandshakeType.certificateRequest, body: makeCertificateRequest13(connection) };
      case 'SW_CERT':
        return { type: HandshakeType.certificate, body: makeCertificateOfServer(connection) };
      case 'SW_CERT_VRFY':
        return { type: HandshakeType.certificateVerify, body: makeCertificateVerify13(connection) };
      case 'SW_FINISHED':
        return { type: HandshakeType.finished, body: makeFinishedOfServer(connection) };
      case 'SW_SESSION_TICKET': {
        const body = makeNewSessionTicket13(connection);
        return body === 'nothing' ? body : { type: HandshakeType.newSessionTicket, body };
      }
      case 'SW_KEY_UPDATE':
        return { type: HandshakeType.keyUpdate, body: makeKeyUpdate(connection) };
      default:
        return 'nothing';
    }
  },

  postWork(connection) {
    const { tls13 } = connection;
    const isCompatible = connection.has(Option.enableMiddleboxCompat);
    switch (connection.handState) {
      case 'SW_SRVR_HELLO':
        if (tls13.helloRetry === 'pending') return isCompatible ? 'go-on' : 'flush';
        if (!isCompatible || tls13.helloRetry === 'complete') changeToHandshakeKeys(connection);
        return 'go-on';
      case 'SW_CHANGE':
        if (tls13.helloRetry === 'pending') return 'flush';
        changeToHandshakeKeys(connection);
        return 'go-on';
      case 'SW_CERT_REQ':
        return tls13.lateAuthentication === 'request-pending' ? 'flush' : 'go-on';
      case 'SW_FINISHED':
      case 'SW_KEY_UPDATE':
      case 'SW_SESSION_TICKET':
        return 'flush';
      default:
        return 'go-on';
    }
  },

  afterFlush(connection) {
    switch (connection.handState) {
      case 'SW_FINISHED':
        agreeApplicationTraffic(connection);
        changeKeys13(connection, 'write', 'application');
        break;
      case 'SW_KEY_UPDATE':
        updateKeys(connection, 'write');
        break;
      default:
        break;
    }
  },
};

/** The transitions of the table in state.ts; undefined: the message is not expected. */
function nextAfterReading(connection: Connection, messageType: number): ServerHandState | undefined {
  const { tls13 } = connection;
  switch (connection.handState) {
    case 'EARLY_DATA':
      if (tls13.helloRetry === 'pending')
        return messageType === HandshakeType.clientHello ? 'SR_CLNT_HELLO' : undefined;
      if (connection.earlyData.status === 'accepted')
        return messageType === HandshakeType.endOfEarlyData ? 'SR_END_OF_EARLY_DATA' : undefined;
      return certificateOrFinished(connection, messageType);
    case 'SR_END_OF_EARLY_DATA':
      return certificateOrFinished(connection, messageType);
    case 'SR_CERT':
      if (connection.session?.peerCertificate === undefined)
        return messageType === HandshakeType.finished ? 'SR_FINISHED' : undefined;
      return messageType === HandshakeType.certificateVerify ? 'SR_CERT_VRFY' : undefined;
    case 'SR_CERT_VRFY':
      return messageType === HandshakeType.finished ? 'SR_FINISHED' : undefined;
    case 'OK':
      if (messageType === HandshakeType.certificate && tls13.lateAuthentication === 'requested') return 'SR_CERT';
      return messageType === HandshakeType.keyUpdate ? 'SR_KEY_UPDATE' : undefined;
    default:
      return undefined;
  }
}

function certificateOrFinished({ handshake }: Connection, messageType: number): ServerHandState | undefined {
  if (handshake.certificateRequested === 0) return messageType === HandshakeType.finished ? 'SR_FINISHED' : undefined;
  return messageType === HandshakeType.certificate ? 'SR_CERT' : undefined;
}

function afterChange(connection: Connection): ServerHandState {
  return connection.tls13.helloRetry === 'pending' ? 'EARLY_DATA' : 'SW_ENCRYPTED_EXTENSIONS';
}

/** What protects the rest of the handshake; until the client's first protected record its alerts may still be plain. */
function changeToHandshakeKeys(connection: Connection): void {
  agreeHandshakeTraffic(connection);
  changeKeys13(connection, 'write', 'handshake');
  if (connection.earlyData.status !== 'accepted') changeKeys13(connection, 'read', 'handshake');
  connection.tls13.allowsPlainAlerts = true;
}

/** Tickets are due after a full handshake, a resumption that renews, and each authentication. */
function afterFinished(connection: Connection): 'OK' | 'SW_SESSION_TICKET' {
  const { tls13, ticketExpected, ticketCount } = connection;
  if (tls13.lateAuthentication === 'requested') tls13.lateAuthentication = 'offered';
  else if (!ticketExpected) return 'OK';
  return ticketCount > tls13.sentTickets ? 'SW_SESSION_TICKET' : 'OK';
}

/** After a resumption never more than one; after a full handshake as many as are configured. */
function afterTicket(connection: Connection): 'OK' | 'SW_SESSION_TICKET' {
  const { tls13 } = connection;
  if (!connection.isFirstHandshake && tls13.extraTickets > 0) return 'SW_SESSION_TICKET';
  return connection.hit || connection.ticketCount <= tls13.sentTickets ? 'OK' : 'SW_SESSION_TICKET';
}
