/** What exists only while a handshake runs, and for renegotiation afterwards. */
import type { CertificateInfo, KeyShare, KeyShareAnswer } from '../crypto/index.js';
import {
  type CipherSuite,
  type CipherSuiteOfTls13,
  type KeyBlock,
  type Randoms,
  Transcript,
} from '../handshake/index.js';
import { type ClientHello, randomBytes } from '../wire/index.js';
import type { OwnShare } from './groups.js';
import { nothing } from './nothing.js';
import type { OwnCertificate } from './own-certificate.js';

const noExtensions: ReadonlySet<number> = new Set();
const noShares: readonly OwnShare[] = [];
const noSchemes: readonly number[] = [];
const noChain: readonly Uint8Array[] = [];

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
  /** A server's own share, and the secret with it; undefined where the client's gives none. */
  answer: KeyShareAnswer | undefined;
  /** Of the transcript up to the peer's Certificate, in TLS 1.3. */
  certificateVerifyHash: Uint8Array | undefined;
  /** Empty but for authentication after the handshake. */
  certificateContext: Uint8Array = nothing;
  /** What a HelloRetryRequest wants to have back. */
  cookie: Uint8Array | undefined;
  keyShare: KeyShare | undefined;
  /** The server's signature scheme, or the client's for its own certificate. */
  signatureScheme: number | undefined;
  /** The certificate that goes with it. */
  certificate: OwnCertificate | undefined;
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

  /** A ClientHello is to be made: what the last one had, of this handshake or another, counts no more. */
  forgetHello(): void {
    this.offeredExtensions = noExtensions;
    this.clientRandom = new Uint8Array(randomBytes);
  }

  /** The handshake is over: what the next one makes anew for itself goes. */
  finish(): void {
    this.transcript.finish();
    this.keyBlock = undefined;
    this.keyShare = undefined;
    this.signatureScheme = undefined;
    this.certificate = undefined;
    this.peerSchemes = noSchemes;
    this.peerGroups = undefined;
    this.peerChain = noChain;
    this.peerCertificate = undefined;
    this.offeredExtensions = noExtensions;
    this.keyShares = noShares;
    this.peerShare = undefined;
    this.answer = undefined;
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
