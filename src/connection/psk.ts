/** The PSKs that a client offers, and their binders: tls_construct_ctos_psk, tls_psk_do_binder. RFC 8446 §4.2.11. */
import { type HashName, hashBytes } from '../crypto/index.js';
import {
  binderKey,
  cipherSuite,
  cipherSuiteOfTls13,
  earlySecret,
  finishedMac,
  HandshakeFailure,
  LibraryCrash,
} from '../handshake/index.js';
import { type Session, timeNow, timeToSeconds } from '../session/index.js';
import {
  HandshakeType,
  ProtocolVersion,
  pskBindersBytes,
  writeHandshake,
  writePreSharedKeyOfClient,
} from '../wire/index.js';
import type { Connection } from './connection.js';
import { decide } from './decide.js';

/** One identity, with what its binder is made from. */
export interface OfferedPsk {
  readonly identity: Uint8Array;
  readonly obfuscatedTicketAge: number;
  readonly session: Session;
  readonly hash: HashName;
  readonly kind: 'resumption' | 'external';
}

/** What there is to offer in TLS 1.3: the session's ticket, unless that is too old by the server's word, and behind it an external PSK. */
export function offeredPsks(connection: Connection): readonly OfferedPsk[] {
  const { session, tls13 } = connection;
  tls13.pskIdentity = 0;
  if (session === undefined || session.version !== ProtocolVersion.tls13) return [];
  const ticket = offeredTicket(connection, session);
  const external = offeredExternalPsk(connection);
  const list = ticket === undefined ? [] : [ticket];
  if (external !== undefined) list.push(external);
  tls13.pskIdentity = list.length;
  return list;
}

function offeredExternalPsk({ externalPsk, tls13, handshake }: Connection): OfferedPsk | undefined {
  if (externalPsk === undefined) return undefined;
  const { identity, session } = externalPsk;
  if (session.cipherSuite === undefined) throw new LibraryCrash('the session of a PSK has no cipher suite');
  const hash = hashOfSuite(session.cipherSuite);
  const isOther = tls13.helloRetry === 'pending' && hash !== handshake.suite13?.hash;
  if (hash === undefined || isOther) throw new HandshakeFailure('internal_error', 'BAD_PSK');
  return { identity, obfuscatedTicketAge: 0, session, hash, kind: 'external' };
}

function offeredTicket(connection: Connection, session: Session): OfferedPsk | undefined {
  const { tls13, handshake } = connection;
  const { ticket } = session;
  if (ticket === undefined || ticket.length === 0) {
    if (session.sessionId.length > 0)
      decide(connection, 'refused', 'ticket-missing', { session: session.id, field: 'ticket' });
    return undefined;
  }
  if (session.cipherSuite === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
  const hash = hashOfSuite(session.cipherSuite);
  const isOther = tls13.helloRetry === 'pending' && hash !== handshake.suite13?.hash;
  if (hash === undefined || isOther) {
    decide(connection, 'refused', 'retry-hash-differs', { session: session.id, field: 'cipher' });
    return undefined;
  }
  const ageSeconds = ticketAgeSeconds(connection, session);
  const ageMs = (ageSeconds * 1000) % 2 ** 32;
  if (BigInt(session.ticketLifetimeHint) < BigInt(ageSeconds) || Math.floor(ageMs / 1000) !== ageSeconds) {
    decide(connection, 'refused', 'ticket-too-old', { session: session.id, field: 'ticket_lifetime_hint' });
    return undefined;
  }
  decide(connection, 'offered', 'offered-psk', { session: session.id, field: 'ticket' });
  const obfuscatedTicketAge = (ageMs + session.ticketAgeAdd) % 2 ** 32;
  return { identity: ticket, obfuscatedTicketAge, session, hash, kind: 'resumption' };
}

/** Whole seconds as a uint32, one less than counted: the server must not find the ticket older than it can be. */
function ticketAgeSeconds(connection: Connection, session: Session): number {
  const { profile, environment } = connection;
  const now = timeNow(profile, environment.nowMs());
  const isBackwards = profile.timeUnit === 'nanosecond' && now < session.time; // ossl_time_subtract stops at 0
  const age = isBackwards ? 0 : Number(BigInt.asUintN(32, timeToSeconds(profile, now - session.time)));
  return age > 0 ? age - 1 : 0;
}

/** The hash that belongs to a cipher suite, of either version; undefined for one that is not known here. */
export function hashOfSuite(code: number): HashName | undefined {
  return cipherSuiteOfTls13(code)?.hash ?? cipherSuite(code)?.hash;
}

/** The extension, with binders that are zero yet. */
export function writeOfferedPsks(offered: readonly OfferedPsk[]): Uint8Array {
  return writePreSharedKeyOfClient({ identities: offered, binders: emptyBinders(offered) });
}

/** Puts the binders in at the end of a ClientHello's body. */
export function signBinders(connection: Connection, body: Uint8Array, offered: readonly OfferedPsk[]): void {
  const { transcript } = connection.handshake;
  const { crypto } = connection.environment;
  const bindersBytes = pskBindersBytes(emptyBinders(offered));
  const whole = writeHandshake(HandshakeType.clientHello, body);
  const partial = whole.subarray(0, whole.length - bindersBytes);
  let at = body.length - bindersBytes + 2;
  for (const psk of offered) {
    const by = { crypto, hash: psk.hash };
    const early = earlySecret(by, psk.session.masterKey);
    if (psk.kind === 'external') connection.tls13.externalEarlySecret = early;
    if (psk.kind !== 'external' || isForEarlyData(connection, psk.session)) connection.tls13.earlySecret = early;
    const binder = finishedMac(by, binderKey(by, early, psk.kind), transcript.digestWith(partial, by));
    body.set(binder, at + 1);
    at += 1 + binder.length;
  }
}

/**
 * tls_psk_do_binder, usepskfored: the key from elsewhere is that of the early data, and takes the place of the ticket's secret, which a
 * server that prefers the ticket then goes on with alone.
 */
function isForEarlyData({ earlyData, session }: Connection, key: Session): boolean {
  return earlyData.phase === 'connecting' && (session?.maxEarlyData ?? 0) === 0 && key.maxEarlyData > 0;
}

function emptyBinders(offered: readonly OfferedPsk[]): Uint8Array[] {
  return offered.map((psk) => new Uint8Array(hashBytes[psk.hash]));
}
