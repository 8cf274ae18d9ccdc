/** The messages that a client makes and reads in TLS 1.3, ServerHello and tickets apart: RFC 8446 §4.3, §4.4. */
import { HandshakeFailure } from '../handshake/index.js';
import { equalBytes, type Session } from '../session/index.js';
import {
  ExtensionType,
  Reader,
  readEmpty,
  readExtensionList,
  readSignatureAlgorithms,
  writeCertificateOfTls13,
} from '../wire/index.js';
import { readAuthoritiesExtension } from './certificate-authorities.js';
import { isSchemeOf13 } from './certificate-verify-13.js';
import { collectExtensions13, orBadExtension } from './collect-extensions.js';
import type { Connection } from './connection.js';
import { onAnsweredFragmentLength, settleFragmentLength } from './fragment-length.js';
import { keepProtocol, onAnsweredServerName, readOneProtocol } from './hello-extensions.js';
import { agreeApplicationTraffic, changeKeys13, requireRecordBoundary, verifyDataOf } from './keys-13.js';
import { parsed } from './parsed.js';
import { takePeerChain, wholeList } from './peer-chain.js';
import { answerServerName } from './server-name.js';
import { Option, Shutdown } from './state.js';

const contextBounds = { min: 0, max: 2 ** 8 - 1 };
const extensionsBounds = { min: 0, max: 2 ** 16 - 1 };
export function onEncryptedExtensions(connection: Connection, body: Uint8Array): void {
  const { handshake } = connection;
  const list = parsed(() => {
    const r = new Reader(body);
    const whole = r.sub(extensionsBounds);
    r.end();
    return whole;
  }, 'LENGTH_MISMATCH');
  const extensions = collectExtensions13(connection, readExtensionList(list), 'encrypted extensions');
  handshake.alpnSelected = undefined;
  for (const [type, data] of extensions) onEncryptedExtension(connection, type, data);
  answerServerName(connection);
  settleFragmentLength(connection, { offered: false });
  settleAcceptedEarlyData(connection, { isAccepted: extensions.has(ExtensionType.earlyData) });
}

function onEncryptedExtension(connection: Connection, type: number, data: Uint8Array): void {
  const { handshake, session } = connection;
  switch (type) {
    case ExtensionType.serverName:
      onAnsweredServerName(connection, data);
      break;
    case ExtensionType.maxFragmentLength:
      onAnsweredFragmentLength(connection, data);
      break;
    case ExtensionType.alpn:
      handshake.alpnSelected = readOneProtocol(data);
      if (!isProtocolOf(session, handshake.alpnSelected)) connection.earlyData.isAllowed = false;
      keepProtocol(connection);
      break;
    case ExtensionType.earlyData:
      parsed(() => readEmpty(data), 'BAD_EXTENSION');
      if (!connection.earlyData.isAllowed || !connection.hit)
        throw new HandshakeFailure('illegal_parameter', 'BAD_EXTENSION');
      connection.earlyData.status = 'accepted';
      break;
    default:
      break;
  }
}

/** final_alpn and final_early_data: the protocol of the session has to be agreed on again. */
function settleAcceptedEarlyData(connection: Connection, { isAccepted }: { readonly isAccepted: boolean }): void {
  const { handshake, session, earlyData } = connection;
  if (handshake.alpnSelected === undefined && session?.alpnSelected !== undefined) earlyData.isAllowed = false;
  if (isAccepted && !earlyData.isAllowed) throw new HandshakeFailure('illegal_parameter', 'BAD_EARLY_DATA');
}

function isProtocolOf(session: Session | undefined, protocol: Uint8Array | undefined): boolean {
  const before = session?.alpnSelected;
  return before !== undefined && protocol !== undefined && equalBytes(before, protocol);
}

/** The certificate itself is asked for only after the server's has been verified; after the handshake at once. */
export function onCertificateRequest13(connection: Connection, body: Uint8Array): 'continue' | 'done' | 'post-process' {
  const { handshake, tls13 } = connection;
  if ((connection.shutdown & Shutdown.sent) !== 0) return 'done'; // nothing can be answered any more
  const r = new Reader(body);
  handshake.certificateContext = parsed(() => r.opaque(contextBounds), 'LENGTH_MISMATCH').slice();
  const list = parsed(() => r.sub(extensionsBounds), 'BAD_LENGTH');
  const extensions = collectExtensions13(connection, readExtensionList(list), 'certificate request');
  const schemesOf = (type: number): readonly number[] | undefined => {
    const data = extensions.get(type);
    return data && orBadExtension(() => readSignatureAlgorithms(data));
  };
  schemesOf(ExtensionType.signatureAlgorithmsCert); // nobody asks for them later
  const schemes = schemesOf(ExtensionType.signatureAlgorithms);
  const authorities = extensions.get(ExtensionType.certificateAuthorities);
  if (authorities !== undefined) readAuthoritiesExtension(authorities);
  if (schemes === undefined && !connection.hit)
    throw new HandshakeFailure('missing_extension', 'MISSING_SIGALGS_EXTENSION');
  parsed(() => r.end(), 'LENGTH_MISMATCH');
  const isKept = !connection.hit || connection.profile.resumedClientHasSchemes;
  handshake.peerSchemes = isKept && schemes !== undefined ? schemes.filter(isSchemeOf13) : [];
  handshake.certificateRequested = 1;
  return tls13.lateAuthentication === 'requested' ? 'post-process' : 'continue';
}

export function onCertificateOfServer(connection: Connection, body: Uint8Array): void {
  const r = new Reader(body);
  const context = parsed(() => r.opaque(contextBounds), 'LENGTH_MISMATCH');
  const list = wholeList(r);
  if (context.length > 0 || list.remaining === 0) throw new HandshakeFailure('decode_error', 'LENGTH_MISMATCH');
  takePeerChain(connection, list, 'bad_certificate');
}

/** tls_construct_client_certificate: the keys that protect it come into use only here where a ChangeCipherSpec went before. */
export function makeCertificateOfClient(connection: Connection): Uint8Array {
  const { handshake, credential } = connection;
  if (connection.isFirstHandshake && changesKeysLate(connection)) changeKeys13(connection, 'write', 'handshake');
  const chain = handshake.certificateRequested === 1 ? (credential?.chain ?? []) : [];
  return writeCertificateOfTls13({
    certificateRequestContext: handshake.certificateContext,
    certificateList: chain.map((certData) => ({ certData, extensions: [] })),
  });
}

/** tls_process_finished: from here on the server's application data may come. */
export function onFinishedOfServer(connection: Connection, body: Uint8Array): void {
  const { handshake } = connection;
  requireRecordBoundary(connection);
  const expected = handshake.peerVerifyData;
  checkFinished(body, expected);
  handshake.peerFinishedLength = expected.length;
  agreeApplicationTraffic(connection);
  changeKeys13(connection, 'read', 'application');
}

export function makeFinishedOfClient(connection: Connection): Uint8Array {
  const { handshake, tls13 } = connection;
  if (tls13.lateAuthentication !== 'requested') connection.cleanupAfterHandshake = true;
  if (handshake.certificateRequested === 0 && changesKeysLate(connection))
    changeKeys13(connection, 'write', 'handshake');
  const data = verifyDataOf(connection, 'client');
  handshake.finishedLength = data.length;
  return data;
}

/** Whether the handshake's keys protect what is written only from Certificate or Finished on. */
export function changesKeysLate(connection: Connection): boolean {
  if (connection.profile.writesWithHandshakeKeys === 'from-first-message') return true;
  return connection.has(Option.enableMiddleboxCompat) || connection.earlyData.phase !== 'none';
}

/** What both sides check of a Finished. */
export function checkFinished(body: Uint8Array, expected: Uint8Array): void {
  if (body.length !== expected.length) throw new HandshakeFailure('decode_error', 'BAD_DIGEST_LENGTH');
  if (!equalBytes(body, expected)) throw new HandshakeFailure('decrypt_error', 'DIGEST_CHECK_FAILED');
}
