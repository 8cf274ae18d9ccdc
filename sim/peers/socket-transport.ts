/** A TCP socket as the transport that a connection reads from and writes to: nothing waits, both directions are bounded. */
import type { Socket } from 'node:net';
import type { Transport } from '../../src/index.js';
import { ByteQueue } from '../network/index.js';
import type { PacketFlow } from './packets.js';

/** Bytes that may wait unread; past it the socket is paused, and TCP holds the peer back. */
const unreadBytesMax = 1 << 18;
/** Bytes that may wait unsent; past it writes are not taken. More than Node's own mark, so that `drain` follows. */
const unsentBytesMax = 1 << 17;

export class SocketTransport implements Transport {
  readonly socket: Socket;
  /** The system's word for what broke the socket, such as ECONNRESET. */
  brokenBy: string | undefined;
  /** Bytes a write takes at most; each becomes a segment of its own. */
  readonly #pieceBytes: number;
  readonly #packets: PacketFlow | undefined;
  readonly #unread = new ByteQueue();
  #ended = false;
  #changed: () => void = () => {};

  /** @param options - `pieceBytes`: cuts what is written into pieces of so many bytes; `packets`: is told of all that comes and goes */
  constructor(
    socket: Socket,
    options: { readonly pieceBytes?: number; readonly packets?: PacketFlow | undefined } = {},
  ) {
    this.socket = socket;
    this.#pieceBytes = options.pieceBytes ?? Number.POSITIVE_INFINITY;
    this.#packets = options.packets;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Uint8Array) => {
      this.#packets?.received(bytes);
      this.#unread.push(bytes);
      if (this.#unread.bytes >= unreadBytesMax) socket.pause();
      this.#changed();
    });
    socket.on('end', () => {
      this.#packets?.ended('peer');
      this.#end();
    });
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      this.#packets?.reset('peer');
      this.brokenBy = cause.code ?? cause.message;
    });
    socket.on('close', () => {
      if (!this.#ended) this.brokenBy ??= 'ECONNABORTED'; // destroyed by this side
      this.#end();
    });
    socket.on('drain', () => this.#changed());
  }

  /** Calls `listener` whenever a read or write may come to something else than before; one listener at a time. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  read(max: number): Uint8Array | 'wait' | 'eof' | 'broken' {
    if (this.#unread.bytes === 0) {
      if (this.brokenBy !== undefined) return 'broken';
      return this.#ended ? 'eof' : 'wait';
    }
    const bytes = this.#unread.take(max);
    if (this.#unread.bytes < unreadBytesMax && this.socket.isPaused()) this.socket.resume();
    return bytes;
  }

  write(bytes: Uint8Array): number | 'broken' {
    if (this.brokenBy !== undefined || !this.socket.writable) return 'broken';
    const room = unsentBytesMax - this.socket.writableLength;
    const taken = bytes.slice(0, Math.max(0, room)); // the socket keeps them past this call
    for (let at = 0; at < taken.length; at += this.#pieceBytes) {
      const piece = taken.subarray(at, at + this.#pieceBytes);
      this.#packets?.sent(piece);
      this.socket.write(piece);
    }
    return taken.length;
  }

  /** What has come is not read any more. */
  forget(): void {
    this.#unread.clear();
    if (this.socket.isPaused()) this.socket.resume();
  }

  #end(): void {
    this.#ended = true;
    this.#changed();
  }
}
