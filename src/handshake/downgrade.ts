/** RFC 8446 §4.1.3: how a server that could speak a later version says so in the random of an earlier one. */
import { ProtocolVersion, randomBytes } from '../wire/index.js';

const sentinels: Readonly<Record<'tls12' | 'older', Uint8Array>> = {
  tls12: Uint8Array.of(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01),
  older: Uint8Array.of(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x00),
};

/** What the last 8 bytes of a server's random are, where it chose `version` and speaks a later one. */
export function downgradeSentinel(version: number): Uint8Array {
  return version === ProtocolVersion.tls12 ? sentinels.tls12 : sentinels.older;
}

/** What a server's random says: that it also speaks TLS 1.3, that it speaks TLS 1.2 or later, or nothing. */
export function downgradeIn(random: Uint8Array): 'tls12' | 'older' | undefined {
  const end = random.subarray(randomBytes - sentinels.tls12.length);
  if (Buffer.compare(end, sentinels.tls12) === 0) return 'tls12';
  return Buffer.compare(end, sentinels.older) === 0 ? 'older' : undefined;
}
