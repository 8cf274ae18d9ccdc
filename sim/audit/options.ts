/** What the options of a connection come to. */
import type { Ssl } from 'simtls';

export const noTicket = 0x4000; //   SSL_OP_NO_TICKET
const noAntiReplay = 0x0100_0000; // SSL_OP_NO_ANTI_REPLAY

/** Whether the tickets of a server of TLS 1.3 are ids of its cache. */
export function isStateful(connection: Ssl): boolean {
  return connection.has(noTicket) || (connection.earlyData.max > 0 && !connection.has(noAntiReplay));
}
