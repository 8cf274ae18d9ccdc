/** A client reads the ServerKeyExchange of ECDHE, each part judged before the next is read: tls_process_key_exchange. RFC 8422 §5.4. */
import { groupName, HandshakeFailure, offeredSchemes, schemeFitsKey, signatureName } from '../handshake/index.js';
import { briefBytes, Reader, serverKeyExchangeParams } from '../wire/index.js';
import { badShare, isNoPoint, noPoint } from './bad-share.js';
import { requirePointAndCurve } from './choose-suite.js';
import type { Connection } from './connection.js';
import { groupsOf12 } from './groups.js';
import { parsed } from './parsed.js';

const namedCurve = 3; // ECCurveType
const randomBytes = 32;
const pointBounds = { min: 0, max: 2 ** 8 - 1 };
const signatureBounds = { min: 0, max: 2 ** 16 - 1 };

export function onServerKeyExchange(connection: Connection, body: Uint8Array): void {
  const { handshake, environment, session } = connection;
  const r = new Reader(body);
  const [curveType, namedGroup] = parsed(() => [r.u8(), r.u16()] as const, 'LENGTH_TOO_SHORT');
  const group = groupName(namedGroup);
  if (curveType !== namedCurve || group === undefined || !groupsOf12(connection).includes(namedGroup))
    throw new HandshakeFailure('illegal_parameter', 'WRONG_CURVE');
  const publicKey = parsed(() => r.opaque(pointBounds), 'LENGTH_MISMATCH');
  handshake.keyShare = environment.crypto.keyShare(group, (target) => connection.fillRandom('key-share', target));
  const secret = handshake.keyShare.agree(publicKey);
  if (secret === undefined && isNoPoint(connection, group, publicKey)) throw noPoint();
  verifyParams(connection, r, serverKeyExchangeParams(namedGroup, publicKey));
  if (secret === undefined) throw badShare(connection, group, publicKey);
  if (session === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  session.keyExchangeGroup = namedGroup;
  handshake.preMaster = secret;
}

/** The signature over both randoms and the parameters. */
function verifyParams(connection: Connection, r: Reader, params: Uint8Array): void {
  const { handshake, environment } = connection;
  const { peerCertificate } = handshake;
  if (peerCertificate === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  const code = parsed(() => r.u16(), 'LENGTH_TOO_SHORT');
  const scheme = signatureName(code);
  const isOffered = offeredSchemes(connection.profile).includes(code);
  if (scheme === undefined || !isOffered || !schemeFitsKey(code, peerCertificate))
    throw new HandshakeFailure('illegal_parameter', 'WRONG_SIGNATURE_TYPE');
  requirePointAndCurve(connection, peerCertificate.kind);
  const signature = parsed(() => {
    const bytes = r.opaque(signatureBounds);
    r.end();
    return bytes;
  }, 'LENGTH_MISMATCH');
  const signed = briefBytes(2 * randomBytes + params.length);
  signed.set(handshake.clientRandom);
  signed.set(handshake.serverRandom, randomBytes);
  signed.set(params, 2 * randomBytes);
  if (!environment.crypto.verify(peerCertificate.publicKey, scheme, signed, signature))
    throw new HandshakeFailure('decrypt_error', 'BAD_SIGNATURE');
}
