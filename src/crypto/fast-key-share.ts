import { Mixer } from './mixer.js';
import type { DhGroupName, KeyShare } from './provider.js';

const secretBytes = 32;
const pointBytes = 65;
/** SEC 1 §2.3.3: how an uncompressed point begins. */
const uncompressed = 4;
/** Mixer domain of the second half of a point. */
const checkDomain = 7;

/** What every share multiplies, word by word: any odd number will do. */
const base = 0x9e3779b1;

/**
 * Diffie-Hellman over the integers modulo 2^32, eight words side by side: public = secret · base, shared = secret ·
 * public of the other. Both ends get secret · secret' · base. As in the real groups an all-zero X25519 key is refused, and
 * so is a point of P-256 that was changed: its second half is computed from the first.
 */
export function fastDhKeyShare(group: DhGroupName, fill: (target: Uint8Array) => void): KeyShare {
  const secret = new Uint8Array(secretBytes);
  fill(secret);
  const first = new Uint8Array(secretBytes);
  multiply(secret, first, () => base);
  return {
    group,
    publicKey: group === 'x25519' ? first : pointOf(first),
    agree(peerPublicKey) {
      const peer = group === 'x25519' ? x25519Of(peerPublicKey) : firstHalfOf(peerPublicKey);
      if (peer === undefined) {
        return undefined;
      }
      const shared = new Uint8Array(secretBytes);
      multiply(secret, shared, (at) => wordAt(peer, at));
      return shared.some((byte) => byte !== 0) ? shared : undefined;
    },
  };
}

/** Each word of `secret`, made odd so that it can be undone, times the factor at its place. */
function multiply(secret: Uint8Array, target: Uint8Array, factorAt: (at: number) => number): void {
  for (let at = 0; at < secretBytes; at += 4) {
    const word = Math.imul(wordAt(secret, at) | 1, factorAt(at));
    for (let i = 0; i < 4; i++) {
      target[at + i] = word >>> (8 * i);
    }
  }
}

/** All callers stay within 32 bytes, the length of both. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function x25519Of(publicKey: Uint8Array): Uint8Array | undefined {
  return publicKey.length === secretBytes ? publicKey : undefined;
}

function pointOf(first: Uint8Array): Uint8Array {
  const point = new Uint8Array(pointBytes);
  point[0] = uncompressed;
  point.set(first, 1);
  new Mixer(checkDomain).bytes(first).fill(point.subarray(1 + secretBytes));
  return point;
}

function firstHalfOf(point: Uint8Array): Uint8Array | undefined {
  if (point.length !== pointBytes) {
    return undefined;
  }
  const first = point.subarray(1, 1 + secretBytes);
  const expected = pointOf(first);
  return point.every((byte, i) => byte === expected[i]) ? first : undefined;
}
