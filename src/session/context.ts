/** SSL_CTX: configuration, callbacks, counters, and the internal session cache (cache.ts). */
import type { CertificateInfo, Credential, HashName, VerifyStep } from '../crypto/index.js';
import type { ObjectKind } from '../events.js';
import { SessionCache } from './cache.js';
import { Counted } from './counted.js';
import type { Library } from './library.js';
import type { Session } from './session.js';
import { timeFromSeconds } from './time.js';

/** What an SSL_METHOD says: which side it may play, and which versions. */
export interface Method {
  /** The one side that it plays; undefined: either. */
  readonly role: 'client' | 'server' | undefined;
  /** `any`: version-flexible; else the one version, as on the wire. */
  readonly version: 'any' | number;
}

/** SSL_CTX_sess_number(3) and its sisters, from 0, never reset. */
export interface Statistics {
  connect: number;
  connectGood: number;
  connectRenegotiate: number;
  accept: number;
  acceptGood: number;
  acceptRenegotiate: number;
  hits: number;
  callbackHits: number;
  misses: number;
  timeouts: number;
  cacheFull: number;
}

/** Keys that seal tickets: random for each SSL_CTX unless set. */
export interface TicketKeys {
  readonly name: Uint8Array; //    16 bytes
  readonly hmacKey: Uint8Array; // 32 bytes
  readonly aesKey: Uint8Array; //  32 bytes
}

/**
 * What SSL_CTX_set_tlsext_ticket_key_evp_cb(3) answers, asked for the keys of a new ticket, or of one that came.
 * For a new ticket: keys; `none`: an empty ticket is sent; `fail`: the handshake ends. For one that came: keys, with `renew` to
 * send a new ticket beside using this one; `none`: it is not opened, a full handshake follows; `fail`.
 */
export type TicketKeyAnswer = { readonly keys: TicketKeys; readonly renew: boolean } | 'none' | 'fail';
export type TicketKeyCallback = (ssl: Counted, keyName: Uint8Array | undefined) => TicketKeyAnswer;

/** SSL_CTX_set_session_ticket_cb(3): what becomes of tickets, seen as they are made and when they come. */
export interface TicketCallbacks {
  /** 0: the handshake fails. */
  generate: ((ssl: Counted) => number) | undefined;
  /** @param status SSL_TICKET_STATUS: 3 empty, 4 not opened, 5 opened, 6 opened and to be renewed. @returns SSL_TICKET_RETURN, 0 to 4 */
  decrypt: ((ssl: Counted, session: Session | null, keyName: Uint8Array, status: number) => number) | undefined;
}

/** SSL_CTX_set_generate_session_id(3): the id, of which a length of 0 or more than 32 fails; null: no id can be made. */
export type SessionIdCallback = (ssl: Counted) => Uint8Array | null;

/** SSL_CTX_set_verify(3): asked at each error of the peer's chain, and at each certificate that is good; 0 ends the verification. */
export type VerifyCallback = (ssl: Counted, step: VerifyStep) => number;

/** SSL_CTX_set_info_callback(3): `where` is SSL_CB_…, `value` 1 or what the machine ends with, or the level and description of an alert. */
export type InfoCallback = (ssl: Counted, where: number, value: number) => void;

/** What a get callback answers: `copy` true leaves its reference with it, false hands the reference over. */
export interface GetAnswer {
  readonly session: Session;
  readonly copy: boolean;
}

export interface SessionCallbacks {
  /** Not zero: the reference taken for the callback now belongs to the application. */
  newSession: ((ssl: Counted, session: Session) => number) | undefined;
  removeSession: ((context: Context, session: Session) => void) | undefined;
  getSession: ((ssl: Counted, id: Uint8Array) => GetAnswer | null) | undefined;
}

/** Keys that the application has from elsewhere: RFC 8446 §2.2. Both give a reference away; `fail` ends the handshake. */
export interface PskCallbacks {
  /** A client's: the key to offer, or none. @param hash what the key's cipher suite has to have, once that is known */
  use:
    | ((
        ssl: Counted,
        hash: HashName | undefined,
      ) => { readonly identity: Uint8Array; readonly session: Session } | undefined | 'fail')
    | undefined;
  /** A server's: the key of that identity, or none. */
  find: ((ssl: Counted, identity: Uint8Array) => Session | undefined | 'fail') | undefined;
}

/** What SSL_CTX_set_tlsext_servername_callback answers. */
export type ServernameAnswer = 'ok' | 'alert-fatal' | 'alert-warning' | 'noack';

export const sessionCacheSizeDefault = 20_480; // SSL_SESSION_CACHE_MAX_SIZE_DEFAULT
const timeoutDefaultSeconds = 7_200n; //          tls1_default_timeout
const sessCacheServer = 0x2;

export class Context extends Counted {
  override readonly kind: ObjectKind = 'ctx';

  readonly method: Method;
  readonly cache: SessionCache;
  readonly statistics: Statistics = {
    connect: 0,
    connectGood: 0,
    connectRenegotiate: 0,
    accept: 0,
    acceptGood: 0,
    acceptRenegotiate: 0,
    hits: 0,
    callbackHits: 0,
    misses: 0,
    timeouts: 0,
    cacheFull: 0,
  };
  readonly callbacks: SessionCallbacks = { newSession: undefined, removeSession: undefined, getSession: undefined };

  cacheMode: number = sessCacheServer;
  cacheSize: bigint = BigInt(sessionCacheSizeDefault);
  /** Of sessions to come, in the profile's unit; 0: the default. */
  sessionTimeout: bigint;
  options: bigint;
  minVersion = 0;
  maxVersion = 0;
  /** Code of the maximum fragment length that a client asks for; 0: none. */
  maxFragmentLength = 0;
  sessionIdContext: Uint8Array = new Uint8Array(0);
  verifyMode = 0;
  verifyCallback: VerifyCallback | undefined;
  infoCallback: InfoCallback | undefined;
  offersLateAuthentication = false;
  quietShutdown = 0;
  ticketCount = 2;
  /** Bytes of early data that a server's tickets allow, and that it reads at most. */
  maxEarlyData = 0;
  receivedEarlyDataMax = 16_384; // SSL3_RT_MAX_PLAIN_LENGTH
  /** 0: no early data on this connection, whatever the ticket says (SSL_CTX_set_allow_early_data_cb). */
  allowEarlyData: ((ssl: Counted) => number) | undefined;
  readonly psk: PskCallbacks = { use: undefined, find: undefined };
  credential: Credential | undefined;
  /** Cipher suites, preferred first; undefined: the default list. */
  cipherSuites: readonly number[] | undefined;
  /** The same for TLS 1.3, which has a list of its own. */
  cipherSuitesOfTls13: readonly number[] | undefined;
  /** Groups of the key exchange by code point, preferred first; undefined: the line's default. */
  groups: readonly number[] | undefined;
  /** Protocol names that a client offers. */
  alpnProtocols: readonly Uint8Array[] | undefined;
  /** Chooses a protocol for a server, or none. */
  alpnSelect: ((offered: readonly Uint8Array[]) => Uint8Array | undefined) | undefined;
  /** May switch the connection's context by name. */
  servername: ((ssl: Counted, name: string | undefined) => ServernameAnswer) | undefined;
  /** Non-zero: this session shall not be resumed (SSL_CTX_set_not_resumable_session_callback). */
  notResumableSession: ((ssl: Counted, forwardSecure: number) => number) | undefined;
  /** Chooses keys by name, in place of the context's own; without a name: for a new ticket. */
  ticketKeyCallback: TicketKeyCallback | undefined;
  readonly ticketCallbacks: TicketCallbacks = { generate: undefined, decrypt: undefined };
  /** Makes the ids of sessions; undefined: they are random. */
  generateSessionId: SessionIdCallback | undefined;
  /** The store that the peer's chain has to lead to. */
  trusted: readonly CertificateInfo[] = [];

  #ticketKeys: TicketKeys | undefined;

  constructor(library: Library, method: Method) {
    super(library);
    this.method = method;
    this.cache = new SessionCache(this);
    this.sessionTimeout = timeFromSeconds(library.profile, timeoutDefaultSeconds);
    this.options = BigInt(library.profile.defaultOptions);
    this.born('program');
  }

  /** The timeout that a session made now gets. */
  get timeoutOfNewSessions(): bigint {
    if (this.sessionTimeout !== 0n) return this.sessionTimeout;
    return timeFromSeconds(this.library.profile, timeoutDefaultSeconds);
  }

  /** Made from the seed at first use. */
  get ticketKeys(): TicketKeys {
    if (this.#ticketKeys === undefined) {
      const fill = (purpose: string, length: number): Uint8Array => {
        const bytes = new Uint8Array(length);
        if (this.library.defects.has('zero-ticket-key')) return bytes;
        this.library.environment.fillRandom(`ctx#${this.id}/ticket-${purpose}`, bytes);
        return bytes;
      };
      this.#ticketKeys = { name: fill('name', 16), hmacKey: fill('hmac', 32), aesKey: fill('aes', 32) };
    }
    return this.#ticketKeys;
  }

  set ticketKeys(keys: TicketKeys) {
    this.#ticketKeys = keys;
  }

  protected override died(): void {
    this.cache.flush(0n);
  }
}
