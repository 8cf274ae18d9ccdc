/** What an SSL_SESSION holds, one field a call: SSL_SESSION_get0_cipher(3), SSL_SESSION_get_master_key(3) and their neighbours. */
import type { Session } from '../session/index.js';

const none: Uint8Array = new Uint8Array(0);

export interface SessionFieldCalls {
  /** Code point of the cipher suite, in place of an SSL_CIPHER; null for none. */
  SSL_SESSION_get0_cipher(session: Session): number | null;
  /** @param code of the cipher suite, in place of an SSL_CIPHER */
  SSL_SESSION_set_cipher(session: Session, code: number): number;
  /** @returns how many bytes were copied, the bytes; with a length of 0 how many there are */
  SSL_SESSION_get_master_key(session: Session, length: number): [result: number, bytes: Uint8Array];
  /** The ticket, empty for none. */
  SSL_SESSION_get0_ticket(session: Session): Uint8Array;
  /** The peer's certificate (DER), or null. */
  SSL_SESSION_get0_peer(session: Session): Uint8Array | null;
  /** Always 0: nothing is compressed. */
  SSL_SESSION_get_compress_id(session: Session): number;
  /** The protocol agreed by ALPN, empty for none. */
  SSL_SESSION_get0_alpn_selected(session: Session): Uint8Array;
  /** No bytes: none. */
  SSL_SESSION_set1_alpn_selected(session: Session, protocol: Uint8Array): number;
  SSL_SESSION_get0_ticket_appdata(session: Session): Uint8Array;
  /** No bytes: none. */
  SSL_SESSION_set1_ticket_appdata(session: Session, data: Uint8Array): number;
  /** The line of an NSS key log, with its end; null without an id or without a key. */
  SSL_SESSION_print_keylog(session: Session): string | null;
}

export function sessionFieldCalls(): SessionFieldCalls {
  return {
    SSL_SESSION_get0_cipher: (session) => session.use().cipherSuite ?? null,
    SSL_SESSION_set_cipher(session, code) {
      session.use().cipherSuite = code;
      return 1;
    },
    SSL_SESSION_get_master_key(session, length) {
      const { masterKey } = session.use();
      if (length === 0) return [masterKey.length, none];
      const copied = masterKey.slice(0, length);
      return [copied.length, copied];
    },
    SSL_SESSION_get0_ticket: (session) => session.use().ticket ?? none,
    SSL_SESSION_get0_peer: (session) => session.use().peerCertificate ?? null,
    SSL_SESSION_get_compress_id(session) {
      session.use();
      return 0;
    },
    SSL_SESSION_get0_alpn_selected: (session) => session.use().alpnSelected ?? none,
    SSL_SESSION_set1_alpn_selected(session, protocol) {
      session.use().alpnSelected = protocol.length === 0 ? undefined : protocol.slice();
      return 1;
    },
    SSL_SESSION_get0_ticket_appdata: (session) => session.use().ticketAppData ?? none,
    SSL_SESSION_set1_ticket_appdata(session, data) {
      session.use().ticketAppData = data.length === 0 ? undefined : data.slice();
      return 1;
    },
    SSL_SESSION_print_keylog(session) {
      const { sessionId, masterKey } = session.use();
      if (sessionId.length === 0 || masterKey.length === 0) return null;
      return `RSA Session-ID:${upperHex(sessionId)} Master-Key:${upperHex(masterKey)}\n`;
    },
  };
}

function upperHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}
