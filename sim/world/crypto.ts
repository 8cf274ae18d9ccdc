/** The cryptography of a world: one of the two providers, alike in all that changes what happens. */
import { type CryptoProvider, fastCrypto, realCrypto } from 'simtls';

/** RFC 5077 §4: the key name and the IV, which stand in a ticket unsealed. */
const ticketClearBytes = 16 + 16;

/**
 * A session's id decides where it lies in the hash of an SSL_CTX, hence in which order 1.1.1 flushes. What is sealed in a ticket
 * differs between the providers, so in a world the id of a session with a ticket comes from the rest of it.
 */
export function worldCrypto(name: 'fast' | 'real'): CryptoProvider {
  return name === 'fast' ? fastOfWorlds : { ...realCrypto(), ticketId };
}

const fast = fastCrypto();
const ticketId: CryptoProvider['ticketId'] = (ticket) => fast.ticketId(ticket.subarray(0, ticketClearBytes));
/** It keeps nothing, so all worlds may have the same. */
const fastOfWorlds: CryptoProvider = { ...fast, ticketId };
