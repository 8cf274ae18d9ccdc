/** How a handshake ends with a share of the peer that gives no secret, or that is none. */
import type { GroupName } from '../crypto/index.js';
import { HandshakeFailure } from '../handshake/index.js';
import type { Connection } from './connection.js';

const uncompressed = 4;

/** What was read as a share has no secret: at the moment at which libssl sets the peer's key, or at which it derives from it. */
export function badShare(connection: Connection, group: GroupName, share: Uint8Array): HandshakeFailure {
  const { profile, server, isTls13 } = connection;
  if (group === 'X25519MLKEM768' && !server) return new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  switch (connection.environment.crypto.shareFault(group, share)) {
    case 'no-point':
      if (isTls13 || !server) return noPoint();
      return profile.alertOfNoSecret === 'internal_error'
        ? new HandshakeFailure('internal_error', 'EC_LIB')
        : new HandshakeFailure('illegal_parameter', 'BAD_KEY_SHARE');
    case 'infinity':
      return new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    case 'small-order':
      return profile.alertOfNoSecret === 'internal_error'
        ? new HandshakeFailure('internal_error', 'INTERNAL_ERROR')
        : new HandshakeFailure('illegal_parameter', 'BAD_KEY_SHARE');
  }
}

/** Whether libssl has refused it before it derives anything. */
export function isNoPoint({ environment }: Connection, group: GroupName, share: Uint8Array): boolean {
  return environment.crypto.shareFault(group, share) === 'no-point';
}

export function noPoint(): HandshakeFailure {
  return new HandshakeFailure('illegal_parameter', 'BAD_ECPOINT');
}

/** TLS 1.3: a point of a curve has to come in the one form that is left. */
export function requireForm({ profile }: Connection, group: GroupName, share: Uint8Array): void {
  const isPoint = group.startsWith('secp');
  if (profile.pointsOfTls13 === 'uncompressed' && isPoint && share[0] !== uncompressed) throw noPoint();
}
