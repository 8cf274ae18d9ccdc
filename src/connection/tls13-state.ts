/** What a connection holds for TLS 1.3 beside what both versions have. The names are those of RFC 8446; libssl keeps them in SSL itself. */
import type { TrafficSecrets, Transcript } from '../handshake/index.js';

/** SSL_HRR_…: no HelloRetryRequest; one that waits for its answer; one that was answered. */
export type HelloRetry = 'none' | 'pending' | 'complete';

/** SSL_KEY_UPDATE_…: what SSL_key_update(3) asked for, and was not yet sent. */
export type PendingKeyUpdate = 'none' | 'not-requested' | 'requested';

/**
 * SSL_PHA_…: no authentication after the handshake; the client has offered it; a server is about to ask for it; it was asked
 * for, and is under way.
 */
export type LateAuthentication = 'none' | 'offered' | 'request-pending' | 'requested';

/** RFC 8446 §4.2.9, as far as both sides allow it. */
export interface PskModes {
  readonly pskKe: boolean;
  readonly pskDheKe: boolean;
}

export const noPskModes: PskModes = { pskKe: false, pskDheKe: false };
const pskKeAlone: PskModes = { pskKe: true, pskDheKe: false };
const pskDheKeAlone: PskModes = { pskKe: false, pskDheKe: true };
const bothPskModes: PskModes = { pskKe: true, pskDheKe: true };

/** The same object for the same modes: every connection keeps one. */
export function pskModesOf(pskKe: boolean, pskDheKe: boolean): PskModes {
  if (pskKe) return pskDheKe ? bothPskModes : pskKeAlone;
  return pskDheKe ? pskDheKeAlone : noPskModes;
}

export class Tls13State {
  helloRetry: HelloRetry = 'none';
  pskModes: PskModes = noPskModes;
  /** A client's: how many identities it offered. A server's: which one it took. */
  pskIdentity = 0;
  /** Secrets of the key schedule, each from when it is known. */
  earlySecret: Uint8Array | undefined;
  handshakeSecret: Uint8Array | undefined;
  handshakeTraffic: TrafficSecrets | undefined;
  masterSecret: Uint8Array | undefined;
  applicationTraffic: TrafficSecrets | undefined;
  resumptionSecret: Uint8Array | undefined;
  /** Tickets of this handshake so far, of this connection (their nonces), and asked for by SSL_new_session_ticket. */
  sentTickets = 0;
  ticketNonce = 0;
  extraTickets = 0;
  keyUpdate: PendingKeyUpdate = 'none';
  lateAuthentication: LateAuthentication = 'none';
  /** The handshake's messages, for authentication after it. */
  lateTranscript: Transcript | undefined;
  /** A server that has sent its ServerHello does not know yet whether the client's next record is protected: alerts may be plain. */
  allowsPlainAlerts = false;
  /** The early secret of an external PSK, while a ticket is offered beside it. */
  externalEarlySecret: Uint8Array | undefined;

  /** The handshake is over: the secrets from which others were made go. What changes keys and makes tickets later stays. */
  finish(): void {
    this.earlySecret = undefined;
    this.handshakeSecret = undefined;
    this.handshakeTraffic = undefined;
    this.masterSecret = undefined;
    this.externalEarlySecret = undefined;
  }
}
