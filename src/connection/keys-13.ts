/** When secrets and keys of TLS 1.3 come to be and take effect: tls13_change_cipher_state, tls13_update_key. RFC 8446 §7. */
import {
  applicationTrafficSecrets,
  type CipherSuiteOfTls13,
  exporterSecret,
  finishedMac,
  HandshakeFailure,
  handshakeSecret,
  handshakeTrafficSecrets,
  type KeyDerivation,
  masterSecretOfTls13,
  nextTrafficSecret,
  resumptionSecret,
  earlySecret as startOfSchedule,
  type TrafficSecrets,
} from '../handshake/index.js';
import type { Connection } from './connection.js';
import { beginReadLayer } from './fragment-length.js';
import { logTrafficSecret } from './key-log.js';
import { Tls13Protection } from './tls13-protection.js';
import { beginWriting } from './write-buffer.js';

export type TrafficEpoch = 'handshake' | 'application';
type Side = 'client' | 'server';

/** What this connection derives its secrets with. */
export function derivationOf(connection: Connection): KeyDerivation {
  return { crypto: connection.environment.crypto, hash: suiteOf(connection).hash };
}

export function suiteOf(connection: Connection): CipherSuiteOfTls13 {
  const { suite13 } = connection.handshake;
  if (suite13 === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  return suite13;
}

/** tls13_generate_handshake_secret. @param shared what the key exchange gave; undefined for a PSK alone */
export function agreeHandshakeSecret(connection: Connection, shared: Uint8Array | undefined): void {
  const { tls13 } = connection;
  const by = derivationOf(connection);
  const resumed = connection.hit ? tls13.earlySecret : undefined;
  const early = resumed ?? startOfSchedule(by, undefined);
  tls13.earlySecret = early;
  tls13.handshakeSecret = handshakeSecret(by, early, shared);
}

/** The secrets of both directions, from the transcript up to ServerHello. */
export function agreeHandshakeTraffic(connection: Connection): void {
  const { tls13, session, handshake } = connection;
  if (tls13.handshakeSecret === undefined || session === undefined)
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  session.cipherSuite = suiteOf(connection).code;
  tls13.handshakeTraffic = handshakeTrafficSecrets(
    derivationOf(connection),
    tls13.handshakeSecret,
    digestOf(connection),
  );
  logTrafficSecret(connection, 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', tls13.handshakeTraffic.client);
  logTrafficSecret(connection, 'SERVER_HANDSHAKE_TRAFFIC_SECRET', tls13.handshakeTraffic.server);
  handshake.preMaster = undefined;
}

/** The secrets of both directions, from the transcript up to the server's Finished. */
export function agreeApplicationTraffic(connection: Connection): void {
  const { tls13 } = connection;
  const by = derivationOf(connection);
  if (tls13.handshakeSecret === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  tls13.masterSecret = masterSecretOfTls13(by, tls13.handshakeSecret);
  tls13.applicationTraffic = applicationTrafficSecrets(by, tls13.masterSecret, digestOf(connection));
  logTrafficSecret(connection, 'CLIENT_TRAFFIC_SECRET_0', tls13.applicationTraffic.client);
  logTrafficSecret(connection, 'SERVER_TRAFFIC_SECRET_0', tls13.applicationTraffic.server);
  if (connection.environment.keyLog === undefined) return; // nobody else asks for it
  logTrafficSecret(connection, 'EXPORTER_SECRET', exporterSecret(by, tls13.masterSecret, digestOf(connection)));
}

/** What tickets are made from, from the transcript up to the client's Finished. */
export function agreeResumptionSecret(connection: Connection): void {
  const { tls13 } = connection;
  if (tls13.masterSecret === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  tls13.resumptionSecret = resumptionSecret(derivationOf(connection), tls13.masterSecret, digestOf(connection));
}

/** The keys of one direction take effect. */
export function changeKeys13(connection: Connection, direction: 'read' | 'write', epoch: TrafficEpoch): void {
  const secret = secretOf(connection, direction, epoch);
  protect(connection, direction, secret);
}

/** tls13_update_key: the next keys of one direction, RFC 8446 §7.2. */
export function updateKeys(connection: Connection, direction: 'read' | 'write'): void {
  const { tls13 } = connection;
  const secret = nextTrafficSecret(derivationOf(connection), secretOf(connection, direction, 'application'));
  const side = sideOf(connection, direction);
  tls13.applicationTraffic = { ...trafficOf(tls13.applicationTraffic), [side]: secret };
  protect(connection, direction, secret);
}

/** RFC 8446 §4.4.4: what a Finished of `sender` holds after the transcript as it stands. */
export function verifyDataOf(connection: Connection, sender: Side): Uint8Array {
  const { tls13 } = connection;
  const isLater = sender === 'client' && !connection.isFirstHandshake;
  const secrets = trafficOf(isLater ? tls13.applicationTraffic : tls13.handshakeTraffic);
  return finishedMac(derivationOf(connection), secrets[sender], digestOf(connection));
}

export function digestOf(connection: Connection): Uint8Array {
  const digest = connection.handshake.transcript.digest();
  if (digest === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  return digest;
}

/** A message that signals a change of keys has to end its record: RFC 8446 §5.1. */
export function requireRecordBoundary(connection: Connection): void {
  if (connection.records.current !== undefined) {
    throw new HandshakeFailure('unexpected_message', 'NOT_ON_RECORD_BOUNDARY');
  }
}

function protect(connection: Connection, direction: 'read' | 'write', secret: Uint8Array): void {
  const { records, environment, library } = connection;
  const protection = new Tls13Protection(environment.crypto, suiteOf(connection), secret, library.recordScratch);
  if (direction === 'write') {
    beginWriting(connection, protection);
    return;
  }
  records.readProtection = protection;
  connection.alertWriting = 'as-keys-say'; // whatever keys they are that come
  records.readsEarlyData = false;
  records.unreleased = false;
  beginReadLayer(connection);
}

function secretOf(connection: Connection, direction: 'read' | 'write', epoch: TrafficEpoch): Uint8Array {
  const { tls13 } = connection;
  const secrets = epoch === 'handshake' ? tls13.handshakeTraffic : tls13.applicationTraffic;
  return trafficOf(secrets)[sideOf(connection, direction)];
}

function sideOf(connection: Connection, direction: 'read' | 'write'): Side {
  return connection.server === (direction === 'write') ? 'server' : 'client';
}

function trafficOf(secrets: TrafficSecrets | undefined): TrafficSecrets {
  if (secrets === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  return secrets;
}
