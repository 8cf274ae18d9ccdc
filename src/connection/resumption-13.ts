/** The server's decision in TLS 1.3: is there a session among the offered PSKs, and may it be resumed? tls_parse_ctos_psk, ssl_get_prev_session. */
import { hashBytes } from '../crypto/index.js';
import {
  binderKey,
  earlySecret,
  finishedMac,
  givingBackAfterAlert,
  HandshakeFailure,
  LibraryCrash,
} from '../handshake/index.js';
import { equalBytes, type Session, sessionIdBytesMax } from '../session/index.js';
import { type ClientHello, ExtensionType, PskKeyExchangeMode, Reader, readPskKeyExchangeModes } from '../wire/index.js';
import type { Connection } from './connection.js';
import { decide } from './decide.js';
import { allowByAge, allowsTicketsOnce } from './early-data.js';
import { findExternalPsk } from './external-psk.js';
import { suiteOf } from './keys-13.js';
import { parsed } from './parsed.js';
import { hashOfSuite } from './psk.js';
import { judgeCandidate, lookUp, ticketRefusalCodes } from './resumption.js';
import { extension } from './server-extensions.js';
import { Option } from './state.js';
import { takeTicket } from './tickets.js';
import { noPskModes, pskModesOf } from './tls13-state.js';

const vectorBounds = { min: 0, max: 2 ** 16 - 1 };
/** A session of TLS 1.3 takes no id from the ClientHello. */
const noSessionId = new Uint8Array(0);
const binderBounds = { min: 0, max: 2 ** 8 - 1 };
/** SSL_OP_PREFER_NO_DHE_KEX, which 3.5 knows; beyond the low 32 bits. */
const preferNoDheKex = 0x8_0000_0000n;

/**
 * Sets the connection's session when one may be resumed, and says whether tickets are due.
 * @throws HandshakeFailure where libssl ends the handshake rather than start anew
 */
export function findPsk(connection: Connection, hello: ClientHello): boolean {
  const { profile } = connection;
  connection.ticketExpected = true;
  if (profile.forgetsSessionOfServer) connection.setSession(undefined);
  readPskModes(connection, extension(hello, ExtensionType.pskKeyExchangeModes));
  const offered = extension(hello, ExtensionType.preSharedKey);
  if (offered !== undefined) choosePsk(connection, offered);
  else decide(connection, 'none', 'nothing-offered', { field: 'pre_shared_key' });
  const { session } = connection;
  if (session === undefined) return false;
  const isTaken = givingBackAfterAlert(
    () => judgeCandidate(connection, session),
    () => connection.setSession(undefined),
  );
  if (isTaken) return true;
  connection.setSession(undefined);
  connection.ticketExpected = true;
  return false;
}

/** tls_parse_ctos_psk_kex_modes. */
function readPskModes(connection: Connection, data: Uint8Array | undefined): void {
  const { tls13 } = connection;
  tls13.pskModes = noPskModes;
  if (data === undefined) return;
  const modes = parsed(() => readPskKeyExchangeModes(data), 'BAD_EXTENSION');
  const pskKe = modes.includes(PskKeyExchangeMode.pskKe) && connection.has(Option.allowNoDheKex);
  const pskDheKe = modes.includes(PskKeyExchangeMode.pskDheKe);
  const prefersNoDhe = connection.profile.knowsPreferNoDheKex && (connection.options & preferNoDheKex) !== 0n;
  tls13.pskModes = pskModesOf(pskKe, pskDheKe && !(pskKe && prefersNoDhe));
}

/**
 * The first identity that opens to a session with the hash of the chosen suite; its binder has to fit. Nothing behind it is looked at, nor
 * are binders where none opens: tls_parse_ctos_psk.
 */
function choosePsk(connection: Connection, data: Uint8Array): void {
  const { tls13, profile } = connection;
  if (!tls13.pskModes.pskKe && !tls13.pskModes.pskDheKe) {
    decide(connection, 'none', 'nothing-offered', { field: 'psk_key_exchange_modes' });
    return;
  }
  const r = new Reader(data);
  const identities = parsed(() => r.sub(vectorBounds), 'BAD_EXTENSION');
  connection.ticketExpected = false;
  for (let index = 0; identities.remaining > 0; index += 1) {
    const [identity, obfuscatedTicketAge] = parsed(
      () => [identities.opaque(vectorBounds), identities.u32()] as const,
      'BAD_EXTENSION',
    );
    const external = findExternalPsk(connection, identity);
    const session = external ?? openIdentity(connection, identity);
    if (session === undefined) continue;
    if (external !== undefined) {
      connection.ticketExpected = true;
      if (index === 0) connection.earlyData.isAllowed = true;
    } else {
      if (wasUsedBefore(connection, session)) continue;
      if (index === 0) allowByAge(connection, session, obfuscatedTicketAge);
    }
    if (session.cipherSuite === undefined) throw new LibraryCrash('the session of the PSK has no cipher suite');
    const hash = hashOfSuite(session.cipherSuite);
    if (hash === suiteOf(connection).hash) {
      const kind = external === undefined ? 'resumption' : 'external';
      givingBackAfterAlert(
        () => checkBinder(connection, session, { rest: r.rest(), index, kind }),
        () => session.release(connection.label),
      );
      tls13.pskIdentity = index;
      connection.setSession(session);
      return;
    }
    decide(connection, 'refused', 'psk-hash-differs', { session: session.id, field: 'cipher' });
    session.release(connection.label);
    connection.earlyData.isAllowed = false;
    connection.ticketExpected = profile.ticketsAfterHashDiffers;
  }
}

/** The session behind a ticket, one reference of the connection's. */
function openIdentity(connection: Connection, identity: Uint8Array): Session | undefined {
  if (isStateful(connection)) {
    connection.ticketExpected = true;
    if (identity.length === 0) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
    if (identity.length === sessionIdBytesMax) return lookUp(connection, identity);
    decide(connection, 'refused', 'ticket-not-stateful', { field: 'ticket' });
    return undefined;
  }
  const taken = takeTicket(connection, identity, noSessionId);
  if (taken.is === 'none') {
    decide(connection, 'refused', 'ticket-ignored', { field: 'ticket' });
    return undefined;
  }
  if (taken.is === 'empty') throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  if (taken.is === 'refused') {
    connection.ticketExpected = true;
    decide(connection, 'refused', ticketRefusalCodes[taken.why], { field: 'ticket' });
    return undefined;
  }
  if (taken.renew) connection.ticketExpected = true;
  taken.session.home = connection.sessionContext;
  return taken.session;
}

/** Anti-replay: a ticket that allows early data opens as often as it can be taken out of the cache. */
function wasUsedBefore(connection: Connection, session: Session): boolean {
  if (!allowsTicketsOnce(connection) || connection.library.defects.has('early-data-replay')) return false;
  if (connection.sessionContext.cache.remove(session) === 1) return false;
  decide(connection, 'refused', 'single-use-not-in-cache', { session: session.id, field: 'ticket' });
  session.release(connection.label);
  return true;
}

/** Whether tickets are ids of the cache. */
export function isStateful(connection: Connection): boolean {
  return connection.has(Option.noTicket) || allowsTicketsOnce(connection);
}

/**
 * tls_psk_do_binder: who offers a ticket has to know its secret.
 * @param of - `rest`: what follows the identities: the binders, with which the message ends
 */
function checkBinder(
  connection: Connection,
  session: Session,
  {
    rest,
    index,
    kind,
  }: { readonly rest: Uint8Array; readonly index: number; readonly kind: 'resumption' | 'external' },
): void {
  const { handshake, tls13, environment } = connection;
  const by = { crypto: environment.crypto, hash: suiteOf(connection).hash };
  const binder = parsed(() => {
    const binders = new Reader(rest).sub(vectorBounds);
    for (let before = 0; before < index; before += 1) binders.opaque(binderBounds);
    return binders.opaque(binderBounds);
  }, 'BAD_EXTENSION');
  if (binder.length !== hashBytes[by.hash]) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  const early = earlySecret(by, session.masterKey);
  const hash = handshake.transcript.digestWithoutEnd(rest.length, by);
  tls13.earlySecret = early;
  const expected = finishedMac(by, binderKey(by, early, kind), hash);
  if (!equalBytes(binder, expected))
    throw new HandshakeFailure(connection.profile.binderAlert, 'BINDER_DOES_NOT_VERIFY');
}
