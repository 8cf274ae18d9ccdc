import { briefBytes } from '../wire/index.js';
import { CryptoError } from './error.js';
import { fastKem } from './fast-kem.js';
import { fastDhKeyShare } from './fast-key-share.js';
import { keyShares } from './hybrid-key-share.js';
import { modulusBytes, publicKeyKind, requireScheme, saltBytes, schemeFits, signatureBytes } from './keys.js';
import { Mixer } from './mixer.js';
import {
  type Aead,
  type AeadName,
  aeadTagBytes,
  type BlockCipher,
  type BlockCipherName,
  type CryptoProvider,
  cipherBlockBytes,
  hashBytes,
  macBytes,
  type RunningHash,
  type SignatureName,
} from './provider.js';
import { padForEncryption, withoutPadding } from './rsa-encryption.js';

/** One number for each use of the mixer. */
const Domain = {
  hash: 1,
  hmac: 2,
  prf: 3,
  aead: 4,
  cbc: 5,
  signature: 6,
  block: 7,
  rsa: 8,
  extract: 12,
  expand: 13,
} as const;

/** Bytes of what a PRF makes to be kept; what is longer is cut up. */
const kept = 48;

/**
 * Cheap arithmetic of the same sizes, draws and refusals as `realCrypto`, for campaigns. It notices each changed byte and
 * each wrong key, and keeps nothing secret: anybody can compute a signature from the public key. Never on a real socket.
 */
export function fastCrypto(): CryptoProvider {
  return {
    name: 'fast',
    startHash: (hash) => new FastHash(new Mixer(Domain.hash).text(hash), hashBytes[hash]),
    hash: (hash, data) => new Mixer(Domain.hash).text(hash).bytes(data).fill(new Uint8Array(hashBytes[hash])),
    hmac(hash, key, data) {
      const mixer = new Mixer(Domain.hmac).text(hash).number(key.length).bytes(key);
      return mixer.bytes(data).fill(new Uint8Array(macBytes[hash]));
    },
    prf(hash, secret, label, seed, length) {
      const mixer = new Mixer(Domain.prf).text(hash).number(secret.length).bytes(secret);
      return mixer
        .text(label)
        .bytes(seed)
        .fill(length > kept ? briefBytes(length) : new Uint8Array(length));
    },
    hkdfExtract(hash, salt, inputKeyingMaterial) {
      const mixer = new Mixer(Domain.extract).number(hashBytes[hash]).number(salt.length).bytes(salt);
      return mixer.bytes(inputKeyingMaterial).fill(new Uint8Array(hashBytes[hash]));
    },
    hkdfExpandLabel(hash, secret, label, context, length) {
      const mixer = new Mixer(Domain.expand).number(hashBytes[hash]).number(secret.length).bytes(secret);
      return mixer.number(length).text(label).number(context.length).bytes(context).fill(new Uint8Array(length));
    },
    ticketId: (ticket) => new Mixer(Domain.hash).text('sha256').bytes(ticket).fill(new Uint8Array(hashBytes.sha256)),
    aead: (name, key) => new FastAead(name, key),
    blockCipher,
    cbcEncrypt,
    cbcDecrypt,
    ...keyShares(fastDhKeyShare, fastKem),
    sign(key, scheme, message, fill) {
      requireScheme(key.kind, scheme);
      const signature = new Uint8Array(signatureBytes(key.publicKey));
      const salt = signature.subarray(0, saltBytes(scheme));
      fillSalt(salt, fill);
      signatureMixer(key.publicKey, scheme, salt, message).fill(signature.subarray(salt.length));
      return signature;
    },
    rsaEncrypt(publicKey, message, fill) {
      const blockBytes = modulusBytes(publicKey);
      if (blockBytes === undefined) throw new CryptoError('only an RSA key takes what is encrypted to it');
      const block = padForEncryption(message, blockBytes, fill);
      foldHalf(publicKey, block, 'first');
      foldHalf(publicKey, block, 'second');
      return block;
    },
    rsaDecrypt(key, ciphertext) {
      const blockBytes = modulusBytes(key.publicKey);
      if (blockBytes === undefined || ciphertext.length > blockBytes) return 'no-ciphertext';
      const block = new Uint8Array(blockBytes);
      block.set(ciphertext, blockBytes - ciphertext.length);
      foldHalf(key.publicKey, block, 'second');
      foldHalf(key.publicKey, block, 'first');
      return withoutPadding(block);
    },
    verify(publicKey, scheme, message, signature) {
      const kind = publicKeyKind(publicKey);
      if (kind === undefined || !schemeFits(kind, scheme) || signature.length !== signatureBytes(publicKey)) {
        return false;
      }
      const salt = signature.subarray(0, saltBytes(scheme));
      const expected = new Uint8Array(signature.length - salt.length);
      signatureMixer(publicKey, scheme, salt, message).fill(expected);
      return equalAt(expected, signature, salt.length);
    },
  };
}

/** Puts one half of the block under a stream that the key and the other half begin, so that a changed byte changes both. */
function foldHalf(publicKey: Uint8Array, block: Uint8Array, half: 'first' | 'second'): void {
  const middle = Math.floor(block.length / 2);
  const [first, second] = [block.subarray(0, middle), block.subarray(middle)];
  const [target, source] = half === 'first' ? [first, second] : [second, first];
  xorStream(new Mixer(Domain.rsa).bytes(publicKey).bytes(source), target, target);
}

/** Only a scheme with a salt draws, as in the real provider. */
function fillSalt(salt: Uint8Array, fill: (target: Uint8Array) => void): void {
  if (salt.length > 0) {
    fill(salt);
  }
}

function signatureMixer(publicKey: Uint8Array, scheme: SignatureName, salt: Uint8Array, message: Uint8Array): Mixer {
  return new Mixer(Domain.signature).text(scheme).bytes(publicKey).bytes(salt).bytes(message);
}

class FastHash implements RunningHash {
  private readonly mixer: Mixer;
  private readonly digestBytes: number;

  constructor(mixer: Mixer, digestBytes: number) {
    this.mixer = mixer;
    this.digestBytes = digestBytes;
  }

  update(bytes: Uint8Array): void {
    this.mixer.bytes(bytes);
  }

  digest(): Uint8Array {
    return this.mixer.fill(new Uint8Array(this.digestBytes));
  }

  copy(): FastHash {
    return new FastHash(this.mixer.copy(), this.digestBytes);
  }
}

class FastAead implements Aead {
  private readonly keyed: Mixer;

  constructor(name: AeadName, key: Uint8Array) {
    this.keyed = new Mixer(Domain.aead).text(name).bytes(key);
  }

  seal(nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const sealed = briefBytes(plaintext.length + aeadTagBytes);
    const mixer = this.keyed.copy().bytes(nonce);
    xorStream(mixer, plaintext, sealed);
    return tagged(mixer, additionalData, plaintext).fill(sealed, plaintext.length);
  }

  open(nonce: Uint8Array, additionalData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - aeadTagBytes;
    if (length < 0) {
      return undefined;
    }
    const plaintext = briefBytes(length);
    const mixer = this.keyed.copy().bytes(nonce);
    xorStream(mixer, sealed, plaintext);
    const tag = tagged(mixer, additionalData, plaintext).fill(new Uint8Array(aeadTagBytes));
    return equalAt(tag, sealed, length) ? plaintext : undefined;
  }
}

/** What the tag is made from: of a mixer that has the key and the nonce, what they are for and over. */
function tagged(mixer: Mixer, additionalData: Uint8Array, plaintext: Uint8Array): Mixer {
  return mixer.number(additionalData.length).bytes(additionalData).bytes(plaintext);
}

function blockCipher(name: BlockCipherName, key: Uint8Array): BlockCipher {
  const stream = (iv: Uint8Array, blocks: Uint8Array): Uint8Array => {
    const target = new Uint8Array(blocks.length);
    xorStream(new Mixer(Domain.block).text(name).bytes(key).bytes(iv), blocks, target);
    return target;
  };
  return { encrypt: stream, decrypt: stream };
}

/** RFC 5652 §6.3 for AES: the padding has 1 to 16 bytes, each of which says how many. */
function cbcEncrypt(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const padding = cipherBlockBytes - (plaintext.length % cipherBlockBytes);
  const padded = briefBytes(plaintext.length + padding).fill(padding);
  padded.set(plaintext);
  xorStream(new Mixer(Domain.cbc).bytes(key).bytes(iv), padded, padded);
  return padded;
}

function cbcDecrypt(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
  if (ciphertext.length === 0 || ciphertext.length % cipherBlockBytes !== 0) {
    return undefined;
  }
  const padded = briefBytes(ciphertext.length);
  xorStream(new Mixer(Domain.cbc).bytes(key).bytes(iv), ciphertext, padded);
  const padding = padded[padded.length - 1] ?? 0;
  const fits =
    padding >= 1 && padding <= cipherBlockBytes && padded.subarray(-padding).every((byte) => byte === padding);
  return fits ? padded.subarray(0, padded.length - padding) : undefined;
}

/** Writes `source` into `target`, as far as both go, under a stream of bytes that the mixer's state begins; twice gives `source` back. */
function xorStream(mixer: Mixer, source: Uint8Array, target: Uint8Array): void {
  // xorshift32 (Marsaglia 2003): any state but 0 will do.
  let state = mixer.seed() | 1;
  let at = 0;
  const length = Math.min(source.length, target.length);
  for (; at + 4 <= length; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    // The indices are within the bytes, by the loops' conditions.
    target[at] = (source[at] as number) ^ state;
    target[at + 1] = (source[at + 1] as number) ^ (state >>> 8);
    target[at + 2] = (source[at + 2] as number) ^ (state >>> 16);
    target[at + 3] = (source[at + 3] as number) ^ (state >>> 24);
  }
  for (; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    target[at] = (source[at] as number) ^ state;
  }
}

/** Whether `whole` holds `part` from `from` to its end. */
function equalAt(part: Uint8Array, whole: Uint8Array, from: number): boolean {
  for (let i = 0; i < part.length; i++) {
    if (part[i] !== whole[from + i]) {
      return false;
    }
  }
  return from + part.length === whole.length;
}
