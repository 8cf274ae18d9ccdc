/**
 * What the two ends of each connection of a world have come to, and what every session goes back to: the full handshake that has
 * authenticated both. A resumed connection is held to it.
 */
import { type Ssl, type SslSession, verifyAsOf } from 'simtls';
import {
  type Broken,
  cameAgain,
  guessable,
  judgeIdContext,
  judgeIdentity,
  judgeLifetime,
  judgeSecrets,
  openedByAnother,
  slippedIn,
} from '../invariants/index.js';
import { isStateful, noTicket } from './options.js';

/** When an end was done: by the world's time, microseconds, and by its host's clock, milliseconds. */
export interface Moment {
  readonly us: number;
  readonly ms: number;
}

/** An end whose handshake is done. */
export interface EndDone {
  readonly ssl: Ssl;
  readonly resumed: boolean;
  readonly at: Moment;
  /** Where it resumes: when its stack took the session. */
  readonly acceptedAt: Moment;
  /** Where it was a ticket: what its context opened it with then. Keys may change before the handshake is done. */
  readonly openedWith?: Uint8Array | undefined;
}

/** The same, as it was then. */
interface Done {
  readonly ssl: Ssl;
  readonly resumed: boolean;
  readonly at: Moment;
  /** When it took the session that it resumes. */
  readonly acceptedAt: Moment;
  readonly openedWith: Uint8Array | undefined;
  /** What names the session that it goes by: in TLS 1.2 the master secret, in 1.3 the PSK. */
  readonly key: number;
  /** What covers the whole handshake and its keys: the resumption secret, or the verify data of both Finished. */
  readonly secrets: readonly [Uint8Array, Uint8Array];
  readonly idContext: Uint8Array;
  readonly peerCertificate: Uint8Array | undefined;
  readonly ownChain: readonly Uint8Array[];
}

/** A full handshake that both have finished. */
interface Origin {
  readonly connection: number;
  readonly serverAt: Moment;
  readonly limitSeconds: number;
  readonly idContext: Uint8Array;
  readonly serverChain: readonly Uint8Array[];
  /** What clients have shown in it, and after it. */
  readonly clientChains: (readonly Uint8Array[])[];
  readonly clientVerifies: Verifies;
  readonly serverVerifies: Verifies;
}

/** By what an end judges its peer's certificates. */
interface Verifies {
  readonly mode: number;
  readonly trusted: Ssl['context']['trusted'];
  readonly host: Ssl['expectedHost'];
}

interface Pair {
  client?: Done;
  server?: Done;
  origin?: Origin;
}

const verifyPeer = 1; //         SSL_VERIFY_PEER
const failIfNoPeerCert = 2; //   SSL_VERIFY_FAIL_IF_NO_PEER_CERT
const sslTls13 = 0x0304;
const none: readonly Uint8Array[] = [];
const noKey = -1;

export class Handshakes {
  readonly #pairs = new Map<number, Pair>();
  /** By what names a session. */
  readonly #origins = new Map<number, { readonly origin: Origin; readonly sealedBy: Sealed | undefined }>();
  /** By the random of the ClientHello before it. */
  #earlyFlights: Map<string, number> | undefined;

  /** One end of a connection has finished its handshake. @returns what is broken, once both have */
  done(connection: number, side: 'client' | 'server', end: EndDone): readonly Broken[] {
    const done = doneBy(end);
    if (done === undefined) return noneBroken;
    const pair = this.#pairs.get(connection) ?? {};
    this.#pairs.set(connection, pair);
    pair[side] = done;
    const { client, server } = pair;
    if (client === undefined || server === undefined || client.resumed !== server.resumed) return noneBroken;
    return client.resumed
      ? this.#resumed(connection, pair, client, server)
      : this.#full(connection, pair, client, server);
  }

  /** A connection that is done has got another session: such as comes in a ticket. */
  came(connection: number, session: SslSession): void {
    const pair = this.#pairs.get(connection);
    if (pair?.origin === undefined) return;
    const late = pair.server?.ssl.session?.peerCertificate;
    const { clientChains } = pair.origin;
    if (late !== undefined && !clientChains.some(([leaf]) => leaf !== undefined && isSame(leaf, late))) {
      clientChains.push([late]);
    }
    this.#name(keyOf(session), pair.origin, pair.server);
  }

  /** Early data has come on a connection. */
  early(connection: number, ssl: Ssl): Broken | undefined {
    const flight = latin1(ssl.handshake.clientRandom);
    this.#earlyFlights ??= new Map();
    const first = this.#earlyFlights.get(flight);
    if (first === undefined) this.#earlyFlights.set(flight, connection);
    if (first === undefined || first === connection || flight === '') return undefined;
    return cameAgain(connection, first, { program: !isStateful(ssl) });
  }

  #full(connection: number, pair: Pair, client: Done, server: Done): readonly Broken[] {
    const session = server.ssl.session;
    const origin: Origin = {
      connection,
      serverAt: server.at,
      limitSeconds: session === undefined ? Number.POSITIVE_INFINITY : secondsOf(session.timeout, server.ssl),
      idContext: server.idContext,
      serverChain: server.ownChain,
      clientChains: server.peerCertificate === undefined ? [] : [client.ownChain],
      clientVerifies: verifies(client.ssl),
      serverVerifies: verifies(server.ssl),
    };
    pair.origin = origin;
    this.#name(client.key, origin, server);
    const [serverLeaf] = server.ownChain;
    const [clientLeaf] = client.ownChain;
    return broken(
      judgeSecrets(connection, client.secrets, server.secrets),
      judgeIdentity({
        connection,
        side: 'client',
        resumed: false,
        taken: client.peerCertificate,
        shown: serverLeaf === undefined ? none : [serverLeaf],
      }),
      judgeIdentity({
        connection,
        side: 'server',
        resumed: false,
        taken: server.peerCertificate,
        shown: clientLeaf === undefined ? none : [clientLeaf],
      }),
      judgeKeys(connection, server.ssl),
    );
  }

  #resumed(connection: number, pair: Pair, client: Done, server: Done): readonly Broken[] {
    const known = this.#origins.get(client.key);
    const agreed = judgeSecrets(connection, client.secrets, server.secrets);
    if (known === undefined) return broken(agreed); // made elsewhere, or a key from elsewhere
    const { origin, sealedBy } = known;
    pair.origin = origin;
    this.#name(client.key, origin, server);
    const { limitSeconds, serverAt } = origin;
    // Its age counts when it is looked at: what is left of the handshake may take longer than what was left of the session.
    const { us, ms } = server.acceptedAt;
    const ageSeconds = Math.min(us - serverAt.us, (ms - serverAt.ms) * 1000) / 1_000_000;
    const leaves = origin.clientChains.flatMap(([leaf]) => leaf ?? []);
    return broken(
      agreed,
      judgeIdentity({
        connection,
        side: 'client',
        resumed: true,
        taken: client.peerCertificate,
        shown: origin.serverChain.slice(0, 1),
      }),
      judgeIdentity({ connection, side: 'server', resumed: true, taken: server.peerCertificate, shown: leaves }),
      judgeIdContext(connection, hex(origin.idContext), [
        hex(server.ssl.sessionIdContext),
        hex(server.ssl.sessionContext.sessionIdContext),
      ]),
      judgeLifetime(connection, {
        ageSeconds,
        limitSeconds: Math.max(limitSeconds, secondsOf(server.ssl.sessionContext.timeoutOfNewSessions, server.ssl)),
      }),
      judgePolicy(connection, 'server', server.ssl, {
        chain: origin.clientChains.at(-1) ?? none,
        atMs: serverAt.ms,
        before: origin.serverVerifies,
      }),
      judgePolicy(connection, 'client', client.ssl, {
        chain: origin.serverChain,
        atMs: serverAt.ms,
        before: origin.clientVerifies,
      }),
      sealedBy !== undefined && isOpenedByAnother(sealedBy, server)
        ? openedByAnother(connection, sealedBy.connection)
        : undefined,
      judgeKeys(connection, server.ssl),
    );
  }

  #name(key: number, origin: Origin, server: Done | undefined): void {
    if (key === noKey) return;
    const sealed = server === undefined ? undefined : sealedBy(origin.connection, server.ssl);
    if (!this.#origins.has(key)) this.#origins.set(key, { origin, sealedBy: sealed });
  }
}

/** With which keys a ticket was sealed, where the context has keys of its own. */
interface Sealed {
  readonly connection: number;
  readonly aesKey: Uint8Array;
}

function sealedBy(connection: number, server: Ssl): Sealed | undefined {
  const ctx = server.sessionContext;
  if (ctx.ticketKeyCallback !== undefined || hasNoTickets(server)) return undefined;
  return { connection, aesKey: ctx.ticketKeys.aesKey };
}

/** With which key a connection opens the ticket that it has just taken, where its context has keys of its own. */
export function opensWith(server: Ssl): Uint8Array | undefined {
  const ctx = server.sessionContext;
  if (ctx.ticketKeyCallback !== undefined || (server.version === sslTls13 && isStateful(server))) return undefined;
  return ctx.ticketKeys.aesKey;
}

function isOpenedByAnother(sealed: Sealed, { ssl, openedWith }: Done): boolean {
  if (openedWith === undefined || hasNoTickets(ssl)) return false;
  return !isSame(sealed.aesKey, openedWith);
}

/** Its sessions are in its cache, or may be: whoever resumes one need not have opened a ticket. */
function hasNoTickets(server: Ssl): boolean {
  return server.version === sslTls13
    ? isStateful(server)
    : server.has(noTicket) || server.session?.sessionId.length !== 0;
}

function judgeKeys(connection: number, server: Ssl): Broken | undefined {
  const ctx = server.sessionContext;
  if (server.has(noTicket) || ctx.ticketKeyCallback !== undefined) return undefined;
  const { aesKey } = ctx.ticketKeys;
  return aesKey.every((byte) => byte === aesKey[0]) ? guessable(connection, aesKey) : undefined;
}

/** Judges by what the connection is set to now, as of when the peer was authenticated: time alone refuses nobody. */
function judgePolicy(
  connection: number,
  side: 'client' | 'server',
  ssl: Ssl,
  peer: { readonly chain: readonly Uint8Array[]; readonly atMs: number; readonly before: Verifies },
): Broken | undefined {
  if ((ssl.verifyMode & verifyPeer) === 0) return undefined;
  const { chain, atMs, before } = peer;
  if (chain.length === 0) {
    const isDemanded = side === 'client' || (ssl.verifyMode & failIfNoPeerCert) !== 0;
    return isDemanded ? slippedIn({ connection, side, why: 'it has shown no certificate' }) : undefined;
  }
  const isAsBefore =
    (before.mode & verifyPeer) !== 0 && before.trusted === ssl.context.trusted && before.host === ssl.expectedHost;
  if (isAsBefore) return undefined;
  const error = verifyAsOf(ssl, { chain, nowMs: atMs });
  return error === 0 ? undefined : slippedIn({ connection, side, why: `its certificate gives X509 error ${error}` });
}

function doneBy({ ssl, resumed, at, acceptedAt, openedWith }: EndDone): Done | undefined {
  const { session, handshake } = ssl;
  const { resumptionSecret } = ssl.tls13;
  if (session === undefined) return undefined;
  return {
    ssl,
    resumed,
    at,
    acceptedAt,
    openedWith,
    key: keyOf(session),
    secrets:
      resumptionSecret === undefined
        ? [handshake.previousClientFinished, handshake.previousServerFinished]
        : [resumptionSecret, resumptionSecret],
    idContext: session.sessionIdContext,
    peerCertificate: session.peerCertificate,
    ownChain: ssl.credential?.chain ?? none,
  };
}

function verifies(ssl: Ssl): Verifies {
  return { mode: ssl.verifyMode, trusted: ssl.context.trusted, host: ssl.expectedHost };
}

/** Its first six bytes: so many are enough to tell the secrets of a world apart. */
function keyOf({ masterKey }: SslSession): number {
  if (masterKey.length < 6) return noKey;
  let key = 0;
  for (let i = 0; i < 6; i += 1) key = key * 256 + (masterKey[i] ?? 0);
  return key;
}

function secondsOf(time: bigint, ssl: Ssl): number {
  return Number(time) / (ssl.profile.timeUnit === 'second' ? 1 : 1e9);
}

const noneBroken: readonly Broken[] = Object.freeze([]);

function broken(...judged: readonly (Broken | undefined)[]): readonly Broken[] {
  return judged.filter((one) => one !== undefined);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
