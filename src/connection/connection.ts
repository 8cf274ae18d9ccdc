/** SSL: one connection. The fields that libssl's own struct has, under the names of what they mean; the work is in the files beside. */

import type { Credential, ExpectedHost } from '../crypto/index.js';
import type { Environment, Transport } from '../environment.js';
import type { ObjectKind } from '../events.js';
import type { VersionLimits } from '../handshake/index.js';
import type { Profile } from '../profile/index.js';
import {
  type Context,
  Counted,
  type InfoCallback,
  type Library,
  type Method,
  type PskCallbacks,
  type Session,
  type SessionIdCallback,
  type VerifyCallback,
} from '../session/index.js';
import { ProtocolVersion } from '../wire/index.js';
import { EarlyData } from './early-data.js';
import { HandshakeData } from './handshake-data.js';
import { nothing } from './nothing.js';
import { OwnCertificate } from './own-certificate.js';
import { Records } from './record-state.js';
import { type HandState, type MessageFlow, type ReadStep, Shutdown, type WriteStep } from './state.js';
import { Tls13State } from './tls13-state.js';

/** The state machine as client or server, or the function of a method that lacks that side, which fails. */
export type HandshakeKind = 'connect' | 'accept' | 'refused';

/** What a method has for a side. */
export function handshakeKindOf(method: Method, side: 'connect' | 'accept'): HandshakeKind {
  return method.role === (side === 'connect' ? 'server' : 'client') ? 'refused' : side;
}

const noHost: ExpectedHost = Object.freeze({ name: undefined, address: undefined, flags: 0 });

/** A PSK that the application has from elsewhere; its session is one reference of the connection's. */
export interface ExternalPsk {
  readonly identity: Uint8Array;
  readonly session: Session;
}

/** Cipher suites by code point, preferred first; undefined: the default list. */
export interface SuiteLists {
  readonly upToTls12: readonly number[] | undefined;
  readonly tls13: readonly number[] | undefined;
}

/**
 * ENC_WRITE_STATE_VALID, _WRITE_PLAIN_ALERTS (a client under its early keys), _INVALID (a change of the keys that write has
 * failed: a fatal error tells the peer nothing, and leaves the session alone).
 */
export type AlertWriting = 'as-keys-say' | 'plain' | 'not-at-all';

export class Connection extends Counted {
  override readonly kind: ObjectKind = 'ssl';

  /** The context whose configuration is used now (SSL_get_SSL_CTX). */
  context: Context;
  /** The context that the connection was made with: caching, callbacks, ticket keys. */
  readonly sessionContext: Context;
  readonly defaultMethod: Method;
  method: Method;
  server: boolean;
  /** What a call that needs a handshake runs; undefined until SSL_set_connect_state or SSL_set_accept_state. */
  handshakeKind: HandshakeKind | undefined;
  /** The state machine, given from above, so that reading and writing need not know it. */
  readonly machine: (connection: Connection) => number;
  /** What it shows: its context's when it was made. */
  #certificate: OwnCertificate;
  /** Groups of the key exchange, its context's when it was made; undefined: the line's own. */
  readonly groups: readonly number[] | undefined;
  /** As its context had them when it was made. */
  readonly psk: Readonly<PskCallbacks>;
  /** Of TLS 1.3, as its context had them when it was made, or as they were set for it; undefined: the default list. */
  cipherSuitesOfTls13: readonly number[] | undefined;
  /** Its own lists, once one was set for it: what its context has changes nothing any more. */
  ownCipherSuites: SuiteLists | undefined;
  /** The same, where a client looks up what the server has chosen; SSL_set_ciphersuites in vain makes the other its own alone. */
  ownCipherSuitesById: SuiteLists | undefined;
  transport: Transport | undefined;

  flow: MessageFlow = 'uninitialised';
  handState: HandState = 'BEFORE';
  requestState: HandState = 'BEFORE';
  readStep: ReadStep = 'header';
  writeStep: WriteStep = 'transition';
  inInit = true;
  inHandshake = 0;
  readStateFirstInit = false;
  firstPacket = false;
  cleanupAfterHandshake = false;
  /** The handshake message under way: type, length, and what of it has come. */
  messageType = 0;
  messageLength = 0;
  messageHeader: Uint8Array = nothing;
  messageBody: Uint8Array[] = [];
  messageBodyBytes = 0;
  /** The handshake message to be sent, whole; undefined once it is with the record layer. */
  outgoing: Uint8Array | undefined;

  version = 0;
  clientVersion = 0;
  minVersion: number;
  maxVersion: number;
  /** Code of the maximum fragment length that a client asks for; 0: none. */
  maxFragmentLength: number;
  verifyMode: number;
  /** SSL_set_info_callback; where there is none, that of the context is asked. */
  infoCallback: InfoCallback | undefined;
  /** SSL_set_verify; of the context where the connection was made. */
  verifyCallback: VerifyCallback | undefined;
  /** A client's: it will authenticate itself after the handshake when it is asked to. */
  offersLateAuthentication: boolean;
  verifyResult = 0;
  quietShutdown: number;
  shutdown = 0;
  ticketCount: number;
  /** SSL_set_generate_session_id; of the context where the connection was made. */
  generateSessionId: SessionIdCallback | undefined;
  /** SSL_set_not_resumable_session_callback; of the context where the connection was made. */
  notResumableSession: ((ssl: Counted, forwardSecure: number) => number) | undefined;
  sessionIdContext: Uint8Array;
  hostname: string | undefined;
  alpnProtocols: readonly Uint8Array[] | undefined;
  /** Whom the peer's certificate has to be for. */
  expectedHost: ExpectedHost = noHost;

  session: Session | undefined;
  hit = false;
  ticketExpected = false;
  renegotiate = false;
  newSession = false;
  certificateRequestsSent = 0;
  /** What TLS 1.3's compatibility mode sends as session id. */
  temporarySessionId: Uint8Array = nothing;

  /** What the last call waits for (SSL_want), and whether the transport said to try again. */
  want: 'nothing' | 'reading' | 'writing' = 'nothing';
  readRetry = false;
  writeRetry = false;

  /** The buffering BIO of a handshake: flights leave whole. */
  buffering = false;
  flight: Uint8Array[] = [];
  records: Records = new Records();
  /** How alerts go out with 1.1.1 and 3.0; SSL_clear leaves it. 3.5 means to, but tells the layer before it. */
  alertWriting: AlertWriting = 'as-keys-say';
  handshake: HandshakeData = new HandshakeData();
  tls13: Tls13State = new Tls13State();
  /** SSL_clear leaves it, since the calls for early data begin a handshake, which clears. */
  readonly earlyData: EarlyData;
  externalPsk: ExternalPsk | undefined;

  #options = 0n;
  #flags = 0;

  constructor(
    library: Library,
    context: Context,
    options: { readonly holder: string; readonly machine: (connection: Connection) => number },
  ) {
    super(library);
    this.machine = options.machine;
    this.#certificate = new OwnCertificate(context.credential);
    this.groups = context.groups;
    this.psk = { use: context.psk.use, find: context.psk.find };
    this.cipherSuitesOfTls13 = context.cipherSuitesOfTls13;
    this.context = context;
    this.sessionContext = context;
    this.defaultMethod = context.method;
    this.method = context.method;
    this.server = context.method.role !== 'client';
    this.minVersion = context.minVersion;
    this.maxVersion = context.maxVersion;
    this.options = context.options;
    this.maxFragmentLength = context.maxFragmentLength;
    this.verifyMode = context.verifyMode;
    this.verifyCallback = context.verifyCallback;
    this.offersLateAuthentication = context.offersLateAuthentication;
    this.quietShutdown = context.quietShutdown;
    this.ticketCount = context.ticketCount;
    this.generateSessionId = context.generateSessionId;
    this.notResumableSession = context.notResumableSession;
    this.sessionIdContext = context.sessionIdContext;
    this.alpnProtocols = context.alpnProtocols;
    this.earlyData = new EarlyData({ max: context.maxEarlyData, receivedMax: context.receivedEarlyDataMax });
    this.version = highestVersion(context.method);
    context.upRef(this.label);
    context.upRef(this.label);
    this.born(options.holder);
  }

  get profile(): Profile {
    return this.library.profile;
  }

  get environment(): Environment {
    return this.library.environment;
  }

  /** SSL_OP_…, 64 bits. */
  get options(): bigint {
    return this.#options;
  }

  set options(options: bigint) {
    this.#options = options;
    this.#flags = Number(BigInt.asIntN(32, options));
  }

  /** Low 32 bits of the options. */
  get flags(): number {
    return this.#flags;
  }

  has(option: number): boolean {
    return (this.#flags & option) !== 0;
  }

  /** SSL_in_before. */
  get inBefore(): boolean {
    return this.handState === 'BEFORE' && this.flow === 'uninitialised';
  }

  /** SSL_is_init_finished. */
  get isInitFinished(): boolean {
    return !this.inInit && this.handState === 'OK';
  }

  /** SSL_IS_TLS13: TLS 1.3 has been negotiated. */
  get isTls13(): boolean {
    return this.method.version === ProtocolVersion.tls13;
  }

  /** SSL_IS_FIRST_HANDSHAKE: no Finished has gone both ways yet. */
  get isFirstHandshake(): boolean {
    return this.handshake.finishedLength === 0 || this.handshake.peerFinishedLength === 0;
  }

  get versionLimits(): VersionLimits {
    return {
      profile: this.profile,
      methodVersion: this.method.version,
      minVersion: this.minVersion,
      maxVersion: this.maxVersion,
      flags: this.flags,
    };
  }

  /** The certificate and key that it shows. */
  get credential(): Credential | undefined {
    return this.#certificate.credential;
  }

  get certificate(): OwnCertificate {
    return this.#certificate;
  }

  /** The one that was there is given up; the other is this connection's now. */
  set certificate(certificate: OwnCertificate) {
    this.#certificate.giveUp();
    this.#certificate = certificate;
  }

  fillRandom(purpose: string, target: Uint8Array): void {
    this.environment.fillRandom(`${this.label}/${purpose}`, target);
  }

  /** Replaces the session: the old one loses this connection's reference, the new one's is already taken. */
  setSession(session: Session | undefined): void {
    const old = this.session;
    this.session = session;
    old?.release(this.label);
  }

  /** The same for a PSK from elsewhere. */
  setExternalPsk(psk: ExternalPsk | undefined): void {
    const old = this.externalPsk;
    this.externalPsk = psk;
    old?.session.release(this.label);
  }

  /**
   * ssl_clear_bad_session: a session still open (no close_notify sent, no handshake under way) is bad, and leaves the cache.
   * @returns whether it was
   */
  clearBadSession(): boolean {
    if (this.session === undefined || (this.shutdown & Shutdown.sent) !== 0) return false;
    if (this.inInit || this.inBefore) return false;
    this.sessionContext.cache.remove(this.session);
    return true;
  }

  /** ossl_statem_clear. */
  resetMachine(): void {
    this.flow = 'uninitialised';
    this.handState = 'BEFORE';
    this.inInit = true;
  }

  /** tls1_clear */
  resetMethodState(): void {
    this.handshake = new HandshakeData();
    this.buffering = false;
    this.flight = [];
    this.version = highestVersion(this.method);
  }

  /** SSL_set_ssl_method as far as sessions call it: back to a method of another version resets what belongs to it. */
  switchMethod(method: Method): void {
    if (this.method === method) return;
    const sameVersion = this.method.version === method.version;
    if (this.handshakeKind === handshakeKindOf(this.method, 'connect'))
      this.handshakeKind = handshakeKindOf(method, 'connect');
    else if (this.handshakeKind === handshakeKindOf(this.method, 'accept'))
      this.handshakeKind = handshakeKindOf(method, 'accept');
    this.method = method;
    if (!sameVersion) this.resetMethodState();
  }

  /** SSL_dup: what it takes over is the caller's to say, but for this. */
  takeExData(from: Connection): void {
    this.copyExData(from);
  }

  protected override died(): void {
    this.clearBadSession();
    this.setSession(undefined);
    this.setExternalPsk(undefined);
    this.#certificate.giveUp();
    this.sessionContext.release(this.label);
    this.context.release(this.label);
  }
}

/** The version-flexible method starts from the highest version there is. */
function highestVersion(method: Method): number {
  return method.version === 'any' ? ProtocolVersion.tls13 : method.version;
}
