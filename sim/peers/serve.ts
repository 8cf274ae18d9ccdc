/** `simtls serve`: a TLS server behind a real TCP port, good or bad as it is told. */
import { createServer, type Server, type Socket } from 'node:net';
import { type Credential, type ProfileName, type Ssl, type SslCtx, testCredentials } from '../../src/index.js';
import { type Conduct, type Memory, modelControls, type PreSharedKey, usePreSharedKey } from '../emulator/index.js';
import { configureContext, encodeProtocols, type TlsVersions } from './context.js';
import { messageOf, PeerError } from './error.js';
import { type PeerLibrary, peerLibrary } from './library.js';
import type { Packets } from './packets.js';
import { SecureSocket } from './secure-socket.js';
import { serveConnection } from './serving.js';
import { decisionLine } from './words.js';

export interface ServeOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly profile: ProfileName;
  /** The fixed test certificate where none is given. */
  readonly credential?: Credential;
  readonly tls: TlsVersions;
  readonly tickets: boolean;
  /** Tickets after a full handshake of TLS 1.3; 2 unless told. */
  readonly ticketCount?: number;
  /** Takes early data, which goes there. */
  readonly earlyData?: (bytes: Uint8Array) => void;
  readonly keyUpdate?: boolean;
  readonly psk?: PreSharedKey;
  /** Seconds for which sessions may be resumed. */
  readonly sessionSeconds?: number;
  /** Protocols by preference, for clients that offer some. */
  readonly alpn?: readonly string[];
  /** Certificates (DER) that verify clients, which must show one then. */
  readonly clientAuthorities?: readonly Uint8Array[];
  readonly cipherSuites?: readonly number[];
  readonly renegotiate?: boolean;
  readonly conduct?: Conduct;
  /** Connections after which it stops by itself. */
  readonly connectionsMax?: number;
  /** Milliseconds that a client may take for a handshake, a request, or for reading an answer. */
  readonly limitMs: number;
  readonly insecureSeed?: string;
  readonly keyLog?: (line: string) => void;
  /** A capture of its connections, which it does not end. */
  readonly packets?: Packets;
  readonly print: (line: string) => void;
}

/** Open connections; more wait in the system's queue or are refused by it. */
const openMax = 1_024;
const idContext = 'simtls serve';
/** Bytes of early data that a ticket allows, as with s_server. */
const earlyDataMax = 16_384;

/** A server that listens. */
export class PeerServer {
  readonly host: string;
  readonly port: number;
  /** What it shows to clients, leaf first (DER). */
  readonly chain: readonly Uint8Array[];
  /** Ends when the server has: stopped, or after its last connection. Rejects with what is wrong in simtls itself. */
  readonly ended: Promise<void>;
  readonly #server: Server;
  readonly #open: Map<SecureSocket, Promise<void>> = new Map();
  readonly #options: ServeOptions;
  readonly #library: PeerLibrary;
  readonly #ctx: SslCtx;
  readonly #memory: Memory = { keys: [] };
  #accepted = 0;
  #fail: (cause: unknown) => void = () => {};

  private constructor(options: ServeOptions, server: Server) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
    this.host = address.address;
    this.port = address.port;
    this.#options = options;
    this.#server = server;
    this.#library = peerLibrary(options);
    const own = options.credential ?? testCredentials['ec-p256'];
    const credential = options.conduct?.credential?.(own, Date.now()) ?? own;
    this.chain = credential.chain;
    this.#ctx = makeContext(this.#library, { ...options, credential });
    server.maxConnections = openMax;
    server.on('connection', (socket) => this.#accept(socket));
    this.ended = new Promise((resolve, reject) => {
      this.#fail = reject;
      server.on('error', (cause) => {
        reject(new PeerError('PORT_UNAVAILABLE', `the port was lost: ${messageOf(cause)}`, { cause }));
        this.stop();
      });
      server.on('close', () => void Promise.all(this.#open.values()).then(() => resolve(), reject));
    });
  }

  /** Listens. @throws PeerError where the port cannot be had */
  static async start(options: ServeOptions): Promise<PeerServer> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        const where = `${options.host}:${options.port}`;
        reject(new PeerError('PORT_UNAVAILABLE', `cannot listen on ${where}: ${messageOf(cause)}`, { cause }));
      });
      server.listen(options.port, options.host, () => resolve());
    });
    return new PeerServer(options, server);
  }

  /** Takes no more connections, and ends those that are open with close_notify. */
  stop(): void {
    this.#server.close();
    for (const secure of this.#open.keys()) secure.interrupt();
  }

  #accept(socket: Socket): void {
    this.#accepted += 1;
    if (this.#accepted === this.#options.connectionsMax) this.#server.close();
    const { conduct = {}, limitMs, renegotiate = false, keyUpdate = false, earlyData } = this.#options;
    const { libssl } = this.#library;
    const name = `connection ${this.#accepted}`;
    const print = (line: string): void => this.#options.print(`${name}: ${line}`);
    print(`from ${socket.remoteAddress ?? '?'}:${socket.remotePort ?? '?'}`);
    conduct.prepare?.(modelControls(libssl, this.#ctx), this.#memory);
    const ssl = libssl.SSL_new(this.#ctx) as Ssl; // null for no context alone
    libssl.SSL_set_accept_state(ssl);
    const decisions: string[] = [];
    const secure = new SecureSocket(this.#library, ssl, socket, {
      limitMs,
      packets: this.#options.packets?.of(socket, 'peer'),
      ...(conduct.pieceBytes === undefined ? {} : { pieceBytes: conduct.pieceBytes }),
      onDecision(event) {
        decisions.push(decisionLine(event));
        print(decisionLine(event));
      },
    });
    const given = earlyData === undefined ? {} : { earlyData };
    const options = { library: libssl, ctx: this.#ctx, conduct, renegotiate, keyUpdate, print, decisions, ...given };
    const done = serveConnection(secure, options)
      .catch((cause: unknown) => {
        this.#fail(cause);
        this.stop();
      })
      .finally(() => this.#open.delete(secure));
    this.#open.set(secure, done);
  }
}

function makeContext({ libssl }: PeerLibrary, options: ServeOptions): SslCtx {
  const ctx = configureContext(libssl, libssl.TLS_server_method(), options);
  if (options.conduct?.idContext === undefined) libssl.SSL_CTX_set_session_id_context(ctx, Buffer.from(idContext));
  if (!options.tickets) libssl.SSL_CTX_set_options(ctx, noTicket);
  if (options.ticketCount !== undefined) libssl.SSL_CTX_set_num_tickets(ctx, options.ticketCount);
  if (options.earlyData !== undefined) libssl.SSL_CTX_set_max_early_data(ctx, earlyDataMax);
  if (options.psk !== undefined)
    usePreSharedKey(libssl, ctx, options.psk, { ownSuites: options.cipherSuites !== undefined });
  if (options.sessionSeconds !== undefined) libssl.SSL_CTX_set_timeout(ctx, options.sessionSeconds);
  if (options.clientAuthorities !== undefined) {
    libssl.SSL_CTX_trust(ctx, options.clientAuthorities);
    libssl.SSL_CTX_set_verify(ctx, verifyPeer | verifyFailIfNoPeerCert);
  }
  if (options.alpn !== undefined) {
    const known = encodeProtocols(options.alpn);
    libssl.SSL_CTX_set_alpn_select_cb(ctx, (offered) =>
      known.find((one) => offered.some((other) => Buffer.compare(one, other) === 0)),
    );
  }
  return ctx;
}

const noTicket = 0x4000; //              SSL_OP_NO_TICKET
const verifyPeer = 1; //                 SSL_VERIFY_PEER
const verifyFailIfNoPeerCert = 2; //     SSL_VERIFY_FAIL_IF_NO_PEER_CERT
