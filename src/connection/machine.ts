/**
 * The message flow of a handshake: OpenSSL's statem.c. It alternates between reading a flight and writing one, one message at
 * a time, and can stop at any point where the transport has to be waited for. What each message means is in client.ts and
 * server.ts.
 */
import { HandshakeFailure } from '../handshake/index.js';
import type { InfoCallback } from '../session/index.js';
import {
  briefBytes,
  ContentType,
  ExtensionsError,
  HandshakeType,
  handshakeHeaderBytes,
  isHelloRetryRequest,
  randomBytes,
  readHandshakeHeader,
  recordPlaintextBytesMax,
  WireError,
  writeHandshake,
} from '../wire/index.js';
import { clientSide } from './client.js';
import { clientSide13 } from './client-13.js';
import type { Connection } from './connection.js';
import { awaitsPeer, flush } from './flight.js';
import { peerVerifyData, setupHandshake } from './handshake-steps.js';
import { infoCallback, tellExit, tellLoop, tellStart } from './info.js';
import { clearConnection } from './lifecycle.js';
import { readBytes, writeBytes } from './read-write.js';
import { fatal } from './records.js';
import { serverSide } from './server.js';
import { serverSide13 } from './server-13.js';
import { changeCipherSpec, type OutgoingMessage, type Side } from './side.js';
import { beginWriteBuffer } from './write-buffer.js';

const changeCipherSpecByte = 1;
const helloRandomAt = handshakeHeaderBytes + 2;
const laterTypes: ReadonlySet<number> = new Set([HandshakeType.newSessionTicket, HandshakeType.keyUpdate]);
const empty: Uint8Array = new Uint8Array(0);
const changeCipherSpecToo = { acceptChangeCipherSpec: true };
const handshakeAlone = { acceptChangeCipherSpec: false };

/** ossl_statem_connect, ossl_statem_accept: 1 when the handshake is complete, −1 to wait or after an error. */
export function runHandshake(connection: Connection): number {
  if (connection.flow === 'error') return -1;
  connection.library.errors.clear();
  const callback = infoCallback(connection);
  connection.inHandshake += 1;
  if (!connection.inInit || connection.inBefore) {
    if (!clearConnection(connection)) return -1; // as OpenSSL, without taking inHandshake back
  }
  const role = connection.handshakeKind === 'accept' ? 'accept' : 'connect';
  const result = guarded(connection, { role, callback });
  connection.inHandshake -= 1;
  tellExit(connection, callback, { role, result });
  return result;
}

/** How the machine was entered. */
interface Entry {
  readonly role: 'accept' | 'connect';
  /** Of that moment, told of its beginning and its end. */
  readonly callback: InfoCallback | undefined;
}

function run(connection: Connection, entry: Entry): number {
  if (connection.flow === 'uninitialised' || connection.flow === 'finished') begin(connection, entry);
  while (connection.flow !== 'finished') {
    if (connection.flow === 'reading') {
      if (!readFlight(connection)) return -1;
      connection.flow = 'writing';
      connection.writeStep = 'transition';
    } else if (connection.flow === 'writing') {
      const written = writeFlight(connection);
      if (written === 'wait') return -1;
      connection.flow = written === 'end' ? 'finished' : 'reading';
      connection.readStep = 'header';
    } else {
      return -1;
    }
  }
  return 1;
}

/** As soon as a version is chosen, its side goes on with the flight. */
function sideOf(connection: Connection): Side {
  if (connection.isTls13) return connection.server ? serverSide13 : clientSide13;
  return connection.server ? serverSide : clientSide;
}

function begin(connection: Connection, { role, callback }: Entry): void {
  if (connection.flow === 'uninitialised') {
    connection.handState = 'BEFORE';
    connection.requestState = 'BEFORE';
  }
  connection.server = role === 'accept';
  tellStart(connection, callback);
  connection.messageHeader = empty;
  connection.messageBody = [];
  connection.messageBodyBytes = 0;
  connection.handshake.changeCipherSpecReceived = false;
  connection.buffering = true;
  if (connection.profile.recordLayer === 'inline') beginWriteBuffer(connection);
  if (connection.inBefore || connection.renegotiate) {
    setupHandshake(connection);
    if (connection.isFirstHandshake) connection.readStateFirstInit = true;
  }
  connection.flow = 'writing';
  connection.writeStep = 'transition';
}

/** The whole flight is in: true. False: wait, or the connection broke. */
function readFlight(connection: Connection): boolean {
  const callback = infoCallback(connection);
  if (connection.readStateFirstInit) {
    connection.firstPacket = true;
    connection.readStateFirstInit = false;
  }
  for (;;) {
    if (connection.readStep === 'header') {
      if (!readMessageHeader(connection)) return false;
      tellLoop(connection, callback);
      const side = sideOf(connection);
      if (!side.readTransition(connection, connection.messageType)) {
        throw new HandshakeFailure('unexpected_message', 'UNEXPECTED_MESSAGE');
      }
      if (connection.messageLength > side.messageBytesMax(connection)) {
        throw new HandshakeFailure('illegal_parameter', 'EXCESSIVE_MESSAGE_SIZE');
      }
      connection.readStep = 'body';
    }
    if (connection.readStep === 'body') {
      const body = readMessageBody(connection);
      if (body === undefined) return false;
      connection.firstPacket = false;
      connection.messageHeader = empty;
      const next = sideOf(connection).process(connection, body);
      connection.readStep = next === 'post-process' ? 'post-process' : 'header';
      if (next === 'done') return true;
    }
    if (connection.readStep === 'post-process') {
      const next = sideOf(connection).postProcess(connection);
      connection.readStep = 'header';
      if (next === 'done') return true;
    }
  }
}

/** tls_get_message_header; a ChangeCipherSpec counts as a message of its own. */
function readMessageHeader(connection: Connection): boolean {
  for (;;) {
    while (connection.messageHeader.length < handshakeHeaderBytes) {
      const missing = handshakeHeaderBytes - connection.messageHeader.length;
      const got = readBytes(connection, 'handshake', missing, changeCipherSpecToo);
      if (got.outcome <= 0) {
        connection.want = 'reading';
        return false;
      }
      if (got.contentType === ContentType.changeCipherSpec) {
        if (connection.messageHeader.length !== 0 || got.bytes.length !== 1 || got.bytes[0] !== changeCipherSpecByte) {
          throw new HandshakeFailure('unexpected_message', 'BAD_CHANGE_CIPHER_SPEC');
        }
        connection.messageType = changeCipherSpec;
        connection.messageLength = 0;
        return true;
      }
      connection.messageHeader = appended(connection.messageHeader, got.bytes);
    }
    const { type, length } = readHandshakeHeader(connection.messageHeader);
    const ignored =
      !connection.server && connection.handState !== 'OK' && type === HandshakeType.helloRequest && length === 0;
    if (!ignored) {
      connection.messageType = type;
      connection.messageLength = length;
      connection.messageBody = [];
      connection.messageBodyBytes = 0;
      return true;
    }
    connection.messageHeader = empty;
  }
}

/** The body, once all of it is there; it is part of the transcript from then on. */
function readMessageBody(connection: Connection): Uint8Array | undefined {
  if (connection.messageType === changeCipherSpec) return empty;
  while (connection.messageBodyBytes < connection.messageLength) {
    const missing = Math.min(connection.messageLength - connection.messageBodyBytes, recordPlaintextBytesMax);
    const got = readBytes(connection, 'handshake', missing, handshakeAlone);
    if (got.outcome <= 0) {
      connection.want = 'reading';
      return undefined;
    }
    connection.messageBody.push(got.bytes);
    connection.messageBodyBytes += got.bytes.length;
  }
  const raw = briefBytes(handshakeHeaderBytes + connection.messageLength);
  raw.set(connection.messageHeader);
  let at = handshakeHeaderBytes;
  for (const part of connection.messageBody) {
    raw.set(part, at);
    at += part.length;
  }
  connection.messageBody = [];
  if (connection.messageType === HandshakeType.finished)
    connection.handshake.peerVerifyData = peerVerifyData(connection);
  if (isInTranscript(connection, raw)) connection.handshake.transcript.add(raw);
  connection.environment.emit?.({
    kind: 'message',
    ssl: connection.id,
    direction: 'received',
    handshakeType: connection.messageType,
    length: raw.length,
  });
  return raw.subarray(handshakeHeaderBytes);
}

/** In TLS 1.3 what comes after the handshake is no part of it, and a HelloRetryRequest becomes one when it is processed. */
function isInTranscript(connection: Connection, raw: Uint8Array): boolean {
  const { messageType } = connection;
  if (connection.isTls13 && laterTypes.has(messageType)) return false;
  return !(messageType === HandshakeType.serverHello && isRetry(raw));
}

function isRetry(raw: Uint8Array): boolean {
  if (raw.length < helloRandomAt + randomBytes) return false;
  return isHelloRetryRequest({ random: raw.subarray(helloRandomAt, helloRandomAt + randomBytes) });
}

function writeFlight(connection: Connection): 'read' | 'end' | 'wait' {
  const callback = infoCallback(connection);
  for (;;) {
    const side = sideOf(connection);
    if (connection.writeStep === 'transition') {
      tellLoop(connection, callback);
      if (side.writeTransition(connection) === 'read') return 'read';
      connection.writeStep = 'pre-work';
    }
    if (connection.writeStep === 'pre-work') {
      if (side.preWork(connection) === 'end') return 'end';
      const message = side.construct(connection);
      connection.writeStep = message === 'nothing' ? 'post-work' : 'send';
      if (message !== 'nothing') prepare(connection, message);
    }
    if (connection.writeStep === 'send') {
      if (!send(connection)) return 'wait';
      connection.writeStep = 'post-work';
    }
    if (side.postWork(connection) === 'flush') {
      connection.want = 'writing';
      if (flush(connection) <= 0) return 'wait';
      connection.writeRetry = awaitsPeer(connection);
      if (connection.writeRetry) return 'wait';
      connection.want = 'nothing';
      side.afterFlush(connection);
    }
    connection.writeStep = 'transition';
  }
}

function prepare(connection: Connection, message: OutgoingMessage): void {
  if (message === 'change-cipher-spec') {
    connection.outgoing = Uint8Array.of(changeCipherSpecByte);
    connection.messageType = changeCipherSpec;
    return;
  }
  connection.outgoing = writeHandshake(message.type, message.body);
  connection.messageType = message.type;
}

/** ssl3_do_write: into the record layer, and into the transcript. */
function send(connection: Connection): boolean {
  const { outgoing } = connection;
  if (outgoing === undefined) return true;
  const isChange = connection.messageType === changeCipherSpec;
  const contentType = isChange ? ContentType.changeCipherSpec : ContentType.handshake;
  if (writeBytes(connection, contentType, outgoing) <= 0) return false;
  if (!isChange) {
    if (!(connection.isTls13 && laterTypes.has(connection.messageType))) connection.handshake.transcript.add(outgoing);
    connection.environment.emit?.({
      kind: 'message',
      ssl: connection.id,
      direction: 'sent',
      handshakeType: connection.messageType,
      length: outgoing.length,
    });
  }
  connection.outgoing = undefined;
  return true;
}

/** A handler's failure becomes what libssl makes of it: an error in the queue, the alert, −1. */
function guarded(connection: Connection, entry: Entry): number {
  try {
    return run(connection, entry);
  } catch (failure) {
    if (failure instanceof HandshakeFailure) {
      fatal(connection, failure.alert, failure.reason);
      failure.afterAlert();
      return -1;
    }
    if (failure instanceof WireError) return fatal(connection, 'decode_error', wireReason(connection, failure));
    throw failure;
  }
}

/** What OpenSSL calls a message that does not parse: in a ServerHello it is the extensions that it looks at. */
function wireReason(connection: Connection, failure: WireError): string {
  return failure instanceof ExtensionsError || connection.handState === 'CR_SRVR_HELLO'
    ? 'BAD_EXTENSION'
    : 'LENGTH_MISMATCH';
}

function appended(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
