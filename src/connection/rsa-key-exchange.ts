/** The premaster secret encrypted to the server's key: RFC 5246 §7.4.7.1. */
import { HandshakeFailure } from '../handshake/index.js';
import { readEncryptedPreMasterSecret, writeEncryptedPreMasterSecret } from '../wire/index.js';
import type { Connection } from './connection.js';

const preMasterBytes = 48;
const versionBytes = 2;

/** A client makes the secret, and the body of its ClientKeyExchange: the version that it offered first, then random bytes. */
export function makeEncryptedPreMaster(connection: Connection): Uint8Array {
  const { handshake, environment, clientVersion } = connection;
  const { peerCertificate } = handshake;
  if (peerCertificate?.kind !== 'rsa') throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  const preMaster = new Uint8Array(preMasterBytes);
  connection.fillRandom('premaster', preMaster);
  preMaster[0] = clientVersion >> 8;
  preMaster[1] = clientVersion & 0xff;
  handshake.preMaster = preMaster;
  const encrypted = environment.crypto.rsaEncrypt(peerCertificate.publicKey, preMaster, (target) =>
    connection.fillRandom('premaster-padding', target),
  );
  return writeEncryptedPreMasterSecret({ encrypted });
}

/** A server takes the secret. What does not fit is not told: a random one takes its place, and the handshake fails at Finished. */
export function onEncryptedPreMaster(connection: Connection, body: Uint8Array): void {
  const { handshake, environment, credential, clientVersion } = connection;
  if (credential?.key.kind !== 'rsa') throw new HandshakeFailure('internal_error', 'MISSING_RSA_CERTIFICATE');
  const { encrypted } = readEncryptedPreMasterSecret(body);
  const random = new Uint8Array(preMasterBytes);
  connection.fillRandom('premaster', random);
  const found = environment.crypto.rsaDecrypt(credential.key, encrypted);
  if (found === 'no-ciphertext') throw new HandshakeFailure('decrypt_error', 'DECRYPTION_FAILED');
  const fits =
    found !== 'bad-padding' &&
    found.length === preMasterBytes &&
    found.subarray(0, versionBytes).every((byte, i) => byte === (i === 0 ? clientVersion >> 8 : clientVersion & 0xff));
  handshake.preMaster = fits ? found : random;
}
