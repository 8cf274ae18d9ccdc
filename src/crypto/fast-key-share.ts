import { groupBytes } from './key-share.js';
import { Mixer } from './mixer.js';
import type { DhGroupName, KeyShare } from './provider.js';

/** SEC 1 §2.3.3: how an uncompressed point begins. */
const uncompressed = 4;
/** Mixer domain of the second half of a point. */
const checkDomain = 7;

/** What every share multiplies, word by word: any odd number will do. */
const base = 0x9e3779b1;

/**
 * Diffie-Hellman over the integers modulo 2^32, as many words side by side as fit: public = secret · base, shared = secret ·
 * public of the other. Both ends get secret · secret' · base. As in the real groups an all-zero X25519 key is refused, and
 * so is a point that was changed: its second half is computed from the first.
 */
export function fastDhKeyShare(group: DhGroupName, fill: (target: Uint8Array) => void): KeyShare {
  const length = groupBytes[group];
  const hasPoint = group !== 'x25519' && group !== 'x448';
  const secret = new Uint8Array(length);
  fill(secret);
  const first = new Uint8Array(length);
  multiply(secret, first, () => base);
  return {
    group,
    publicKey: hasPoint ? pointOf(first) : first,
    agree(peerPublicKey) {
      const peer = hasPoint ? firstHalfOf(peerPublicKey, length) : peerPublicKey;
      if (peer?.length !== length) {
        return undefined;
      }
      const shared = new Uint8Array(length);
      multiply(secret, shared, (at) => wordAt(peer, at));
      return shared.some((byte) => byte !== 0) ? shared : undefined;
    },
  };
}

/** Each whole word of `secret`, made odd so that it can be undone, times the factor at its place. */
function multiply(secret: Uint8Array, target: Uint8Array, factorAt: (at: number) => number): void {
  for (let at = 0; at + 4 <= secret.length; at += 4) {
    const word = Math.imul(wordAt(secret, at) | 1, factorAt(at));
    for (let i = 0; i < 4; i++) {
      target[at + i] = word >>> (8 * i);
    }
  }
}

/** All callers stay within the bytes. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function pointOf(first: Uint8Array): Uint8Array {
  const point = new Uint8Array(1 + 2 * first.length);
  point[0] = uncompressed;
  point.set(first, 1);
  new Mixer(checkDomain).bytes(first).fill(point.subarray(1 + first.length));
  return point;
}

function firstHalfOf(point: Uint8Array, length: number): Uint8Array | undefined {
  if (point.length !== 1 + 2 * length) {
    return undefined;
  }
  const first = point.subarray(1, 1 + length);
  const expected = pointOf(first);
  return point.every((byte, i) => byte === expected[i]) ? first : undefined;
}
