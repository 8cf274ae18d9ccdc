/** Steps of a handshake that both sides take: setting up, secrets and keys, Finished, the end. */
import {
  extendedMasterSecret,
  HandshakeFailure,
  isBeforeTls12,
  keyBlock,
  masterSecret,
  NeedsOldVersion,
  Transcript,
  verifyData,
  versionRange,
} from '../handshake/index.js';
import { assert, equalBytes, negotiatedMethod } from '../session/index.js';
import { ProtocolVersion, readFinished, writeFinished } from '../wire/index.js';
import { AeadProtection } from './aead-protection.js';
import { BlockProtection } from './block-protection.js';
import type { Connection } from './connection.js';
import { beginReadLayer } from './fragment-length.js';
import { tellDone } from './info.js';
import { logMasterSecret } from './key-log.js';
import { verifyDataOf } from './keys-13.js';
import { nothing } from './nothing.js';
import { updateCache } from './sessions.js';
import { CacheMode } from './state.js';
import { suitesOf12, suitesOf13 } from './suites.js';
import { beginWriting } from './write-buffer.js';

/** tls_setup_handshake: a handshake starts, first or renewed; the counters say so. */
export function setupHandshake(connection: Connection): void {
  const { context, sessionContext, handshake, profile } = connection;
  handshake.transcript = new Transcript();
  const oldLine = profile.cacheOrder === 'insertion'; // 1.1.1 looks here on servers alone, and names no reason
  if ((!oldLine || connection.server) && versionRange(connection.versionLimits) === undefined) {
    throw oldLine
      ? new HandshakeFailure('internal_error', 'INTERNAL_ERROR')
      : new HandshakeFailure('protocol_version', 'NO_PROTOCOLS_AVAILABLE');
  }
  if (connection.server) {
    if (!hasSuiteFor(connection, versionRange(connection.versionLimits)?.max))
      throw new HandshakeFailure('handshake_failure', 'NO_CIPHERS_AVAILABLE');
    if (connection.isFirstHandshake) {
      sessionContext.statistics.accept += 1;
    } else {
      context.statistics.acceptRenegotiate += 1;
      handshake.certificateRequested = 0;
    }
  } else {
    if (connection.isFirstHandshake) sessionContext.statistics.connect += 1;
    else sessionContext.statistics.connectRenegotiate += 1;
    handshake.forgetHello();
    connection.hit = false;
    handshake.certificateRequested = 0;
  }
}

/** Whether the server has a suite for the highest version: those of TLS 1.3 are for that alone, and up to TLS 1.1 there is HMAC-SHA-1 alone. */
function hasSuiteFor(connection: Connection, version: number | undefined): boolean {
  if (version === ProtocolVersion.tls13) return suitesOf13(connection).length > 0;
  const suites = suitesOf12(connection);
  return version === ProtocolVersion.tls12 ? suites.length > 0 : suites.some(isBeforeTls12);
}

/** The master secret, once the transcript includes ClientKeyExchange. RFC 7627 §4 where both sides sent the extension. */
export function agreeMasterSecret(connection: Connection): void {
  const { handshake, session, environment } = connection;
  const { suite, preMaster, transcript } = handshake;
  assert(
    suite !== undefined && preMaster !== undefined && session !== undefined,
    'a key exchange follows a ServerHello',
  );
  if (session.extendedMasterSecret) {
    const sessionHash = transcript.digest();
    assert(sessionHash !== undefined, 'the hash is known since ServerHello');
    session.masterKey = extendedMasterSecret(environment.crypto, suite, preMaster, sessionHash);
  } else {
    session.masterKey = masterSecret(environment.crypto, suite, preMaster, handshake.randoms());
  }
  handshake.preMaster = undefined;
}

/** The keys of one direction take effect. */
export function changeKeys(connection: Connection, direction: 'read' | 'write'): void {
  const { handshake, session, environment, records } = connection;
  const { suite } = handshake;
  if (suite === undefined || session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  handshake.keyBlock ??= keyBlock(environment.crypto, suite, session.masterKey, handshake.randoms());
  const block = handshake.keyBlock;
  const writesAsServer = connection.server === (direction === 'write');
  const keys = writesAsServer ? block.server : block.client;
  const { version } = connection;
  const protection =
    suite.records.form === 'aead'
      ? new AeadProtection(environment.crypto, suite.records, keys, {
          version,
          scratch: connection.library.recordScratch,
          fillNonce: direction === 'write' ? (target) => connection.fillRandom('record-nonce', target) : undefined,
        })
      : new BlockProtection(environment.crypto, suite.records, keys, {
          version,
          encryptThenMac: handshake.encryptThenMac,
          fillIv: (target) => connection.fillRandom('record-iv', target),
        });
  if (direction === 'write') {
    beginWriting(connection, protection);
  } else {
    connection.alertWriting = 'as-keys-say'; // tls1_change_cipher_state, whatever keys write has
    records.readProtection = protection; // with 3.5 a new layer, which has nothing to be given back
    records.unreleased = false;
    beginReadLayer(connection);
  }
}

/** tls_process_change_cipher_spec: from here on the peer's records are protected. */
export function onChangeCipherSpec(connection: Connection): void {
  const { handshake, session } = connection;
  if (handshake.suite === undefined) throw new HandshakeFailure('unexpected_message', 'CCS_RECEIVED_EARLY');
  if (handshake.keyBlock === undefined && (session === undefined || session.masterKey.length === 0)) {
    connection.library.errors.push('CCS_RECEIVED_EARLY'); // ssl3_do_change_cipher_spec says so before its caller does
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
  handshake.changeCipherSpecReceived = true;
  if (session !== undefined) session.cipherSuite ??= handshake.suite.code;
  changeKeys(connection, 'read');
}

/** What the peer's Finished must hold, from the transcript before it. */
export function peerVerifyData(connection: Connection): Uint8Array {
  const sender = connection.server ? 'client' : 'server';
  return connection.isTls13 ? verifyDataOf(connection, sender) : finishedOf(connection, sender);
}

/** tls_process_finished. */
export function onFinished(connection: Connection, body: Uint8Array): void {
  const { handshake } = connection;
  if (connection.server) connection.cleanupAfterHandshake = true;
  if (!handshake.changeCipherSpecReceived) throw new HandshakeFailure('unexpected_message', 'GOT_A_FIN_BEFORE_A_CCS');
  handshake.changeCipherSpecReceived = false;
  const expected = handshake.peerVerifyData;
  handshake.peerFinishedLength = expected.length;
  if (body.length !== expected.length) throw new HandshakeFailure('decode_error', 'BAD_DIGEST_LENGTH');
  if (!equalBytes(readFinished(body).verifyData, expected))
    throw new HandshakeFailure('decrypt_error', 'DIGEST_CHECK_FAILED');
  if (connection.server) handshake.previousClientFinished = expected;
  else handshake.previousServerFinished = expected;
}

/** tls_construct_finished: the body. */
export function makeFinished(connection: Connection): Uint8Array {
  const { handshake } = connection;
  if (!connection.server) connection.cleanupAfterHandshake = true;
  const data = finishedOf(connection, connection.server ? 'server' : 'client');
  logMasterSecret(connection);
  handshake.finishedLength = data.length;
  if (connection.server) handshake.previousServerFinished = data;
  else handshake.previousClientFinished = data;
  return writeFinished({ verifyData: data });
}

/** tls_finish_handshake: stores the session, counts, and leaves the handshake. */
export function finishHandshake(connection: Connection): void {
  connection.buffering = false;
  if (connection.tls13.lateAuthentication !== 'requested') connection.handshake.finish(); // else it goes on with the answer
  if (connection.version === ProtocolVersion.tls13) connection.handshake.dropRandoms();
  connection.tls13.finish();
  connection.temporarySessionId = nothing;
  const hadFinished = connection.cleanupAfterHandshake;
  settleHandshake(connection);
  connection.inInit = false;
  tellDone(connection, hadFinished);
}

/** The same for a server of TLS 1.3 that goes straight on to its tickets: the flight is not over. */
export function finishWithTicketsToSend(connection: Connection): void {
  const hadFinished = connection.cleanupAfterHandshake;
  settleHandshake(connection);
  connection.inInit = false; // as the callback may expect it
  tellDone(connection, hadFinished);
  connection.inInit = true;
}

/** The same where the application goes on with early data: no Finished has come. */
export function pauseForEarlyData(connection: Connection): void {
  connection.inInit = false;
  tellDone(connection, false);
}

function settleHandshake(connection: Connection): void {
  const { context, sessionContext } = connection;
  if (connection.cleanupAfterHandshake) {
    connection.renegotiate = false;
    connection.newSession = false;
    connection.cleanupAfterHandshake = false;
    connection.ticketExpected = false;
    if (connection.server) {
      if (!connection.isTls13) updateCache(connection, 'server');
      // the callback for new sessions may have given the connection another context
      const counted = connection.profile.countsAcceptGoodOf === 'switched' ? connection.context : context;
      counted.statistics.acceptGood += 1;
      connection.handshakeKind = 'accept';
    } else {
      if (connection.isTls13) useOnce(connection);
      else updateCache(connection, 'client');
      if (connection.hit) sessionContext.statistics.hits += 1;
      connection.handshakeKind = 'connect';
      sessionContext.statistics.connectGood += 1;
    }
  }
}

/** A ticket of TLS 1.3 is better not used again: its session leaves the client's cache. */
function useOnce(connection: Connection): void {
  const { sessionContext, session } = connection;
  if ((sessionContext.cacheMode & CacheMode.client) !== 0) sessionContext.cache.remove(session ?? null);
}

/** The transcript's hash starts with the cipher suite that ServerHello names. */
export function startTranscriptHash(connection: Connection): void {
  const { handshake, environment } = connection;
  assert(handshake.suite !== undefined, 'ServerHello has named a suite');
  handshake.transcript.start(environment.crypto, handshake.suite.hash);
}

/** A negotiated connection speaks one version: the method is that version's from now on. */
export function fixVersion(
  connection: Connection,
  version: number,
  options: { readonly methodOf: 'client' | 'server' },
): void {
  connection.version = version;
  connection.records.version = version;
  if (connection.method.version !== 'any') return;
  const method = negotiatedMethod(version, options.methodOf);
  if (method === undefined) throw new NeedsOldVersion(version);
  connection.method = method;
}

function finishedOf(connection: Connection, sender: 'client' | 'server'): Uint8Array {
  const { handshake, session, environment } = connection;
  const hash = handshake.transcript.digest();
  if (handshake.suite === undefined || session === undefined || hash === undefined) {
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  }
  if (connection.profile.needsMasterSecret && session.masterKey.length === 0)
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR'); // tls1_PRF
  return verifyData(environment.crypto, handshake.suite, session.masterKey, sender, hash);
}
