/** `simtls connect`: a TLS client over real TCP, with the words of `openssl s_client`. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Credential, Libssl, ProfileName, Ssl, SslCtx, SslSession } from '../../src/index.js';
import { type PreSharedKey, usePreSharedKey } from '../emulator/index.js';
import { configureContext, encodeProtocols, type TlsVersions } from './context.js';
import { ConnectionFailure, messageOf } from './error.js';
import { readSession, writeSession } from './files.js';
import { type PeerLibrary, peerLibrary } from './library.js';
import type { Packets } from './packets.js';
import { SecureSocket } from './secure-socket.js';
import { alpnLine, decisionLine, earlyDataLine, sessionLine, verifyLine } from './words.js';

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly profile: ProfileName;
  /** Sent in the ClientHello; the host, where that is no address, unless told. */
  readonly servername?: string;
  /** Certificates (DER) that verify the server, which has to be for `servername` or the host; undefined: it is not verified. */
  readonly authorities?: readonly Uint8Array[];
  readonly credential?: Credential;
  readonly alpn?: readonly string[];
  readonly cipherSuites?: readonly number[];
  readonly tls: TlsVersions;
  readonly tickets: boolean;
  /** Bytes of plaintext a record that it asks for. */
  readonly fragmentBytesMax?: FragmentBytesMax;
  /** Tickets of TLS 1.3 that are waited for where a session is wanted; 1 unless told. */
  readonly ticketCount?: number;
  /** What is sent as early data, where the session allows it. */
  readonly earlyData?: Uint8Array;
  readonly keyUpdate?: boolean;
  readonly psk?: PreSharedKey;
  /** Files. */
  readonly sessionIn?: string;
  readonly sessionOut?: string;
  /** How often it connects again, offering the session of the connection before. */
  readonly reconnect: number;
  /** Asks for a new handshake on each connection before anything else. */
  readonly renegotiate?: boolean;
  /** The path of an HTTP GET on each connection. */
  readonly get?: string;
  /** Milliseconds that the server may take for TCP, a handshake, or a piece of an answer. */
  readonly limitMs: number;
  readonly insecureSeed?: string;
  readonly keyLog?: (line: string) => void;
  /** A capture of its connections, which it does not end. */
  readonly packets?: Packets;
  /** A line of what happened. */
  readonly print: (line: string) => void;
  /** What the server answers, as it comes. */
  readonly answer: (bytes: Uint8Array) => void;
}

/** Connections of one client, one after the other. */
export class PeerClient {
  readonly #options: ConnectOptions;
  readonly #library: PeerLibrary;
  readonly #ctx: SslCtx;
  #session: SslSession | null;
  #stopped = false;
  #interrupt: () => void = () => {};

  /** @throws PeerError where the session file is none */
  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#library = peerLibrary(options);
    const { libssl } = this.#library;
    this.#ctx = configureContext(libssl, libssl.TLS_client_method(), options);
    if (options.authorities !== undefined) {
      libssl.SSL_CTX_trust(this.#ctx, options.authorities);
      libssl.SSL_CTX_set_verify(this.#ctx, verifyPeer);
    }
    if (options.alpn !== undefined) libssl.SSL_CTX_set_alpn_protos(this.#ctx, encodeProtocols(options.alpn));
    if (options.fragmentBytesMax !== undefined) {
      const code = fragmentLengths.indexOf(options.fragmentBytesMax) + 1;
      libssl.SSL_CTX_set_tlsext_max_fragment_length(this.#ctx, code);
    }
    if (options.psk !== undefined) {
      usePreSharedKey(libssl, this.#ctx, options.psk, { ownSuites: options.cipherSuites !== undefined });
    }
    if (!options.tickets) libssl.SSL_CTX_set_options(this.#ctx, noTicket);
    this.#session = options.sessionIn === undefined ? null : readSession(libssl, options.sessionIn);
  }

  /** Connects, and again as often as it was told. @throws ConnectionFailure for the first that fails, PeerError */
  async run(): Promise<void> {
    for (let round = 0; round <= this.#options.reconnect; round += 1) {
      if (round > 0) this.#options.print('drop connection and then reconnect');
      await this.#connect({ isLast: round === this.#options.reconnect });
    }
  }

  /** Ends what is under way as interrupted. */
  stop(): void {
    this.#stopped = true;
    this.#interrupt();
  }

  async #connect(round: { readonly isLast: boolean }): Promise<void> {
    const { host, port, limitMs, print } = this.#options;
    const { libssl } = this.#library;
    if (this.#stopped) throw new ConnectionFailure('INTERRUPTED', 'connecting was interrupted');
    const socket = await openTcp(host, port, limitMs, (interrupt) => {
      this.#interrupt = interrupt;
    });
    const ssl = libssl.SSL_new(this.#ctx) as Ssl; // null for no context alone
    libssl.SSL_set_connect_state(ssl);
    const name = this.#options.servername ?? (isIP(host) === 0 ? host : null);
    if (name !== null) libssl.SSL_set_tlsext_host_name(ssl, name);
    if (this.#options.authorities !== undefined) expectHost(libssl, ssl, this.#options.servername ?? host);
    if (this.#session !== null) libssl.SSL_set_session(ssl, this.#session);
    const secure = new SecureSocket(this.#library, ssl, socket, {
      limitMs,
      packets: this.#options.packets?.of(socket, 'own'),
      onDecision: (event) => print(decisionLine(event)),
    });
    this.#interrupt = () => secure.interrupt();
    try {
      await this.#converse(secure, round);
    } finally {
      await secure.end({ closeNotify: 'sent' });
    }
  }

  async #converse(secure: SecureSocket, { isLast }: { readonly isLast: boolean }): Promise<void> {
    const { get, keyUpdate, print, renegotiate } = this.#options;
    const { libssl } = this.#library;
    await this.#handshake(secure);
    print(sessionLine(libssl, secure.ssl));
    print(verifyLine(libssl, secure.ssl));
    print(alpnLine(libssl, secure.ssl));
    const earlyData = earlyDataLine(libssl, secure.ssl);
    if (earlyData !== undefined) print(earlyData);
    if (earlyData !== undefined && (this.#options.sessionOut !== undefined || !isLast))
      await this.#awaitTickets(secure);
    this.#keepSession(secure.ssl);
    if (renegotiate === true) {
      print('RENEGOTIATING');
      libssl.SSL_renegotiate(secure.ssl);
      await secure.handshake();
      print(`renegotiated: ${sessionLine(libssl, secure.ssl)}`);
      this.#keepSession(secure.ssl);
    }
    if (keyUpdate === true) {
      print('KEYUPDATE');
      await secure.updateKeys();
    }
    if (get === undefined) return;
    const name = this.#options.servername ?? this.#options.host;
    await secure.write(Buffer.from(`GET ${get} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`));
    for (let bytes = await secure.read(); bytes !== undefined; bytes = await secure.read()) this.#options.answer(bytes);
    this.#keepSession(secure.ssl);
  }

  /** In TLS 1.3 a session is resumed by what comes after the handshake. */
  async #awaitTickets(secure: SecureSocket): Promise<void> {
    for (const bytes of await secure.awaitTickets(this.#options.ticketCount ?? 1)) {
      if (bytes !== undefined) this.#options.answer(bytes);
    }
  }

  async #handshake(secure: SecureSocket): Promise<void> {
    const { earlyData } = this.#options;
    const session = this.#library.libssl.SSL_get_session(secure.ssl);
    const isAllowed = session !== null && this.#library.libssl.SSL_SESSION_get_max_early_data(session) > 0;
    try {
      if (earlyData !== undefined && isAllowed) await secure.writeEarly(earlyData);
      await secure.handshake();
    } catch (cause) {
      this.#options.print(verifyLine(this.#library.libssl, secure.ssl));
      throw cause;
    }
  }

  /** The connection's session is what the next one offers, and what the file gets. */
  #keepSession(ssl: Ssl): void {
    const { libssl } = this.#library;
    const session = libssl.SSL_get1_session(ssl);
    if (session === null) return;
    libssl.SSL_SESSION_free(this.#session);
    this.#session = session;
    if (this.#options.sessionOut !== undefined) writeSession(libssl, this.#options.sessionOut, session);
  }
}

/** RFC 6066 §4: the codes 1 to 4. */
export const fragmentLengths = [512, 1024, 2048, 4096] as const;
export type FragmentBytesMax = (typeof fragmentLengths)[number];

const noTicket = 0x4000; // SSL_OP_NO_TICKET
const verifyPeer = 1; //    SSL_VERIFY_PEER

/** As s_client's -verify_hostname and -verify_ip: 1.1.1 knows an address by the latter call alone. */
function expectHost(library: Libssl, ssl: Ssl, host: string): void {
  if (isIP(host) === 0) library.SSL_set1_host(ssl, host);
  else library.X509_VERIFY_PARAM_set1_ip_asc(ssl, host);
}

/** @param interruptible - is given what ends the wait */
async function openTcp(
  host: string,
  port: number,
  limitMs: number,
  interruptible: (interrupt: () => void) => void,
): Promise<Socket> {
  const socket = connectTcp({ host, port, allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    const fail = (failure: ConnectionFailure): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(failure);
    };
    const timer = setTimeout(
      () => fail(new ConnectionFailure('LIMIT', `connecting to ${host}:${port} took longer than ${limitMs / 1000} s`)),
      limitMs,
    );
    interruptible(() => fail(new ConnectionFailure('INTERRUPTED', 'connecting was interrupted')));
    const onError = (cause: Error): void =>
      fail(new ConnectionFailure('TRANSPORT', `cannot connect to ${host}:${port}: ${messageOf(cause)}`, { cause }));
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve();
    });
  });
  return socket;
}
