/** The id that a client gives a session with a ticket, so that it knows a resumption by the server's echo: SHA-256 of the ticket. */
import type { CryptoProvider } from '../crypto/index.js';

export function createHashOfTicket(crypto: CryptoProvider, ticket: Uint8Array): Uint8Array {
  const hash = crypto.startHash('sha256');
  hash.update(ticket);
  return hash.digest();
}
