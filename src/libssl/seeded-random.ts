/** Random bytes of an instance without a world: one stream for each label, all from the seed. */
import type { CryptoProvider } from '../crypto/index.js';

/** HMAC-SHA256 in counter mode over seed and label: a draw under one label moves nothing under another. */
export function seededFill(crypto: CryptoProvider, seed: string): (label: string, target: Uint8Array) => void {
  const key = Buffer.from(`simtls/${seed}`);
  const counters = new Map<string, number>();
  return (label, target) => {
    let counter = counters.get(label) ?? 0;
    for (let at = 0; at < target.length; ) {
      const block = crypto.hmac('sha256', key, Buffer.from(`${label}/${counter}`));
      for (let i = 0; i < block.length; i += 1) target[at + i] = block[i] ?? 0; // what is written past the end is dropped
      at += block.length;
      counter += 1;
    }
    counters.set(label, counter);
  };
}
