import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as nodeSign,
  verify as nodeVerify,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { concat, plain } from './bytes.js';
import { ecPrivateScalar } from './der-keys.js';
import { signP256 } from './ecdsa.js';
import { CryptoError } from './error.js';
import { pssSaltBytes, publicKeyKind, requireScheme, schemeFits } from './keys.js';
import type { CryptoProvider, PrivateKey } from './provider.js';
import { signPss } from './pss.js';
import { padForEncryption, rsaBlockBytes, withoutPadding } from './rsa-encryption.js';

/** How many public keys a provider keeps imported: a world has a few servers. The oldest goes first. */
const publicKeysKeptMax = 64;

/** Signatures and encryption to RSA keys with real algorithms. Each signer keeps the keys that it imported: an import costs more than a signature. */
export function realSigner(): Pick<CryptoProvider, 'sign' | 'verify' | 'rsaEncrypt' | 'rsaDecrypt'> {
  const privateKeys = new WeakMap<PrivateKey, KeyObject>();
  const scalars = new WeakMap<PrivateKey, bigint>();
  const publicKeys = new Map<string, KeyObject>();

  return {
    sign(key, scheme, message, fill) {
      requireScheme(key.kind, scheme);
      switch (scheme) {
        case 'ecdsa_secp256r1_sha256':
          return signP256(
            kept(scalars, key, () => ecPrivateScalar(key.pkcs8)),
            message,
          );
        case 'rsa_pkcs1_sha256':
          return new Uint8Array(nodeSign('sha256', message, imported(key)));
        case 'rsa_pss_rsae_sha256': {
          const salt = new Uint8Array(pssSaltBytes);
          fill(salt);
          return signPss(imported(key), message, salt);
        }
        case 'ed25519':
          return new Uint8Array(nodeSign(null, message, imported(key)));
      }
    },
    rsaEncrypt(publicKey, message, fill) {
      const key = importedPublic(publicKey);
      if (key === undefined || publicKeyKind(publicKey) !== 'rsa-2048') {
        throw new CryptoError('only an RSA key takes what is encrypted to it');
      }
      return plain(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, padForEncryption(message, fill)));
    },
    rsaDecrypt(key, ciphertext) {
      if (key.kind !== 'rsa-2048' || ciphertext.length > rsaBlockBytes) return 'no-ciphertext';
      const block = concat(new Uint8Array(rsaBlockBytes - ciphertext.length), ciphertext);
      let padded: Uint8Array;
      try {
        padded = plain(privateDecrypt({ key: imported(key), padding: constants.RSA_NO_PADDING }, block));
      } catch {
        return 'no-ciphertext'; // a number that is not below the modulus
      }
      return withoutPadding(padded);
    },
    verify(publicKey, scheme, message, signature) {
      const kind = publicKeyKind(publicKey);
      if (kind === undefined || !schemeFits(kind, scheme)) {
        return false;
      }
      const key = importedPublic(publicKey);
      if (key === undefined) {
        return false;
      }
      switch (scheme) {
        case 'ecdsa_secp256r1_sha256':
        case 'rsa_pkcs1_sha256':
          return nodeVerify('sha256', message, key, signature);
        case 'rsa_pss_rsae_sha256':
          return nodeVerify(
            'sha256',
            message,
            { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pssSaltBytes },
            signature,
          );
        case 'ed25519':
          return nodeVerify(null, message, key, signature);
      }
    },
  };

  function imported(key: PrivateKey): KeyObject {
    return kept(privateKeys, key, () =>
      createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' }),
    );
  }

  /** Undefined for what has the form of a key but is none, such as a point off the curve. */
  function importedPublic(spki: Uint8Array): KeyObject | undefined {
    const der = Buffer.from(spki);
    const name = der.toString('latin1');
    let key = publicKeys.get(name);
    if (key === undefined) {
      try {
        key = createPublicKey({ key: der, format: 'der', type: 'spki' });
      } catch {
        return undefined;
      }
      const [oldest] = publicKeys.keys();
      if (oldest !== undefined && publicKeys.size >= publicKeysKeptMax) {
        publicKeys.delete(oldest);
      }
      publicKeys.set(name, key);
    }
    return key;
  }
}

function kept<Key extends object, Value>(map: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
