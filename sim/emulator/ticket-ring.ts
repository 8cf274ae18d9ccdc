/** Ticket keys in a ring: the newest seals, the older ones still open what they sealed, and have it renewed. */
import type { TicketKeys } from 'simtls';
import type { TicketPolicy } from './ticket-policy.js';

/** Bytes of a ticket key: its name, the HMAC key, the AES key (SSL_CTX_set_tlsext_ticket_keys(3)). */
const keyBytes = { name: 16, hmac: 32, aes: 32 } as const;
/** Bytes of all three together. */
export const ticketKeysBytes: number = keyBytes.name + keyBytes.hmac + keyBytes.aes;
/** Keys of one ring at most. */
export const ticketKeysMax = 16;

/** @param bytes - `ticketKeysBytes` of them */
export function splitTicketKeys(bytes: Uint8Array): TicketKeys {
  const hmacAt = keyBytes.name;
  const aesAt = hmacAt + keyBytes.hmac;
  return {
    name: bytes.slice(0, hmacAt),
    hmacKey: bytes.slice(hmacAt, aesAt),
    aesKey: bytes.slice(aesAt, aesAt + keyBytes.aes),
  };
}

/** The keys of a file: as many as it holds whole. None where its size is no multiple, as after a torn write. */
export function ringOf(file: Uint8Array): readonly Uint8Array[] {
  const count = file.length / ticketKeysBytes;
  if (!Number.isInteger(count) || count > ticketKeysMax) return [];
  return Array.from({ length: count }, (_, i) => file.slice(i * ticketKeysBytes, (i + 1) * ticketKeysBytes));
}

/** A ring, newest first, as the rule that a callback for ticket keys follows. */
export function ringPolicy(ring: readonly Uint8Array[]): TicketPolicy {
  const [newest, ...older] = ring.map(splitTicketKeys);
  if (newest === undefined) return { seal: 'none', opens: [], others: 'none' };
  return {
    seal: newest,
    opens: [{ keys: newest, renew: false }, ...older.map((keys) => ({ keys, renew: true }))],
    others: 'none',
  };
}
