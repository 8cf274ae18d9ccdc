/** The key schedule of TLS 1.2: RFC 5246 §6.3, §7.4.9 and §8.1, RFC 7627 §4, RFC 7905 §2. */
import { aeadKeyBytes, blockCipherKeyBytes, type CryptoProvider, macBytes } from '../crypto/index.js';
import type { CipherSuite } from './suites.js';

const masterSecretBytes = 48;
const none: Uint8Array = new Uint8Array(0);
const verifyDataBytes = 12;

/**
 * What protects one direction. GCM: a salt of 4 bytes and an explicit nonce; ChaCha20: an IV of 12 bytes, no explicit nonce;
 * CBC: a MAC key, and the IV stands in each record.
 */
export interface DirectionKeys {
  readonly macKey: Uint8Array;
  readonly key: Uint8Array;
  readonly fixedIv: Uint8Array;
}

export interface KeyBlock {
  readonly client: DirectionKeys;
  readonly server: DirectionKeys;
}

export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

export function masterSecret(
  crypto: CryptoProvider,
  suite: CipherSuite,
  preMaster: Uint8Array,
  randoms: Randoms,
): Uint8Array {
  const seed = concat(randoms.client, randoms.server);
  return crypto.prf(suite.hash, preMaster, 'master secret', seed, masterSecretBytes);
}

/** @param sessionHash hash of all messages up to and including ClientKeyExchange */
export function extendedMasterSecret(
  crypto: CryptoProvider,
  suite: CipherSuite,
  preMaster: Uint8Array,
  sessionHash: Uint8Array,
): Uint8Array {
  return crypto.prf(suite.hash, preMaster, 'extended master secret', sessionHash, masterSecretBytes);
}

export function keyBlock(crypto: CryptoProvider, suite: CipherSuite, master: Uint8Array, randoms: Randoms): KeyBlock {
  const { mac, key, iv } = keyLengths(suite);
  const seed = concat(randoms.server, randoms.client);
  const block = crypto.prf(suite.hash, master, 'key expansion', seed, 2 * (mac + key + iv));
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    return length === 0 ? none : block.slice(at - length, at); // small ones of their own: views would keep the whole block
  };
  const [clientMac, serverMac, clientKey, serverKey] = [take(mac), take(mac), take(key), take(key)];
  return {
    client: { macKey: clientMac, key: clientKey, fixedIv: take(iv) },
    server: { macKey: serverMac, key: serverKey, fixedIv: take(iv) },
  };
}

export function verifyData(
  crypto: CryptoProvider,
  suite: CipherSuite,
  master: Uint8Array,
  sender: 'client' | 'server',
  transcriptHash: Uint8Array,
): Uint8Array {
  const label = sender === 'client' ? 'client finished' : 'server finished';
  return crypto.prf(suite.hash, master, label, transcriptHash, verifyDataBytes);
}

/** Bytes of each part of one direction's keys. RFC 5246 §6.3: only what has an implicit nonce has an IV of its own. */
function keyLengths({ records }: CipherSuite): { readonly mac: number; readonly key: number; readonly iv: number } {
  if (records.form === 'block') return { mac: macBytes[records.mac], key: blockCipherKeyBytes[records.cipher], iv: 0 };
  return { mac: 0, key: aeadKeyBytes[records.cipher], iv: records.cipher === 'chacha20-poly1305' ? 12 : 4 };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
