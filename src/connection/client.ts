/** The client's part of TLS 1.2: which message may come when, and what follows. The table of states is in state.ts. */
import { HandshakeFailure } from '../handshake/index.js';
import { AlertDescription, AlertLevel, HandshakeType } from '../wire/index.js';
import {
  makeCertificate,
  makeCertificateVerify,
  makeClientHello,
  makeClientKeyExchange,
  onCertificate,
  onCertificateRequest,
  onNewSessionTicket,
  onServerHello,
  onServerHelloDone,
  prepareCertificate,
  verifyServer,
} from './client-messages.js';
import type { Connection } from './connection.js';
import { changeToEarlyKeys } from './early-data.js';
import {
  agreeMasterSecret,
  changeKeys,
  finishHandshake,
  makeFinished,
  onChangeCipherSpec,
  onFinished,
  pauseForEarlyData,
  setupHandshake,
} from './handshake-steps.js';
import {
  certificateListBytesMax,
  finishedBytesMax,
  serverKeyExchangeBytesMax,
  smallMessageBytesMax,
  ticketBytesMax,
} from './message-bounds.js';
import { renegotiateCheck } from './read-write.js';
import { sendAlert } from './records.js';
import { onServerKeyExchange } from './server-key-exchange.js';
import { changeCipherSpec, type OutgoingMessage, type Side } from './side.js';
import { type ClientHandState, Option } from './state.js';

export const clientSide: Side = {
  readTransition(connection, messageType) {
    const next = nextAfterReading(connection, messageType);
    if (next === undefined) return false;
    connection.handState = next;
    return true;
  },

  messageBytesMax(connection) {
    switch (connection.handState) {
      case 'CR_SRVR_HELLO':
        return smallMessageBytesMax;
      case 'CR_CERT':
      case 'CR_CERT_REQ':
        return certificateListBytesMax;
      case 'CR_KEY_EXCH':
        return serverKeyExchangeBytesMax;
      case 'CR_SESSION_TICKET':
        return ticketBytesMax;
      case 'CR_FINISHED':
        return finishedBytesMax;
      default:
        return 0; // ServerHelloDone, HelloRequest, ChangeCipherSpec
    }
  },

  process(connection, body) {
    switch (connection.handState) {
      case 'CR_SRVR_HELLO':
        return onServerHello(connection, body);
      case 'CR_CERT':
        onCertificate(connection, body);
        return 'post-process';
      case 'CR_KEY_EXCH':
        onServerKeyExchange(connection, body);
        return 'continue';
      case 'CR_CERT_REQ':
        onCertificateRequest(connection, body);
        return 'post-process';
      case 'CR_SRVR_DONE':
        onServerHelloDone(connection);
        return 'done';
      case 'CR_SESSION_TICKET':
        onNewSessionTicket(connection, body);
        return 'continue';
      case 'CR_CHANGE':
        onChangeCipherSpec(connection);
        return 'continue';
      case 'CR_FINISHED':
        onFinished(connection, body);
        return 'done';
      case 'CR_HELLO_REQ':
        onHelloRequest(connection);
        return 'done';
      default:
        throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    }
  },

  postProcess(connection) {
    if (connection.handState === 'CR_CERT') verifyServer(connection);
    else prepareCertificate(connection);
    return 'continue';
  },

  writeTransition(connection) {
    switch (connection.handState) {
      case 'OK':
        if (!connection.renegotiate) return 'read'; // the server has sent something
        connection.handState = 'CW_CLNT_HELLO';
        return 'write';
      case 'BEFORE':
        connection.handState = 'CW_CLNT_HELLO';
        return 'write';
      case 'CW_CLNT_HELLO':
        if (connection.earlyData.phase !== 'connecting') return 'read';
        connection.handState = connection.has(Option.enableMiddleboxCompat) ? 'CW_CHANGE' : 'EARLY_DATA';
        return 'write';
      case 'EARLY_DATA':
        return 'read';
      case 'CR_SRVR_HELLO': {
        // a HelloRetryRequest; with early data the ChangeCipherSpec is out already
        const changes =
          connection.has(Option.enableMiddleboxCompat) && connection.earlyData.phase !== 'finished-writing';
        connection.handState = changes ? 'CW_CHANGE' : 'CW_CLNT_HELLO';
        return 'write';
      }
      case 'CR_SRVR_DONE':
        connection.handState = connection.handshake.certificateRequested === 0 ? 'CW_KEY_EXCH' : 'CW_CERT';
        return 'write';
      case 'CW_CERT':
        connection.handState = 'CW_KEY_EXCH';
        return 'write';
      case 'CW_KEY_EXCH':
        connection.handState = connection.handshake.certificateRequested === 1 ? 'CW_CERT_VRFY' : 'CW_CHANGE';
        return 'write';
      case 'CW_CERT_VRFY':
        connection.handState = 'CW_CHANGE';
        return 'write';
      case 'CW_CHANGE':
        connection.handState = afterChange(connection);
        return 'write';
      case 'CW_FINISHED':
        if (!connection.hit) return 'read';
        connection.handState = 'OK';
        return 'write';
      case 'CR_FINISHED':
        connection.handState = connection.hit ? 'CW_CHANGE' : 'OK';
        return 'write';
      case 'CR_HELLO_REQ':
        if (renegotiateCheck(connection, { inInit: 'allowed' })) {
          setupHandshake(connection);
          connection.handState = 'CW_CLNT_HELLO';
        } else {
          connection.handState = 'OK';
        }
        return 'write';
      default:
        throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    }
  },

  preWork(connection) {
    if (connection.handState === 'CW_CLNT_HELLO') connection.shutdown = 0;
    if (connection.handState === 'EARLY_DATA') {
      pauseForEarlyData(connection); // the application writes it now
      return 'end';
    }
    if (connection.handState !== 'OK') return 'go-on';
    finishHandshake(connection);
    return 'end';
  },

  construct(connection): OutgoingMessage | 'nothing' {
    switch (connection.handState) {
      case 'CW_CLNT_HELLO':
        return { type: HandshakeType.clientHello, body: makeClientHello(connection) };
      case 'CW_CERT':
        return { type: HandshakeType.certificate, body: makeCertificate(connection) };
      case 'CW_KEY_EXCH':
        return { type: HandshakeType.clientKeyExchange, body: makeClientKeyExchange(connection) };
      case 'CW_CERT_VRFY':
        return { type: HandshakeType.certificateVerify, body: makeCertificateVerify(connection) };
      case 'CW_CHANGE':
        return 'change-cipher-spec';
      case 'CW_FINISHED':
        return { type: HandshakeType.finished, body: makeFinished(connection) };
      default:
        return 'nothing';
    }
  },

  postWork(connection) {
    switch (connection.handState) {
      case 'CW_CLNT_HELLO':
        if (!sendsEarlyData(connection)) return 'flush';
        if (!connection.has(Option.enableMiddleboxCompat)) changeToEarlyKeys(connection, 'write');
        return 'go-on';
      case 'CW_FINISHED':
        return 'flush';
      case 'CW_KEY_EXCH':
        agreeMasterSecret(connection);
        return 'go-on';
      case 'CW_CHANGE':
        if (connection.tls13.helloRetry === 'pending') return 'go-on';
        if (sendsEarlyData(connection)) {
          changeToEarlyKeys(connection, 'write');
          return 'go-on';
        }
        // where early data was asked for and is not to be sent, no suite is chosen yet, and the session that is offered loses its own
        if (connection.session !== undefined) connection.session.cipherSuite = connection.handshake.suite?.code;
        if (connection.earlyData.phase === 'connecting')
          throw new HandshakeFailure('internal_error', connection.profile.noEarlyKeyReason);
        changeKeys(connection, 'write');
        return 'go-on';
      default:
        return 'go-on';
    }
  },

  afterFlush() {},
};

function afterChange(connection: Connection): ClientHandState {
  if (connection.tls13.helloRetry === 'pending') return 'CW_CLNT_HELLO';
  return connection.earlyData.phase === 'connecting' ? 'EARLY_DATA' : 'CW_FINISHED';
}

/** Whether early data follows the ClientHello: no version is agreed yet. */
function sendsEarlyData({ earlyData }: Connection): boolean {
  return earlyData.phase === 'connecting' && earlyData.max > 0;
}

/** The transitions of the table in state.ts; undefined: the message is not expected. */
function nextAfterReading(connection: Connection, messageType: number): ClientHandState | undefined {
  switch (connection.handState) {
    case 'CW_CLNT_HELLO':
    case 'EARLY_DATA':
      return messageType === HandshakeType.serverHello ? 'CR_SRVR_HELLO' : undefined;
    case 'CR_SRVR_HELLO':
      if (connection.hit) return ticketOrChange(connection, messageType);
      return messageType === HandshakeType.certificate ? 'CR_CERT' : undefined;
    case 'CR_CERT':
      if (connection.handshake.suite?.keyExchange !== 'rsa')
        return messageType === HandshakeType.serverKeyExchange ? 'CR_KEY_EXCH' : undefined;
      return requestOrDone(messageType);
    case 'CR_KEY_EXCH':
      return requestOrDone(messageType);
    case 'CR_CERT_REQ':
      return messageType === HandshakeType.serverHelloDone ? 'CR_SRVR_DONE' : undefined;
    case 'CW_FINISHED':
      return ticketOrChange(connection, messageType);
    case 'CR_SESSION_TICKET':
      return messageType === changeCipherSpec ? 'CR_CHANGE' : undefined;
    case 'CR_CHANGE':
      return messageType === HandshakeType.finished ? 'CR_FINISHED' : undefined;
    case 'OK':
      return messageType === HandshakeType.helloRequest ? 'CR_HELLO_REQ' : undefined;
    default:
      return undefined;
  }
}

function requestOrDone(messageType: number): ClientHandState | undefined {
  if (messageType === HandshakeType.certificateRequest) return 'CR_CERT_REQ';
  return messageType === HandshakeType.serverHelloDone ? 'CR_SRVR_DONE' : undefined;
}

function ticketOrChange(connection: Connection, messageType: number): ClientHandState | undefined {
  if (connection.ticketExpected)
    return messageType === HandshakeType.newSessionTicket ? 'CR_SESSION_TICKET' : undefined;
  return messageType === changeCipherSpec ? 'CR_CHANGE' : undefined;
}

/** tls_process_hello_req: refused by option, else a renegotiation that may resume. */
function onHelloRequest(connection: Connection): void {
  if (connection.has(Option.noRenegotiation)) {
    sendAlert(connection, AlertLevel.warning, AlertDescription.noRenegotiation);
    return;
  }
  connection.renegotiate = true;
  connection.newSession = false;
  connection.handshake.renegotiatePending = true;
}
