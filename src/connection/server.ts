/** The server's part of TLS 1.2: which message may come when, and what follows. The table of states is in state.ts. */
import { HandshakeFailure, Transcript } from '../handshake/index.js';
import { AlertDescription, AlertLevel, HandshakeType } from '../wire/index.js';
import type { Connection } from './connection.js';
import {
  changeKeys,
  finishHandshake,
  makeFinished,
  onChangeCipherSpec,
  onFinished,
  setupHandshake,
} from './handshake-steps.js';
import {
  certificateListBytesMax,
  certificateVerifyBytesMax,
  clientHelloBytesMax,
  clientKeyExchangeBytesMax,
  finishedBytesMax,
} from './message-bounds.js';
import { sendAlert } from './records.js';
import {
  chooseParameters,
  makeCertificateMessage,
  makeCertificateRequest,
  makeNewSessionTicket,
  makeServerHello,
  makeServerKeyExchange,
  onCertificateVerify,
  onClientCertificate,
  onClientHello,
  onClientKeyExchange,
} from './server-messages.js';
import { changeCipherSpec, type OutgoingMessage, type Side } from './side.js';
import { Option, type ServerHandState, Verify } from './state.js';

export const serverSide: Side = {
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
      case 'SR_KEY_EXCH':
        return clientKeyExchangeBytesMax;
      case 'SR_CERT_VRFY':
        return certificateVerifyBytesMax;
      case 'SR_FINISHED':
        return finishedBytesMax;
      default:
        return 0; // ChangeCipherSpec
    }
  },

  process(connection, body) {
    switch (connection.handState) {
      case 'SR_CLNT_HELLO':
        if (refusesRenegotiation(connection)) {
          sendAlert(connection, AlertLevel.warning, AlertDescription.noRenegotiation);
          return 'done';
        }
        onClientHello(connection, body);
        return 'post-process';
      case 'SR_CERT':
        onClientCertificate(connection, body);
        return 'continue';
      case 'SR_KEY_EXCH':
        onClientKeyExchange(connection, body);
        return 'continue';
      case 'SR_CERT_VRFY':
        onCertificateVerify(connection, body);
        return 'continue';
      case 'SR_CHANGE':
        onChangeCipherSpec(connection);
        return 'continue';
      case 'SR_FINISHED':
        onFinished(connection, body);
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
    switch (connection.handState) {
      case 'OK':
        if (connection.requestState === 'SW_HELLO_REQ') {
          connection.handState = 'SW_HELLO_REQ';
          connection.requestState = 'BEFORE';
          return 'write';
        }
        setupHandshake(connection); // a ClientHello is on its way
        return 'read';
      case 'BEFORE':
        return 'read';
      case 'SW_HELLO_REQ':
        connection.handState = 'OK';
        return 'write';
      case 'SR_CLNT_HELLO':
        connection.handState = !connection.renegotiate && !connection.isFirstHandshake ? 'OK' : 'SW_SRVR_HELLO';
        return 'write';
      case 'SW_SRVR_HELLO':
        if (connection.hit) connection.handState = connection.ticketExpected ? 'SW_SESSION_TICKET' : 'SW_CHANGE';
        else connection.handState = 'SW_CERT';
        return 'write';
      case 'SW_CERT':
        if (connection.handshake.suite?.keyExchange === 'rsa') connection.handState = afterKeyExchange(connection);
        else connection.handState = 'SW_KEY_EXCH';
        return 'write';
      case 'SW_KEY_EXCH':
        connection.handState = afterKeyExchange(connection);
        return 'write';
      case 'SW_CERT_REQ':
        connection.handState = 'SW_SRVR_DONE';
        return 'write';
      case 'SW_SRVR_DONE':
        return 'read';
      case 'SR_FINISHED':
        if (connection.hit) connection.handState = 'OK';
        else connection.handState = connection.ticketExpected ? 'SW_SESSION_TICKET' : 'SW_CHANGE';
        return 'write';
      case 'SW_SESSION_TICKET':
        connection.handState = 'SW_CHANGE';
        return 'write';
      case 'SW_CHANGE':
        connection.handState = 'SW_FINISHED';
        return 'write';
      case 'SW_FINISHED':
        if (connection.hit) return 'read';
        connection.handState = 'OK';
        return 'write';
      default:
        throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    }
  },

  preWork(connection) {
    switch (connection.handState) {
      case 'SW_HELLO_REQ':
        connection.shutdown = 0;
        return 'go-on';
      case 'SW_CHANGE':
        rememberSuite(connection);
        if (connection.profile.needsMasterSecret && connection.session?.masterKey.length === 0)
          throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR'); // tls1_setup_key_block
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
      case 'SW_HELLO_REQ':
        return { type: HandshakeType.helloRequest, body: new Uint8Array(0) };
      case 'SW_SRVR_HELLO':
        return { type: HandshakeType.serverHello, body: makeServerHello(connection) };
      case 'SW_CERT':
        return { type: HandshakeType.certificate, body: makeCertificateMessage(connection) };
      case 'SW_KEY_EXCH':
        return { type: HandshakeType.serverKeyExchange, body: makeServerKeyExchange(connection) };
      case 'SW_CERT_REQ':
        return { type: HandshakeType.certificateRequest, body: makeCertificateRequest(connection) };
      case 'SW_SRVR_DONE':
        return { type: HandshakeType.serverHelloDone, body: new Uint8Array(0) };
      case 'SW_SESSION_TICKET':
        return { type: HandshakeType.newSessionTicket, body: makeNewSessionTicket(connection) };
      case 'SW_CHANGE':
        return 'change-cipher-spec';
      case 'SW_FINISHED':
        return { type: HandshakeType.finished, body: makeFinished(connection) };
      default:
        return 'nothing';
    }
  },

  postWork(connection) {
    switch (connection.handState) {
      case 'SW_HELLO_REQ':
      case 'SW_SRVR_DONE':
      case 'SW_FINISHED':
        return 'flush';
      case 'SW_CHANGE':
        changeKeys(connection, 'write');
        return 'go-on';
      default:
        return 'go-on';
    }
  },

  afterFlush(connection) {
    if (connection.handState === 'SW_HELLO_REQ') connection.handshake.transcript = new Transcript();
  },
};

/** The transitions of the table in state.ts; undefined: the message is not expected. */
function nextAfterReading(connection: Connection, messageType: number): ServerHandState | undefined {
  const { handshake } = connection;
  switch (connection.handState) {
    case 'BEFORE':
    case 'OK':
      return messageType === HandshakeType.clientHello ? 'SR_CLNT_HELLO' : undefined;
    case 'SW_SRVR_DONE':
      if (handshake.certificateRequested === 0)
        return messageType === HandshakeType.clientKeyExchange ? 'SR_KEY_EXCH' : undefined;
      return messageType === HandshakeType.certificate ? 'SR_CERT' : undefined;
    case 'SR_CERT':
      return messageType === HandshakeType.clientKeyExchange ? 'SR_KEY_EXCH' : undefined;
    case 'SR_KEY_EXCH':
      if (connection.session?.peerCertificate === undefined)
        return messageType === changeCipherSpec ? 'SR_CHANGE' : undefined;
      return messageType === HandshakeType.certificateVerify ? 'SR_CERT_VRFY' : undefined;
    case 'SR_CERT_VRFY':
      return messageType === changeCipherSpec ? 'SR_CHANGE' : undefined;
    case 'SR_CHANGE':
      return messageType === HandshakeType.finished ? 'SR_FINISHED' : undefined;
    case 'SW_FINISHED':
      return messageType === changeCipherSpec ? 'SR_CHANGE' : undefined;
    default:
      return undefined;
  }
}

/** A ClientHello that nobody asked for, on a connection that has finished a handshake. */
function refusesRenegotiation(connection: Connection): boolean {
  if (connection.renegotiate || connection.isFirstHandshake) return false;
  const allowed =
    connection.profile.clientRenegotiation === 'allowed' || connection.has(Option.allowClientRenegotiation);
  const isSafe = connection.handshake.sendConnectionBinding || connection.has(Option.allowUnsafeLegacyRenegotiation);
  if (connection.has(Option.noRenegotiation) || !allowed || !isSafe) return true;
  connection.renegotiate = true;
  connection.newSession = true;
  return false;
}

function afterKeyExchange(connection: Connection): ServerHandState {
  return requestsCertificate(connection) ? 'SW_CERT_REQ' : 'SW_SRVR_DONE';
}

/** send_certificate_request. */
function requestsCertificate(connection: Connection): boolean {
  if ((connection.verifyMode & Verify.peer) === 0) return false;
  return connection.certificateRequestsSent < 1 || (connection.verifyMode & Verify.clientOnce) === 0;
}

/** Writing to the session is safe in its first handshake alone: a resumed one has its suite already. */
function rememberSuite(connection: Connection): void {
  const { session, handshake } = connection;
  if (session === undefined || handshake.suite === undefined)
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  if (session.cipherSuite === undefined) session.cipherSuite = handshake.suite.code;
  else if (session.cipherSuite !== handshake.suite.code) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
}
