/** What of a session may not change once others have it. Its time, its timeout and its mark that it is not to be resumed may: libssl moves them. */
import type { SslSession } from 'simtls';

/** Field by field, in people's words: written out, since this is taken of every session that is published. */
export class SessionContent {
  readonly #version: number;
  readonly #sessionId: Uint8Array;
  readonly #sessionIdContext: Uint8Array;
  readonly #masterKey: Uint8Array;
  readonly #cipherSuite: number | undefined;
  readonly #verifyResult: number;
  readonly #hostname: string | undefined;
  readonly #ticket: Uint8Array | undefined;
  readonly #ticketAgeAdd: number;
  readonly #maxEarlyData: number;
  readonly #alpnSelected: Uint8Array | undefined;
  readonly #ticketAppData: Uint8Array | undefined;
  readonly #peerCertificate: Uint8Array | undefined;
  readonly #extendedMasterSecret: boolean;

  constructor(session: SslSession) {
    this.#version = session.version;
    this.#sessionId = session.sessionId;
    this.#sessionIdContext = session.sessionIdContext;
    this.#masterKey = session.masterKey;
    this.#cipherSuite = session.cipherSuite;
    this.#verifyResult = session.verifyResult;
    this.#hostname = session.hostname;
    this.#ticket = session.ticket;
    this.#ticketAgeAdd = session.ticketAgeAdd;
    this.#maxEarlyData = session.maxEarlyData;
    this.#alpnSelected = session.alpnSelected;
    this.#ticketAppData = session.ticketAppData;
    this.#peerCertificate = session.peerCertificate;
    this.#extendedMasterSecret = session.extendedMasterSecret;
  }

  /** Whether nothing has so much as been replaced. */
  isOf(session: SslSession): boolean {
    return (
      this.#sessionId === session.sessionId &&
      this.#masterKey === session.masterKey &&
      this.#ticket === session.ticket &&
      this.#version === session.version &&
      this.#cipherSuite === session.cipherSuite &&
      this.#peerCertificate === session.peerCertificate &&
      this.#sessionIdContext === session.sessionIdContext &&
      this.#verifyResult === session.verifyResult &&
      this.#hostname === session.hostname &&
      this.#ticketAgeAdd === session.ticketAgeAdd &&
      this.#maxEarlyData === session.maxEarlyData &&
      this.#alpnSelected === session.alpnSelected &&
      this.#ticketAppData === session.ticketAppData &&
      this.#extendedMasterSecret === session.extendedMasterSecret
    );
  }

  /** The fields that are no longer what they were, in words. */
  changesIn(session: SslSession): readonly string[] {
    const changed: readonly (readonly [string, boolean])[] = [
      ['version', this.#version === session.version],
      ['id', same(this.#sessionId, session.sessionId)],
      ['id context', same(this.#sessionIdContext, session.sessionIdContext)],
      ['master key', same(this.#masterKey, session.masterKey)],
      ['cipher suite', this.#cipherSuite === session.cipherSuite],
      ['verify result', this.#verifyResult === session.verifyResult],
      ['server name', this.#hostname === session.hostname],
      ['ticket', same(this.#ticket, session.ticket)],
      ['ticket_age_add', this.#ticketAgeAdd === session.ticketAgeAdd],
      ['limit of early data', this.#maxEarlyData === session.maxEarlyData],
      ['protocol (ALPN)', same(this.#alpnSelected, session.alpnSelected)],
      ['application data of its ticket', same(this.#ticketAppData, session.ticketAppData)],
      ["peer's certificate", same(this.#peerCertificate, session.peerCertificate)],
      ['extended master secret', this.#extendedMasterSecret === session.extendedMasterSecret],
    ];
    return changed.filter(([, isSame]) => !isSame).map(([what]) => what);
  }
}

/** Bytes in a session are replaced, never written into: other bytes may be a copy of the same. */
function same(before: Uint8Array | undefined, now: Uint8Array | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return before === now || Buffer.compare(before, now) === 0;
}
