/** The streams of a world, and what both of their ends know: what invariants compare. */
import type { StackEvent } from 'simtls';
import type { Moment } from '../audit/index.js';
import type { Socket, SocketErrorCode } from '../network/index.js';
import type { ObjectId } from '../stacks/index.js';
import type { ConnectionDetails, ConnectionReport } from './result.js';

/** RFC 5246 §7.2. */
const closeNotify = 0;
const fatal = 2;
/** RFC 8446 §4. */
const keyUpdate = 24;

/** Something that waits for a socket. */
export interface Waiter {
  wake(): void;
}

const noWaiters: readonly Waiter[] = [];
const noErrors: readonly string[] = [];

/** One end: the socket, the SSL on it, and what the application has seen. */
export class End {
  readonly socket: Socket;
  readonly connection: Connection;
  ssl: ObjectId = 0;
  sentBytes = 0;
  receivedBytes = 0;
  /** A client's, of early data that its server may still reject: among `sentBytes`. */
  earlySentBytes = 0;
  /** A server's, of early data. */
  earlyReceivedBytes = 0;
  /** A server's: it acts upon early data as they come. */
  actsEarly = false;
  /** KeyUpdates that have come. */
  keyUpdates = 0;
  /** A server's: it has asked for a certificate after the handshake. */
  certificateAsked = false;
  /** Its close_notify has gone out. */
  saidClose = false;
  /** A wait on it was given up. */
  gaveUp = false;
  /** A fatal alert has come or gone. */
  fatal = false;
  /** Bytes that nobody had read when it was closed, after its close_notify: such a close is a reset. */
  unreadAtClose = 0;
  /** The peer's close_notify has arrived. */
  peerClosed = false;
  /** The application was told that the stream has ended well. */
  toldComplete = false;
  /** SSL_session_reused, once its handshake is done. */
  reused: number | undefined;
  handshakeFailed = false;
  /** Once its handshake is done, where the run wants to know. */
  negotiated: { readonly version: string; readonly cipher: string } | undefined;
  /** Of its calls that failed, one behind the other. */
  errors: readonly string[] = noErrors;
  /** Code of its last decision about a session. */
  decision = '';
  /** When its stack took a session, for its own part: the handshake may go on for long. */
  acceptedAt: Moment | undefined;
  /** With which key it opened the ticket that it was accepted by. */
  openedWith: Uint8Array | undefined;
  /** Code under test has it: nothing is known of the TLS on it. */
  foreign = false;
  /** How the socket failed, empty while it has not. */
  failure = '';
  connected = false;
  /** Told once, when the stream stands and nothing has been sent on it. */
  onOpen: (() => void) | undefined;
  #waiters: readonly Waiter[] = noWaiters;

  constructor(connection: Connection, socket: Socket) {
    this.connection = connection;
    this.socket = socket;
    // Named before they are assigned: V8 puts a function written where a property is assigned among the old objects at once, and
    // all that it leads to, a whole world, then outlives every scavenge.
    const wake = (): void => this.#wake();
    const connected = (): void => {
      this.connected = true;
      const tell = this.onOpen;
      this.onOpen = undefined;
      tell?.();
      this.#wake();
    };
    const failed = (code: SocketErrorCode): void => {
      this.failure = code;
      this.#wake();
    };
    socket.onReadable = wake;
    socket.onWritable = wake;
    socket.onConnected = connected;
    socket.onError = failed;
  }

  /** What has come beside data, and what was said. */
  told(event: Extract<StackEvent, { kind: 'alert' | 'message' }>): void {
    if (event.kind === 'alert' && event.level === fatal && event.description !== closeNotify) this.fatal = true;
    if (event.direction === 'sent') {
      if (event.kind === 'alert' && event.description === closeNotify) this.saidClose = true;
      return;
    }
    if (event.kind === 'message') this.keyUpdates += event.handshakeType === keyUpdate ? 1 : 0;
    else if (event.description === closeNotify) this.peerClosed = true;
  }

  subscribe(waiter: Waiter): void {
    if (!this.#waiters.includes(waiter)) this.#waiters = this.#waiters.concat(waiter); // a list of its length: what is pushed into keeps room
  }

  unsubscribe(waiter: Waiter): void {
    const left = this.#waiters.filter((one) => one !== waiter);
    this.#waiters = left.length === 0 ? noWaiters : left;
  }

  #wake(): void {
    if (this.#waiters.length === 1) this.#waiters[0]?.wake();
    else for (const waiter of this.#waiters) waiter.wake();
  }
}

export class Connection {
  readonly number: number;
  readonly step: string;
  readonly clientHost: string;
  /** Who was meant. */
  readonly meantHost: string;
  /** Who was meant; once a server has it, who took it. */
  serverHost: string;
  client: End | undefined;
  server: End | undefined;
  /** The step of the accept loop that took it. */
  served = '';
  /** Its server did otherwise than a good one does, or one of its ends was cleared. */
  mistreated = false;
  /** Both ends were found to wait for each other. */
  stuck = false;

  constructor(number: number, step: string, ends: { readonly client: string; readonly server: string }) {
    this.number = number;
    this.step = step;
    this.clientHost = ends.client;
    this.meantHost = ends.server;
    this.serverHost = ends.server;
  }

  report({ details }: { readonly details: boolean }): ConnectionReport {
    const { client, server } = this;
    return {
      ...(details ? { details: this.#details() } : {}),
      connection: this.number,
      client: this.clientHost,
      server: this.serverHost,
      step: this.step,
      decision: (client?.foreign === true ? server?.decision : client?.decision) ?? '',
      outcome: this.#outcome(),
    };
  }

  #details(): ConnectionDetails {
    const { client, server } = this;
    const { version, cipher } = client?.negotiated ?? server?.negotiated ?? { version: '', cipher: '' };
    return {
      version,
      cipher,
      clientErrors: client?.errors ?? noErrors,
      serverErrors: server?.errors ?? noErrors,
      served: this.served,
    };
  }

  #outcome(): ConnectionReport['outcome'] {
    const { client, server } = this;
    if (client === undefined || !client.connected) return 'refused';
    const { reused } = client.foreign && server !== undefined ? server : client;
    if (reused !== undefined) return reused === 1 ? 'resumed' : 'full';
    return client.handshakeFailed || server?.handshakeFailed === true ? 'handshake failed' : 'connected';
  }
}

/** All streams of a world, in the order of their connects. */
export class Connections {
  readonly #all: Connection[] = [];
  readonly #byClientSocket = new Map<number, Connection>();

  get all(): readonly Connection[] {
    return this.#all;
  }

  open(step: string, ends: { readonly client: string; readonly server: string }, socket: Socket): Connection {
    const connection = new Connection(this.#all.length + 1, step, ends);
    this.#all.push(connection);
    this.#byClientSocket.set(socket.id, connection);
    connection.client = new End(connection, socket);
    return connection;
  }

  /** The server's end of a stream that was accepted. */
  accept(socket: Socket, host: string): End | undefined {
    const connection = socket.peer === undefined ? undefined : this.#byClientSocket.get(socket.peer.id);
    if (connection === undefined) return undefined;
    connection.server = new End(connection, socket);
    connection.server.connected = true;
    connection.serverHost = host;
    return connection.server;
  }

  /** The latest stream that this step opened. */
  ofStep(step: string): Connection | undefined {
    return this.#all.findLast((one) => one.step === step);
  }
}
