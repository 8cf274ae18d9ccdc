/**
 * One end of a connection, as a process sees it through the calls of POSIX: nothing waits, and what happens later is
 * told by callbacks, each of which runs in an event of the kernel. Errors and their order are Linux's.
 */
import type { Transport } from 'simtls';
import type { SocketErrorCode } from './errors.js';
import type { HostSocket, HostState } from './host-state.js';
import type { Outlook } from './outlook.js';
import type { Intake, Pipe, PipeEnd, SegmentKind, StreamCut } from './pipe.js';

/**
 * `connecting`: no answer yet. `open`: the process has it, be it reset or not. `orphan`: the process has closed it, and
 * the host sends what is left. `gone`: the host knows of no such connection.
 */
export type SocketState = 'connecting' | 'open' | 'orphan' | 'gone';

/** What the network keeps for its sockets. */
export interface SocketOwner {
  /** A segment has left `socket`. */
  sent(socket: Socket, kind: SegmentKind, bytes: Uint8Array): void;
  /** A segment that was lost leaves `socket` again. */
  sentAgain(socket: Socket, kind: SegmentKind, bytes: Uint8Array, offset: number): void;
  /** `socket` tells its peer what has arrived, or that there is room again. */
  acknowledges(socket: Socket): void;
  /** The host has nothing to do for `socket` any more. */
  released(socket: Socket): void;
}

const noBytes = new Uint8Array(0);
const unconnected = { shut: false, bufferBytes: 0, unsentBytes: 0, windowBytes: 0 } as const;

export class Socket implements Transport, PipeEnd, HostSocket {
  /** Minted by the network, from 1. */
  readonly id: number;
  readonly host: HostState;
  /** Who connected. */
  readonly role: 'client' | 'server';
  readonly localPort: number;
  readonly peerAddress: string;
  readonly peerPort: number;
  /** The other end, once there is one: for faults and traces, not for programs. */
  peer: Socket | undefined;

  /** The connection stands. */
  onConnected: (() => void) | undefined;
  /** Something new can be read: bytes, the end of the stream, or an error. Read until `'wait'` before relying on it. */
  onReadable: (() => void) | undefined;
  /** After a write that took less than it was given, or one before the connection stood: there is room. */
  onWritable: (() => void) | undefined;
  /** The connection is refused, reset or given up. What has arrived can still be read. */
  onError: ((code: SocketErrorCode) => void) | undefined;

  readonly #owner: SocketOwner;
  #incoming: Pipe | undefined;
  #outgoing: Pipe | undefined;
  #state: SocketState = 'connecting';
  /** Reset or given up: the host has forgotten the connection, the process has not. */
  #broken = false;
  /** All that was written, and the end of it, has arrived at the peer. */
  #endArrived = false;
  #pendingError: SocketErrorCode | undefined;
  #lastError: SocketErrorCode | undefined;
  #dueConnected = false;
  #dueError = false;
  #dueReadable = false;
  #dueWritable = false;

  constructor(
    owner: SocketOwner,
    host: HostState,
    id: number,
    ends: Pick<Socket, 'role' | 'localPort' | 'peerAddress' | 'peerPort'>,
  ) {
    this.#owner = owner;
    this.host = host;
    this.id = id;
    this.role = ends.role;
    this.localPort = ends.localPort;
    this.peerAddress = ends.peerAddress;
    this.peerPort = ends.peerPort;
  }

  get state(): SocketState {
    return this.#state;
  }

  /** What the last `'broken'`, or `onError`, was about; undefined before there was one. */
  get errorCode(): SocketErrorCode | undefined {
    return this.#lastError;
  }

  /** Bytes that have arrived and were not read. */
  get unreadBytes(): number {
    return this.#incoming?.received.bytes ?? 0;
  }

  /** Bytes that have arrived since the connection stands, read or not. */
  get arrivedBytes(): number {
    return this.#incoming?.arrivedBytes ?? 0;
  }

  /** The end of the peer's stream has arrived. */
  get peerEnded(): boolean {
    return this.#incoming?.ended ?? false;
  }

  /** What has arrived first; an error once, when that is read; then `'eof'`, as after the peer's end. */
  read(max: number): Uint8Array | 'wait' | 'eof' | 'broken' {
    if (this.#state === 'orphan' || this.#state === 'gone') return 'broken';
    const incoming = this.#incoming;
    if (incoming !== undefined && incoming.received.bytes > 0) return incoming.read(max);
    if (incoming?.ended) return 'eof';
    if (this.#pendingError !== undefined) return this.#takeError();
    return this.#broken ? 'eof' : 'wait';
  }

  /** Whether the network has all that was written; until it has, it is an event that it takes more. */
  flushed(): boolean {
    return this.#outgoing?.flushed() ?? true;
  }

  /** Copies as many bytes as there is room for; `'broken'` once with the connection's error, then with EPIPE. */
  write(bytes: Uint8Array): number | 'broken' {
    if (this.#state === 'orphan' || this.#state === 'gone') return 'broken';
    if (this.#pendingError !== undefined) return this.#takeError();
    if (this.#broken || this.#outgoing?.finWanted) {
      this.#lastError = 'EPIPE';
      return 'broken';
    }
    if (this.#state === 'connecting' || this.#outgoing === undefined) {
      this.#dueWritable = true;
      return 0;
    }
    return this.#outgoing.write(bytes);
  }

  /** What reads and writes will meet until the next event. */
  get outlook(): Outlook {
    return {
      closed: this.#state === 'orphan' || this.#state === 'gone',
      connecting: this.#state === 'connecting' || this.#outgoing === undefined,
      ended: this.peerEnded,
      error: this.#pendingError !== undefined,
      broken: this.#broken,
      ...(this.#outgoing?.outlook ?? unconnected),
    };
  }

  /** A copy of what has arrived and was not read, behind the first `skipped` bytes of it. */
  peek(skipped: number): Uint8Array {
    return this.#incoming?.received.peek(skipped) ?? noBytes;
  }

  /** Ends this direction after what was written (FIN); the other goes on. */
  shutdownWrite(): void {
    if (this.#state === 'open' && !this.#broken) this.#outgoing?.end();
  }

  /**
   * Gives the socket back. What was written is still sent, then the end (FIN); unless bytes are there that nobody read:
   * then it is a reset, and what has not left is lost (RFC 2525 §2.17).
   */
  close(): void {
    if (this.#state === 'orphan' || this.#state === 'gone') return;
    if (this.#state === 'connecting' || this.#broken || this.unreadBytes > 0) {
      this.abort();
      return;
    }
    this.#state = 'orphan';
    this.#outgoing?.end();
    if (this.#endArrived) this.#owner.released(this);
  }

  /** Gives the socket back with a reset: what has not left is lost. */
  abort(): void {
    if (this.#state === 'gone') return;
    if (!this.#broken) this.#outgoing?.reset();
    this.#forget();
  }

  /** The host is gone, and says nothing. */
  vanish(): void {
    this.#outgoing?.die();
    this.#forget();
  }

  // Faults, for the world.

  /** Has the stream that arrives here end early, as if a box on the way had cut it. Does nothing before there is a peer. */
  cutIncoming(cut: StreamCut | undefined): void {
    this.#incoming?.cutAfter(cut);
  }

  /** Changes the bytes of each segment that arrives here from now on; undefined: no more. */
  tamperIncoming(tamper: ((bytes: Uint8Array) => Uint8Array) | undefined): void {
    if (this.#incoming !== undefined) this.#incoming.tamper = tamper;
  }

  /** Has what is written from now on leave in pieces of so many bytes, a microsecond after one another. */
  writeInPieces(bytes: number | undefined): void {
    if (this.#outgoing !== undefined) this.#outgoing.pieceBytes = bytes;
  }

  // What the network does to it.

  /** Joins it to its peer. */
  join(peer: Socket, pipes: { readonly incoming: Pipe; readonly outgoing: Pipe }): void {
    this.peer = peer;
    this.#incoming = pipes.incoming;
    this.#outgoing = pipes.outgoing;
  }

  /** The connection stands. */
  connected(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#outgoing?.open();
    this.#dueConnected = true;
    this.#wake();
  }

  /** The server's end stands before the client knows: it cannot send yet. */
  accepted(): void {
    this.#state = 'open';
  }

  /** Ends the connection with an error that the process will meet. */
  fail(code: SocketErrorCode): void {
    if (this.#broken || this.#state === 'gone') return;
    this.#broken = true;
    this.#outgoing?.die();
    if (this.#state === 'orphan') {
      this.#forget();
      return;
    }
    this.#state = 'open';
    this.#pendingError = code;
    this.#dueError = true;
    this.#dueReadable = true;
    this.#owner.released(this);
    this.#wake();
  }

  // What its pipes tell it.

  get intake(): Intake {
    if (this.#broken || this.#state === 'gone') return 'nothing';
    return this.#state === 'orphan' ? 'fin' : 'all';
  }

  arrived(): void {
    this.#dueReadable = true;
    this.#wake();
  }

  /** Told once. Set by the network on a server's end, before the client can know of it. */
  onOpened: (() => void) | undefined;

  opened(): void {
    const tell = this.onOpened;
    this.onOpened = undefined;
    tell?.();
  }

  wasReset(): void {
    this.fail(this.#incoming?.ended ? 'EPIPE' : 'ECONNRESET');
  }

  refuse(): void {
    this.#outgoing?.reset();
    if (this.#state === 'orphan') this.#forget();
  }

  acknowledges(): void {
    this.#owner.acknowledges(this);
  }

  sent(kind: SegmentKind, bytes: Uint8Array): void {
    this.#owner.sent(this, kind, bytes);
  }

  sentAgain(kind: SegmentKind, bytes: Uint8Array, offset: number): void {
    this.#owner.sentAgain(this, kind, bytes, offset);
  }

  room(): void {
    this.#dueWritable = true;
    this.#wake();
  }

  finished(): void {
    this.#endArrived = true;
    if (this.#state === 'orphan') this.#owner.released(this);
  }

  gaveUp(): void {
    this.fail('ETIMEDOUT');
  }

  #takeError(): 'broken' {
    this.#lastError = this.#pendingError;
    this.#pendingError = undefined;
    return 'broken';
  }

  #forget(): void {
    this.#state = 'gone';
    this.#incoming?.received.clear();
    this.#owner.released(this);
  }

  #wake(): void {
    if (this.#state === 'open') this.host.wake(this.#callBack);
  }

  /** Calls back for each thing that is due, until the process closes the socket or is paused. */
  readonly #callBack = (): void => {
    while (this.#state === 'open' && !this.host.paused) {
      if (this.#dueConnected) {
        this.#dueConnected = false;
        this.onConnected?.();
      } else if (this.#dueError) {
        this.#dueError = false;
        this.#lastError = this.#pendingError ?? this.#lastError ?? 'ECONNRESET';
        this.onError?.(this.#lastError);
      } else if (this.#dueReadable) {
        this.#dueReadable = false;
        this.onReadable?.();
      } else if (this.#dueWritable) {
        this.#dueWritable = false;
        this.onWritable?.();
      } else return;
    }
    if (this.#state === 'open') this.host.wake(this.#callBack);
  };
}
