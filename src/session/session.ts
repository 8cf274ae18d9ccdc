/** SSL_SESSION: what one handshake agreed, to be resumed by another. Plain data; the calls over it are in libssl/. */
import type { ObjectKind } from '../events.js';
import type { Context } from './context.js';
import { Counted } from './counted.js';

import type { Library } from './library.js';
import { type Expiry, expiryOf, timeFromSeconds, timeNow } from './time.js';

export const sessionIdBytesMax = 32; //         SSL_MAX_SSL_SESSION_ID_LENGTH
export const sessionIdContextBytesMax = 32; //  SSL_MAX_SID_CTX_LENGTH
const bareTimeoutSeconds = 304n; //             SSL_SESSION_new: 60 * 5 + 4

/** RFC 6066 §4: 2^9, 2^10, 2^11 or 2^12 bytes. */
export type FragmentLengthCode = 1 | 2 | 3 | 4;
/** TLSEXT_max_fragment_length_UNSPECIFIED: no handshake has said yet whether there is one. */
export const fragmentLengthUnspecified = 255;

const none: Uint8Array = new Uint8Array(0);

export class Session extends Counted {
  override readonly kind: ObjectKind = 'session';

  sessionIdContext: Uint8Array = none;
  masterKey: Uint8Array = none;
  /** Code point of the cipher suite; undefined while none was agreed. */
  cipherSuite: number | undefined;
  /** The same by number, as it was when the session was decoded or its client last read a ServerHello; 0: never. It stays where the suite is lost. */
  cipherId = 0;
  verifyResult = 1; // X509_V_ERR_UNSPECIFIED, "avoid 0 (= X509_V_OK) just in case"
  hostname: string | undefined;
  ticket: Uint8Array | undefined;
  /** Seconds: a C unsigned long. */
  ticketLifetimeHint: number | bigint = 0;
  ticketAgeAdd = 0;
  maxEarlyData = 0;
  alpnSelected: Uint8Array | undefined;
  /** Data of the application's in a session ticket. */
  ticketAppData: Uint8Array | undefined;
  /** Code point of the group of the key exchange; 0: none. */
  keyExchangeGroup = 0;
  /** DER, the peer's certificate. */
  peerCertificate: Uint8Array | undefined;
  extendedMasterSecret = false;
  /** A FragmentLengthCode, 0 for none, or fragmentLengthUnspecified. */
  maxFragmentLength: number;
  notResumable = false;
  /** The context in whose list it is, one at most; not counted. */
  listedIn: Context | undefined;
  /** The block of that list in which it stands. */
  leaf: number | undefined;
  /** The first SSL_CTX it was made for or added to: the manual allows no second. */
  home: Context | undefined;

  /** Whether a cache ever took it in, by its version and id. */
  isKey = false;

  #version = 0;
  #sessionId: Uint8Array = none;
  #time: bigint;
  #timeout: bigint;
  #expiry: Expiry;

  constructor(library: Library, holder: string) {
    super(library);
    this.maxFragmentLength = library.profile.resumedFragmentLength === 'kept' ? fragmentLengthUnspecified : 0;
    this.#time = timeNow(library.profile, library.environment.nowMs());
    this.#timeout = timeFromSeconds(library.profile, bareTimeoutSeconds);
    this.#expiry = expiryOf(library.profile, this.#time, this.#timeout);
    this.born(holder);
  }

  /** SSL_SESSION_new: undefined where there is no memory, which the error queue tells. */
  static make(library: Library, holder: string): Session | undefined {
    if (library.allocates('session')) return new Session(library, holder);
    library.errors.push('MALLOC_FAILURE', library.profile.mallocFailureLibrary);
    return undefined;
  }

  get version(): number {
    return this.#version;
  }

  set version(version: number) {
    this.#version = version;
    if (this.isKey) this.library.cachedKeysChanged = true;
  }

  get sessionId(): Uint8Array {
    return this.#sessionId;
  }

  set sessionId(id: Uint8Array) {
    this.#sessionId = id;
    if (this.isKey) this.library.cachedKeysChanged = true;
  }

  /** In the profile's unit. */
  get time(): bigint {
    return this.#time;
  }

  get timeout(): bigint {
    return this.#timeout;
  }

  get expiry(): Expiry {
    return this.#expiry;
  }

  setTime(time: bigint): void {
    this.#time = time;
    this.#changeExpiry();
  }

  setTimeout(timeout: bigint): void {
    this.#timeout = timeout;
    this.#changeExpiry();
  }

  setTimeToNow(): void {
    this.setTime(timeNow(this.library.profile, this.library.environment.nowMs()));
  }

  /** SSL_SESSION_is_resumable. */
  get isResumable(): boolean {
    return !this.notResumable && (this.sessionId.length > 0 || this.ticketBytes > 0);
  }

  get ticketBytes(): number {
    return this.ticket?.length ?? 0;
  }

  /**
   * A new object with this one's content, in no cache, with no owner. With `ticket: 'left out'` ticket and hint stay behind.
   * Undefined where there is no memory, which the error queue tells.
   */
  duplicate(options: { readonly ticket: 'kept' | 'left out'; readonly holder: string }): Session | undefined {
    const copied = [this.alpnSelected, this.ticketAppData, options.ticket === 'kept' ? this.ticket : undefined];
    // OPENSSL_memdup of nothing asks for no byte, and what it then gets it takes for a failure.
    const isEmptyCopied = copied.some((bytes) => bytes?.length === 0);
    if (isEmptyCopied) this.tellOfCopyGivenUp();
    if (isEmptyCopied || !this.library.allocates('session-copy', this.id)) {
      this.library.errors.push('MALLOC_FAILURE', this.library.profile.mallocFailureLibrary);
      return undefined;
    }
    const copy = new Session(this.library, options.holder);
    copy.version = this.version;
    copy.sessionId = this.sessionId;
    copy.sessionIdContext = this.sessionIdContext;
    copy.masterKey = this.masterKey;
    copy.cipherSuite = this.cipherSuite;
    copy.cipherId = this.cipherId;
    copy.verifyResult = this.verifyResult;
    copy.hostname = this.hostname;
    copy.ticketAgeAdd = this.ticketAgeAdd;
    copy.maxEarlyData = this.maxEarlyData;
    copy.alpnSelected = this.alpnSelected;
    copy.ticketAppData = this.ticketAppData;
    copy.keyExchangeGroup = this.keyExchangeGroup;
    copy.peerCertificate = this.peerCertificate;
    copy.extendedMasterSecret = this.extendedMasterSecret;
    copy.maxFragmentLength = this.maxFragmentLength;
    copy.notResumable = this.notResumable;
    copy.home = this.home;
    copy.copyExData(this);
    copy.#time = this.#time;
    copy.#timeout = this.#timeout;
    copy.#expiry = this.#expiry;
    if (options.ticket === 'kept') {
      copy.ticket = this.ticket;
      copy.ticketLifetimeHint = this.ticket === undefined ? 0 : this.ticketLifetimeHint;
    }
    return copy;
  }

  #changeExpiry(): void {
    this.#expiry = expiryOf(this.library.profile, this.#time, this.#timeout);
    this.listedIn?.cache.expiryChanged(this);
  }

  protected override died(): void {
    this.listedIn?.cache.listedDied();
    this.masterKey = none;
    this.ticket = undefined;
  }
}
