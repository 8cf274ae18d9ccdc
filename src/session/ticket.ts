/** Session tickets as OpenSSL seals them (RFC 5077 §4): key name, IV, AES-256-CBC of the DER session, HMAC-SHA256. */

import { assert } from './assert.js';
import type { TicketKeys } from './context.js';
import { DerError } from './der.js';
import type { Library } from './library.js';
import { SessionDecodeError, sessionFromDer, sessionToDer } from './serialize.js';
import type { Session } from './session.js';

export const ticketKeyNameBytes = 16;
const ivBytes = 16;
const macBytes = 32;
/** A record length must hold it: OpenSSL gives up past 0xFF00 bytes of session. */
export const ticketPlaintextBytesMax = 0xff00;

/** @param label of the random stream that gives the IV */
export function sealTicket(keys: TicketKeys, session: Session, label: string): Uint8Array {
  const { environment } = session.library;
  const plaintext = sessionToDer(session);
  assert(
    plaintext !== undefined && plaintext.length <= ticketPlaintextBytesMax,
    'a session that gets a ticket has a cipher suite',
  );
  const iv = new Uint8Array(ivBytes);
  environment.fillRandom(label, iv);
  const sealed = environment.crypto.cbcEncrypt(keys.aesKey, iv, plaintext);
  const ticket = new Uint8Array(ticketKeyNameBytes + ivBytes + sealed.length + macBytes);
  ticket.set(keys.name);
  ticket.set(iv, ticketKeyNameBytes);
  ticket.set(sealed, ticketKeyNameBytes + ivBytes);
  const maced = ticket.subarray(0, ticket.length - macBytes);
  ticket.set(environment.crypto.hmac('sha256', keys.hmacKey, maced), maced.length);
  return ticket;
}

/** Why a ticket was not opened: the reason code of the decision. */
export type TicketRefusal = 'too-short' | 'unknown-key' | 'bad-mac' | 'bad-content';

/** The session in it, one reference of `holder`; or why not. */
export function openTicket(
  keys: TicketKeys,
  library: Library,
  ticket: Uint8Array,
  holder: string,
): Session | TicketRefusal {
  const { crypto } = library.environment;
  if (ticket.length < ticketKeyNameBytes + ivBytes) return 'too-short';
  if (!equalBytes(ticket.subarray(0, ticketKeyNameBytes), keys.name)) return 'unknown-key';
  if (ticket.length <= ticketKeyNameBytes + ivBytes + macBytes) return 'too-short';
  const maced = ticket.subarray(0, ticket.length - macBytes);
  if (!equalBytes(crypto.hmac('sha256', keys.hmacKey, maced), ticket.subarray(maced.length))) return 'bad-mac';
  const iv = ticket.subarray(ticketKeyNameBytes, ticketKeyNameBytes + ivBytes);
  const plaintext = crypto.cbcDecrypt(keys.aesKey, iv, maced.subarray(ticketKeyNameBytes + ivBytes));
  if (plaintext === undefined) return 'bad-content';
  try {
    const { session, bytesRead } = sessionFromDer(library, plaintext, holder);
    if (bytesRead === plaintext.length) return session;
    session.release(holder);
    return 'bad-content';
  } catch (error) {
    if (!(error instanceof DerError || error instanceof SessionDecodeError)) throw error;
    library.errors.clear(); // tls_decrypt_ticket: ERR_clear_error
    return 'bad-content';
  }
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
