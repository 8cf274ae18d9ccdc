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
import { curveOf } from './curves.js';
import { ecPrivateScalar } from './der-keys.js';
import { type EcdsaKey, signEcdsa } from './ecdsa.js';
import { CryptoError } from './error.js';
import { modulusBits, modulusBytes, publicKeyKind, requireScheme, saltBytes, schemeFits, schemeForm } from './keys.js';
import type { CryptoProvider, PrivateKey } from './provider.js';
import { signPss } from './pss.js';
import { padForEncryption, withoutPadding } from './rsa-encryption.js';

/** How many public keys a provider keeps imported: a world has a few servers. The oldest goes first. */
const publicKeysKeptMax = 64;

/** Signatures and encryption to RSA keys with real algorithms. Each signer keeps the keys that it imported: an import costs more than a signature. */
export function realSigner(): Pick<CryptoProvider, 'sign' | 'verify' | 'rsaEncrypt' | 'rsaDecrypt'> {
  const privateKeys = new WeakMap<PrivateKey, KeyObject>();
  const curveKeys = new WeakMap<PrivateKey, EcdsaKey>();
  const publicKeys = new Map<string, KeyObject>();

  return {
    sign(key, scheme, message, fill) {
      requireScheme(key.kind, scheme);
      const { form, digest } = schemeForm(scheme);
      const curve = curveOf(key.kind);
      if (curve !== undefined && digest !== null) {
        const ecdsaKey = kept(curveKeys, key, () => ({ curve, scalar: ecPrivateScalar(key.pkcs8) }));
        return signEcdsa(ecdsaKey, digest, message);
      }
      if (form === 'pss' && digest !== null) {
        const salt = new Uint8Array(saltBytes(scheme));
        fill(salt);
        return signPss(imported(key), message, salt, { digest, modulusBits: modulusBits(key.publicKey) ?? 0 });
      }
      return new Uint8Array(nodeSign(digest, message, imported(key)));
    },
    rsaEncrypt(publicKey, message, fill) {
      const key = importedPublic(publicKey);
      const blockBytes = modulusBytes(publicKey);
      if (key === undefined || blockBytes === undefined) {
        throw new CryptoError('only an RSA key takes what is encrypted to it');
      }
      const block = padForEncryption(message, blockBytes, fill);
      return plain(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block));
    },
    rsaDecrypt(key, ciphertext) {
      const blockBytes = modulusBytes(key.publicKey);
      if (blockBytes === undefined || ciphertext.length > blockBytes) return 'no-ciphertext';
      const block = concat(new Uint8Array(blockBytes - ciphertext.length), ciphertext);
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
      const { form, digest } = schemeForm(scheme);
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      const keyAndForm = form === 'pss' ? { key, padding, saltLength: saltBytes(scheme) } : key;
      try {
        return nodeVerify(digest, message, keyAndForm, signature);
      } catch {
        return false; // such as a modulus that has no room for hash and salt
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
