/** A stream of the world as Node has them: a Duplex over one end of a connection. What Node would tell with an event, it tells. */
import { Duplex } from 'node:stream';

/** The end beneath: see `Socket` of the network. */
export interface StreamSocket {
  read(max: number): Uint8Array | 'wait' | 'eof' | 'broken';
  write(bytes: Uint8Array): number | 'broken';
  shutdownWrite(): void;
  /** Why the last read or write broke. */
  readonly errorCode: string | undefined;
}

/** What one read takes. */
const readBytesMax = 65_536;

type Written = (error?: Error | null) => void;

export class CodeStream extends Duplex {
  /** Until the connection stands. */
  connecting: boolean;
  readonly #socket: StreamSocket;
  readonly #alive: () => boolean;
  readonly #close: () => void;
  #wantsBytes = false;
  #unwritten: { bytes: Uint8Array; readonly written: Written } | undefined;

  /** @param options - `alive`: whether its process is there: without it nothing happens any more; `close`: gives the socket back */
  constructor(
    socket: StreamSocket,
    options: { readonly connecting: boolean; readonly alive: () => boolean; readonly close: () => void },
  ) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#alive = options.alive;
    this.#close = options.close;
    this.connecting = options.connecting;
  }

  /** Something may have come, or there may be room. */
  wake(state: { readonly connected: boolean; readonly failure: string }): void {
    if (this.destroyed) return;
    if (this.connecting && state.failure !== '') {
      this.destroy(errorOf(state.failure, 'connect'));
      return;
    }
    if (this.connecting && state.connected) {
      this.connecting = false;
      this.emit('connect');
      this.begin();
    }
    this.#flush();
    this.#pull();
  }

  /** Listens to what comes, as a socket of Node does before anybody asks: so a reset is heard. */
  begin(): void {
    if (!this.destroyed) this.read(0);
  }

  override _read(): void {
    this.#wantsBytes = true;
    this.#pull();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, written: Written): void {
    this.#unwritten = { bytes: chunk, written };
    this.#flush();
  }

  /** What was written together leaves together. */
  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], written: Written): void {
    this.#unwritten = { bytes: Buffer.concat(chunks.map(({ chunk }) => chunk)), written };
    this.#flush();
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#alive()) this.#socket.shutdownWrite();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#unwritten = undefined;
    if (this.#alive()) this.#close();
    done(error);
  }

  #pull(): void {
    while (this.#wantsBytes && !this.connecting && !this.destroyed && this.#alive()) {
      const read = this.#socket.read(readBytesMax);
      if (read === 'wait') return;
      if (read === 'broken') this.destroy(errorOf(this.#socket.errorCode, 'read'));
      else this.#wantsBytes = this.push(read === 'eof' ? null : read);
    }
  }

  #flush(): void {
    const unwritten = this.#unwritten;
    if (unwritten === undefined || this.connecting || !this.#alive()) return;
    while (unwritten.bytes.length > 0) {
      const count = this.#socket.write(unwritten.bytes);
      if (count === 0) return;
      if (count === 'broken') {
        this.#unwritten = undefined;
        unwritten.written(errorOf(this.#socket.errorCode, 'write'));
        return;
      }
      unwritten.bytes = unwritten.bytes.subarray(count);
    }
    this.#unwritten = undefined;
    unwritten.written();
  }
}

/** As Node words it: `read ECONNRESET`, with `code` and `syscall`. */
export function errorOf(code: string | undefined, syscall: string): Error {
  const known = code ?? 'EPIPE';
  return Object.assign(new Error(`${syscall} ${known}`), { code: known, syscall });
}
