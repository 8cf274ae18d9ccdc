/** Random bytes of an instance without a world: one stream for each label, all from the seed. */
import type { CryptoProvider } from '../crypto/index.js';

/** HMAC-SHA256 in counter mode over seed and label: a draw under one label moves nothing under another. */
export function seededFill(crypto: CryptoProvider, seed: string): (label: string, target: Uint8Array) => void {
  const key = Buffer.from(`simtls/${seed}`);
  const blocksDrawn = new Map<number, number>();
  return (label, target) => {
    const number = numberOf(label);
    let counter = blocksDrawn.get(number) ?? 0;
    for (let at = 0; at < target.length; ) {
      const block = crypto.hmac('sha256', key, Buffer.from(`${label}/${counter}`));
      for (let i = 0; i < block.length; i += 1) target[at + i] = block[i] ?? 0; // what is written past the end is dropped
      at += block.length;
      counter += 1;
    }
    blocksDrawn.set(number, counter);
  };
}

/**
 * 53 bits that stand for a label: two sums of its characters, FNV-1a and the same from elsewhere. Each connection has a dozen labels of
 * its own, which are never forgotten: as strings, they would cost a handshake a tenth of its time. Were they the same for two labels, each
 * would go on where the other is: their bytes would still differ.
 */
function numberOf(label: string): number {
  let low = 0x811c9dc5;
  let high = 0x2b5a6d17;
  for (let i = 0; i < label.length; i += 1) {
    const character = label.charCodeAt(i);
    low = Math.imul(low ^ character, 0x01000193);
    high = Math.imul(high ^ character, 0x5bd1e995);
  }
  return (low >>> 0) * 2 ** 21 + (high >>> 11);
}
