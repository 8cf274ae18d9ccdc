/** What a connection holds for early data, and what both sides decide about it: RFC 8446 §4.2.10, RFC 8446 §8, ssl/statem/extensions.c. */
import { hashBytes } from '../crypto/index.js';
import type { AlertName } from '../handshake/index.js';
import {
  type CipherSuiteOfTls13,
  cipherSuite,
  cipherSuiteOfTls13,
  clientEarlyTrafficSecret,
  earlyExporterSecret,
  HandshakeFailure,
} from '../handshake/index.js';
import { equalBytes, type Session, timeNow, timeToSeconds } from '../session/index.js';
import { ProtocolVersion } from '../wire/index.js';
import type { Connection } from './connection.js';
import { logTrafficSecret } from './key-log.js';
import { Tls13Protection } from './tls13-protection.js';
import { beginWriting } from './write-buffer.js';

/** SSL_EARLY_DATA_…: where the calls for early data are. `retry`: the call has to be made again. */
export type EarlyDataPhase =
  | 'none'
  | 'connect-retry'
  | 'connecting'
  | 'write-retry'
  | 'writing'
  | 'write-flush'
  | 'unauthenticated-writing'
  | 'finished-writing'
  | 'accept-retry'
  | 'accepting'
  | 'read-retry'
  | 'reading'
  | 'finished-reading';

/** SSL_EARLY_DATA_NOT_SENT, _REJECTED, _ACCEPTED. */
export type EarlyDataStatus = 'not-sent' | 'rejected' | 'accepted';

export class EarlyData {
  phase: EarlyDataPhase = 'none';
  status: EarlyDataStatus = 'not-sent';
  /** Whether nothing so far stands against it: the first identity, its age, the same protocol as in the session. */
  isAllowed = false;
  /** Bytes so far, of either direction. */
  count = 0;
  /** A server: how much its tickets allow. A client: how much the session allows with which it sends; 0: it sends none. */
  max: number;
  /** How much a server reads at most. */
  receivedMax: number;

  constructor(limits: { readonly max: number; readonly receivedMax: number }) {
    this.max = limits.max;
    this.receivedMax = limits.receivedMax;
  }
}

/** What a record of early data has beside its content, six records being counted: EARLY_DATA_CIPHERTEXT_OVERHEAD. */
export const earlyRecordsOverhead: number = 6 * (16 + 1) + 2;
const ageToleranceMs = 10_000; // TICKET_AGE_ALLOWANCE
const noAntiReplay = 0x0100_0000; // SSL_OP_NO_ANTI_REPLAY
const none: Uint8Array = new Uint8Array(0);

/** Whether a ticket opens once: where it allows early data, unless that is not asked for. */
export function allowsTicketsOnce(connection: Connection): boolean {
  return connection.earlyData.max > 0 && !connection.has(noAntiReplay);
}

/**
 * A client's part of tls_construct_ctos_early_data: whether the extension is sent, with the session in use or the external one.
 * @throws HandshakeFailure where name or protocol are not those of the session
 */
export function offersEarlyData(connection: Connection): boolean {
  const { earlyData, session, externalPsk } = connection;
  const first = session !== undefined && session.maxEarlyData > 0 ? session : externalPsk?.session;
  if (earlyData.phase !== 'connecting' || first === undefined || first.maxEarlyData === 0) {
    earlyData.max = 0;
    return false;
  }
  earlyData.max = first.maxEarlyData;
  if (first.hostname !== undefined && connection.hostname !== first.hostname)
    throw new HandshakeFailure('internal_error', 'INCONSISTENT_EARLY_DATA_SNI');
  const protocol = first.alpnSelected;
  const { alpnProtocols } = connection;
  if (protocol !== undefined && alpnProtocols?.some((one) => equalBytes(one, protocol)) !== true)
    throw new HandshakeFailure('internal_error', 'INCONSISTENT_EARLY_DATA_ALPN');
  earlyData.status = 'rejected'; // until the server says otherwise
  earlyData.isAllowed = true;
  return true;
}

/** tls_parse_ctos_psk: a ticket about as old as the client says, and not expired, may come with early data. */
export function allowByAge(connection: Connection, session: Session, obfuscatedTicketAge: number): void {
  const { profile, environment, earlyData } = connection;
  const claimedMs = (obfuscatedTicketAge - session.ticketAgeAdd + 2 ** 32) % 2 ** 32;
  const now = timeNow(profile, environment.nowMs());
  const ageSeconds = Number(BigInt.asUintN(32, timeToSeconds(profile, now - session.time)));
  const ageMs = (ageSeconds * 1000) % 2 ** 32;
  const isWhole = Math.floor(ageMs / 1000) === ageSeconds;
  const isAlive = timeToSeconds(profile, session.timeout) >= BigInt(ageSeconds);
  const isNear = claimedMs <= ageMs + 1000 && claimedMs + ageToleranceMs >= ageMs + 1000;
  if (isAlive && isWhole && isNear) earlyData.isAllowed = true;
}

/** final_early_data of a server, with a ClientHello that has the extension. */
export function settleEarlyData(connection: Connection): void {
  const { earlyData, tls13, context } = connection;
  const isAccepted =
    earlyData.max > 0 &&
    connection.hit &&
    earlyData.phase === 'accepting' &&
    earlyData.isAllowed &&
    tls13.helloRetry === 'none' &&
    (context.allowEarlyData?.(connection) ?? 1) !== 0;
  earlyData.status = isAccepted ? 'accepted' : 'rejected';
  if (isAccepted) changeToEarlyKeys(connection, 'read');
}

/** tls13_change_cipher_state with SSL3_CC_EARLY, after the ClientHello: the suite is that of the session. */
export function changeToEarlyKeys(connection: Connection, direction: 'read' | 'write'): void {
  const { earlyData, session, externalPsk, environment, handshake, records, tls13 } = connection;
  const isInline = connection.profile.recordLayer === 'inline';
  if (isInline && direction === 'write') connection.alertWriting = 'not-at-all'; // until it is done
  const isExternal = earlyData.phase === 'connecting' && earlyData.max > 0 && session?.maxEarlyData === 0;
  // up to TLS 1.2 nobody asks for an external PSK, and the application's limit stands
  if (isExternal && externalPsk?.session.maxEarlyData !== earlyData.max)
    throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  const suite = earlySuite((isExternal ? externalPsk?.session : session)?.cipherSuite ?? -1);
  if (suite === undefined) throw new HandshakeFailure('internal_error', 'BAD_PSK');
  const by = { crypto: environment.crypto, hash: suite.hash };
  // no PSK is offered beside a session of TLS 1.2: then the secret is what the connection was born with
  const early = (isExternal ? tls13.externalEarlySecret : tls13.earlySecret) ?? new Uint8Array(hashBytes[suite.hash]);
  const helloHash = handshake.transcript.digestWith(none, by);
  const secret = clientEarlyTrafficSecret(by, early, helloHash);
  logTrafficSecret(connection, 'CLIENT_EARLY_TRAFFIC_SECRET', secret);
  if (environment.keyLog !== undefined)
    logTrafficSecret(connection, 'EARLY_EXPORTER_SECRET', earlyExporterSecret(by, early, helloHash));
  // up to TLS 1.2 the record layer of 3.5 has no keys but those of a whole handshake
  if (!isInline && connection.version < ProtocolVersion.tls13)
    throw new HandshakeFailure('internal_error', 'RECORD_LAYER_FAILURE');
  const protection = new Tls13Protection(environment.crypto, suite, secret, connection.library.recordScratch);
  if (direction === 'read') {
    records.readProtection = protection;
    records.readsEarlyData = true;
    return;
  }
  beginWriting(connection, protection);
  if (isInline) connection.alertWriting = 'plain';
}

/** A session of TLS 1.3 that was given a suite of TLS 1.2 (SSL_SESSION_set_cipher) has the AEAD and the hash of that. */
function earlySuite(code: number): Pick<CipherSuiteOfTls13, 'cipher' | 'hash'> | undefined {
  const earlier = cipherSuite(code);
  if (earlier?.records.form !== 'aead') return cipherSuiteOfTls13(code);
  return { cipher: earlier.records.cipher, hash: earlier.hash };
}

/** ossl_statem_skip_early_data: a server passes over what a client sent in vain. */
export function skipsEarlyData(connection: Connection): boolean {
  const { earlyData, tls13, handState } = connection;
  return (
    connection.server &&
    earlyData.status === 'rejected' &&
    handState === 'EARLY_DATA' &&
    tls13.helloRetry !== 'complete'
  );
}

export interface EarlyDataRefusal {
  readonly alert: AlertName;
  readonly reason: string;
  /** Queued once the connection is broken. */
  readonly secondReason?: string;
}

/** early_data_count_ok: adds to the bytes so far; what it is refused with where they are too many. */
export function countEarlyData(
  connection: Connection,
  length: number,
  options: { readonly overhead: number; readonly direction: 'read' | 'write' },
): EarlyDataRefusal | undefined {
  const { earlyData } = connection;
  const max = countMax(connection);
  if (max === undefined) {
    const refusal = { alert: 'internal_error', reason: 'INTERNAL_ERROR' } as const;
    // 3.5 goes on with a limit of 0
    return connection.profile.recordLayer === 'inline' ? refusal : { ...refusal, secondReason: 'TOO_MUCH_EARLY_DATA' };
  }
  const isInline = connection.profile.recordLayer === 'inline';
  const sum = max + options.overhead;
  const limit = isInline ? sum % 2 ** 32 : sum; // a uint32_t, by which the largest limits become small ones
  if (max === 0 || earlyData.count + length > limit) {
    const alert = options.direction === 'write' ? 'internal_error' : 'unexpected_message';
    return { alert, reason: 'TOO_MUCH_EARLY_DATA' };
  }
  earlyData.count = (earlyData.count + length) % 2 ** 32;
  return undefined;
}

/** A client goes by its session; a server by the lower of the session's limit and its own. Undefined: there is none to go by. */
function countMax({ server, session, externalPsk, earlyData }: Connection): number | undefined {
  if (server) {
    if (earlyData.status !== 'accepted') return earlyData.receivedMax;
    return Math.min(earlyData.receivedMax, session?.maxEarlyData ?? 0);
  }
  const own = session?.maxEarlyData ?? 0;
  const max = own > 0 ? own : (externalPsk?.session.maxEarlyData ?? 0);
  return max === 0 ? undefined : max;
}
