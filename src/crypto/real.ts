import nodeCrypto, { createCipheriv, createDecipheriv, createHash, type Hash } from 'node:crypto';
import { briefBytes } from '../wire/index.js';
import { ascii, concat, plain } from './bytes.js';
import { hkdfLabel } from './hkdf-label.js';
import { keyShares } from './hybrid-key-share.js';
import { realKem } from './kem.js';
import { realDhKeyShare } from './key-share.js';
import {
  type Aead,
  type AeadName,
  aeadTagBytes,
  type BlockCipher,
  type BlockCipherName,
  type CryptoProvider,
  type HashName,
  hashBytes,
  type MacName,
  macBytes,
  type RunningHash,
} from './provider.js';
import { realSigner } from './signatures.js';

/** Standard algorithms, from node:crypto; what must not be random comes from the caller. It keeps the keys it imported. */
export function realCrypto(): CryptoProvider {
  const keys = realSigner();
  return {
    name: 'real',
    startHash: (hash) => runningHash(createHash(hash)),
    hash: hashOf,
    hmac,
    prf,
    hkdfExtract: hmac,
    hkdfExpandLabel,
    ticketId: (ticket) => hashOf('sha256', ticket),
    aead,
    blockCipher,
    cbcEncrypt(key, iv, plaintext) {
      const cipher = createCipheriv('aes-256-cbc', key, iv);
      return concat(cipher.update(plaintext), cipher.final());
    },
    cbcDecrypt(key, iv, ciphertext) {
      const decipher = createDecipheriv('aes-256-cbc', key, iv);
      return finished(decipher.update(ciphertext), () => decipher.final());
    },
    ...keyShares(realDhKeyShare, realKem),
    ...keys,
  };
}

function runningHash(running: Hash): RunningHash {
  return {
    update(bytes) {
      running.update(bytes);
    },
    digest: () => plain(running.copy().digest()),
    copy: () => runningHash(running.copy()),
  };
}

function hashOf(hash: HashName, data: Uint8Array): Uint8Array {
  return plain(hashOnce(hash, data));
}

/** The node that carries OpenSSL 1.1.1, in which tests run this beside it, is too old for the faster way. */
const hashOnce: (hash: MacName, data: Uint8Array) => Uint8Array =
  nodeCrypto.hash === undefined
    ? (hash, data) => createHash(hash).update(data).digest()
    : (hash, data) => nodeCrypto.hash(hash, data, 'buffer');

/** What HMAC takes of a key at a time: the block of the hash, in bytes. */
const hmacBlockBytes: Readonly<Record<MacName, number>> = { sha1: 64, sha256: 64, sha384: 128 };
const innerPad = 0x36;
const outerPad = 0x5c;

/** RFC 2104 §2, of two hashes: one of Node's Hmac objects costs more than both, and more for the collector. */
function hmac(hash: MacName, key: Uint8Array, data: Uint8Array): Uint8Array {
  const blockBytes = hmacBlockBytes[hash];
  const padded = key.length > blockBytes ? hashOnce(hash, key) : key;
  const inner = briefBytes(blockBytes + data.length);
  const outer = briefBytes(blockBytes + macBytes[hash]);
  for (let at = 0; at < blockBytes; at++) {
    const byte = padded[at] ?? 0;
    inner[at] = byte ^ innerPad;
    outer[at] = byte ^ outerPad;
  }
  inner.set(data, blockBytes);
  outer.set(hashOnce(hash, inner), blockBytes);
  return plain(hashOnce(hash, outer));
}

/** RFC 5246 §5: P_hash, with A(0) = label + seed. */
function prf(hash: HashName, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array {
  const labelAndSeed = concat(ascii(label), seed);
  const output = new Uint8Array(length);
  let a = labelAndSeed;
  for (let at = 0; at < length; at += hashBytes[hash]) {
    a = hmac(hash, secret, a);
    output.set(hmac(hash, secret, concat(a, labelAndSeed)).subarray(0, length - at), at);
  }
  return output;
}

/** RFC 5869 §2.3 with the info of RFC 8446 §7.1: T(1) is HMAC(secret, info | 1), each further block begins with the one before. */
function hkdfExpandLabel(
  hash: HashName,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const info = hkdfLabel(label, context, length);
  const first = hmac(hash, secret, concat(info, Uint8Array.of(1)));
  if (length <= first.length) return first.subarray(0, length);
  const output = new Uint8Array(length);
  output.set(first);
  let block = first;
  for (let at = first.length, counter = 2; at < length; at += block.length, counter++) {
    block = hmac(hash, secret, concat(block, info, Uint8Array.of(counter)));
    output.set(block.subarray(0, length - at), at);
  }
  return output;
}

function aead(name: AeadName, key: Uint8Array): Aead {
  const options = { authTagLength: aeadTagBytes };
  // Node's types know the two modes apart; the calls are the same.
  const encryptor = (nonce: Uint8Array) =>
    name === 'chacha20-poly1305'
      ? createCipheriv(name, key, nonce, options)
      : createCipheriv(name === 'aes-128-gcm' ? name : 'aes-256-gcm', key, nonce, options);
  const decryptor = (nonce: Uint8Array) =>
    name === 'chacha20-poly1305'
      ? createDecipheriv(name, key, nonce, options)
      : createDecipheriv(name === 'aes-128-gcm' ? name : 'aes-256-gcm', key, nonce, options);
  return {
    seal(nonce, additionalData, plaintext) {
      const cipher = encryptor(nonce);
      cipher.setAAD(additionalData, { plaintextLength: plaintext.length });
      return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
    },
    open(nonce, additionalData, sealed) {
      const length = sealed.length - aeadTagBytes;
      if (length < 0) {
        return undefined;
      }
      const decipher = decryptor(nonce);
      decipher.setAAD(additionalData, { plaintextLength: length });
      decipher.setAuthTag(sealed.subarray(length));
      return finished(decipher.update(sealed.subarray(0, length)), () => decipher.final());
    },
  };
}

function blockCipher(name: BlockCipherName, key: Uint8Array): BlockCipher {
  return {
    encrypt(iv, blocks) {
      const cipher = createCipheriv(name, key, iv).setAutoPadding(false);
      return concat(cipher.update(blocks), cipher.final());
    },
    decrypt(iv, blocks) {
      const decipher = createDecipheriv(name, key, iv).setAutoPadding(false);
      return concat(decipher.update(blocks), decipher.final());
    },
  };
}

/** `start` and what `final` adds. All that `final` throws for is a tag or a padding that does not fit. */
function finished(start: Uint8Array, final: () => Uint8Array): Uint8Array | undefined {
  try {
    return concat(start, final());
  } catch {
    return undefined;
  }
}
