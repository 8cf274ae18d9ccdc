/** SSL: one connection. The fields that libssl's own struct has, under the names of what they mean; the work is in the files beside. */

import type { CertificateInfo, Credential, ExpectedHost, KeyShare } from '../crypto/index.js';
import type { Environment, Transport } from '../environment.js';
import type { ObjectKind } from '../events.js';
import {
  type CipherSuite,
  type CipherSuiteOfTls13,
  type KeyBlock,
  type Randoms,
  Transcript,
  type VersionLimits,
} from '../handshake/index.js';
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
import { type ClientHello, ProtocolVersion, recordPlaintextBytesMax } from '../wire/index.js';
import { EarlyData } from './early-data.js';
import type { OwnShare } from './groups.js';
import type { Protection } from './protection.js';
import { type HandState, type MessageFlow, type ReadStep, Shutdown, type WriteStep } from './state.js';
import { Tls13State } from './tls13-state.js';

/** The state machine as client or server, or the function of a method that lacks that side, which fails. */
export type HandshakeKind = 'connect' | 'accept' | 'refused';

/** What a method has for a side. */
export function handshakeKindOf(method: Method, side: 'connect' | 'accept'): HandshakeKind {
  return method.role === (side === 'connect' ? 'server' : 'client') ? 'refused' : side;
}

/** A record that was read and not used up. */
export interface IncomingRecord {
  readonly contentType: number;
  readonly version: number;
  data: Uint8Array;
}

/** Bytes that the transport did not take yet. */
export interface PendingWrite {
  readonly contentType: number;
  readonly bytes: Uint8Array;
  sent: number;
  /** How many bytes of the caller's are in it. */
  readonly plaintextLength: number;
}

/** No bytes, of which one is enough. */
export const nothing: Uint8Array = new Uint8Array(0);
const noHost: ExpectedHost = Object.freeze({ name: undefined, address: undefined, flags: 0 });
const noExtensions: ReadonlySet<number> = new Set();
const noShares: readonly OwnShare[] = [];
const noSchemes: readonly number[] = [];
const noChain: readonly Uint8Array[] = [];

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

/** What the record layer of a connection holds. */
export class Records {
  header: Uint8Array = nothing;
  body: Uint8Array = nothing;
  reading: 'header' | 'body' = 'header';
  current: IncomingRecord | undefined;
  /** A record was passed over without being given back to the separate record layer. */
  unreleased = false;
  /** Bytes of a handshake message met while application data was asked for, at most 4. */
  handshakeFragment: Uint8Array = nothing;
  consecutiveAlerts = 0;
  consecutiveEmpty = 0;
  firstRecord = true;
  /** A separate record layer knows the version from when it was negotiated. */
  version: number | undefined;
  readProtection: Protection | undefined;
  /** A server's, whose keys for reading are the early ones. */
  readsEarlyData = false;
  /** The separate record layer that reads began before the first handshake was over. */
  isOfFirstHandshake = true;
  /** The largest plaintext that a separate record layer takes, in bytes. */
  readFragmentBytesMax: number = recordPlaintextBytesMax;
  /** What the buffer of a separate record layer holds behind a header, in bytes; undefined where it holds any record. */
  readBufferBytes: number | undefined;
  writeProtection: Protection | undefined;
  /** The plaintext for which the buffer was made in which records are made, in bytes. */
  writeFragmentBytesMax: number = recordPlaintextBytesMax;
  pending: PendingWrite | undefined;
  /** Application bytes of the current SSL_write that are out already (wnum). */
  written = 0;
}

/** What exists only while a handshake runs, and for renegotiation afterwards. */
export class HandshakeData {
  transcript: Transcript = new Transcript({ isOpen: false });
  /** A server's, until its parameters are chosen. */
  clientHello: ClientHello | undefined;
  /** A server could speak TLS 1.3 and says so in its random. */
  mayDowngrade = false;
  clientRandom: Uint8Array = nothing;
  serverRandom: Uint8Array = nothing;
  suite: CipherSuite | undefined;
  /** Of TLS 1.3: the suite, the group of the key exchange (0: none yet), a client's shares, a server's share from the client. */
  suite13: CipherSuiteOfTls13 | undefined;
  group = 0;
  keyShares: readonly OwnShare[] = noShares;
  /** A group that both have, where the client has sent no share for it. */
  groupToAskFor: number | undefined;
  peerShare: Uint8Array | undefined;
  /** Of the transcript up to the peer's Certificate, in TLS 1.3. */
  certificateVerifyHash: Uint8Array | undefined;
  /** Empty but for authentication after the handshake. */
  certificateContext: Uint8Array = nothing;
  /** What a HelloRetryRequest wants to have back. */
  cookie: Uint8Array | undefined;
  keyShare: KeyShare | undefined;
  /** The server's signature scheme, or the client's for its own certificate. */
  signatureScheme: number | undefined;
  peerSchemes: readonly number[] = noSchemes;
  peerGroups: readonly number[] | undefined;
  /** Whether the client's point formats, were they listed, have the uncompressed one. */
  peerTakesUncompressed = true;
  /** DER, the peer's own certificate first. */
  peerChain: readonly Uint8Array[] = noChain;
  /** What the first of them says. */
  peerCertificate: CertificateInfo | undefined;
  preMaster: Uint8Array | undefined;
  /** 0: not asked; 1: with a certificate; 2: an empty list. */
  certificateRequested: 0 | 1 | 2 = 0;
  changeCipherSpecReceived = false;
  finishedLength = 0;
  peerFinishedLength = 0;
  peerVerifyData: Uint8Array = nothing;
  /** The keys of both directions, from when the first of them changes until the handshake is over. */
  keyBlock: KeyBlock | undefined;
  previousClientFinished: Uint8Array = nothing;
  previousServerFinished: Uint8Array = nothing;
  /** A client's: the types of the extensions in the last ClientHello. */
  offeredExtensions: ReadonlySet<number> = noExtensions;
  sendConnectionBinding = false;
  receivedExtendedMasterSecret = false;
  requiredExtendedMasterSecret = false;
  /** RFC 7366, once both hellos have it and the suite has a block cipher. */
  encryptThenMac = false;
  /** SSL_renegotiate was called, the machine is not set up for it yet. */
  renegotiatePending = false;
  totalRenegotiations = 0;
  /** 2: application data was met where a handshake message was expected, and may be read. */
  inReadAppData: 0 | 1 | 2 = 0;
  warningAlert = 0;
  /** `pending`: to be sent; `retry`: with the separate record layer, which did not get rid of it yet. */
  alertDispatch: 'none' | 'pending' | 'retry' = 'none';
  alert: Uint8Array = nothing;
  alpnSelected: Uint8Array | undefined;
  servernameDone = false;

  /** The handshake is over: what the next one makes anew for itself goes. */
  finish(): void {
    this.transcript.finish();
    this.keyBlock = undefined;
    this.keyShare = undefined;
    this.signatureScheme = undefined;
    this.peerSchemes = noSchemes;
    this.peerGroups = undefined;
    this.peerChain = noChain;
    this.peerCertificate = undefined;
    this.offeredExtensions = noExtensions;
    this.keyShares = noShares;
    this.peerShare = undefined;
    this.peerVerifyData = nothing;
    this.certificateVerifyHash = undefined;
  }

  /** In TLS 1.3 no later secret is made from them. */
  dropRandoms(): void {
    this.clientRandom = nothing;
    this.serverRandom = nothing;
  }

  randoms(): Randoms {
    return { client: this.clientRandom, server: this.serverRandom };
  }
}

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
  /** The certificate and key that it shows: its context's when it was made. */
  credential: Credential | undefined;
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
    this.credential = context.credential;
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
    this.sessionContext.release(this.label);
    this.context.release(this.label);
  }
}

/** The version-flexible method starts from the highest version there is. */
function highestVersion(method: Method): number {
  return method.version === 'any' ? ProtocolVersion.tls13 : method.version;
}
