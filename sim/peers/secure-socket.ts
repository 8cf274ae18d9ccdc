/** One TLS connection over a TCP socket: libssl's calls, made again whenever the socket's events may have changed their answer. */
import type { Socket } from 'node:net';
import { alertName, type Libssl, type Ssl, type StackEvent } from '../../src/index.js';
import { ConnectionFailure } from './error.js';
import type { PeerLibrary } from './library.js';
import type { PacketFlow } from './packets.js';
import { SocketTransport } from './socket-transport.js';
import { decisionLine } from './words.js';

/** What SSL_read is asked for: a whole record. */
const readBytesMax = 16_384;
/** How long a peer may take to end its direction once ours has ended. */
const lingerMs = 1_000;
const alertLevelFatal = 2;
const finishedMessage = 20;
const ticketMessage = 4;
const updateRequested = 1; // SSL_KEY_UPDATE_REQUESTED
/** How long a client waits for tickets of TLS 1.3, which a server may leave out. */
const ticketWaitMs = 1_000;
/** SSL_READ_EARLY_DATA_SUCCESS; 2 is _FINISH. */
const earlyDataCame = 1;
/** Bytes of application data that a client may send while a renegotiation is asked of it. */
const meanwhileBytesMax = 1 << 16;

export interface SecureSocketOptions {
  /** Milliseconds that a handshake, a read or a write may take. */
  readonly limitMs: number;
  /** Cuts what is sent into pieces of so many bytes. */
  readonly pieceBytes?: number;
  /** Is told of all that comes and goes. */
  readonly packets?: PacketFlow | undefined;
  /** Told of decisions about sessions. */
  readonly onDecision: (event: Extract<StackEvent, { kind: 'decision' }>) => void;
}

export class SecureSocket {
  readonly ssl: Ssl;
  readonly socket: Socket;
  readonly #library: Libssl;
  readonly #transport: SocketTransport;
  readonly #limitMs: number;
  readonly #stopListening: () => void;
  readonly #packets: PacketFlow | undefined;
  #alerts: string[] = [];
  /** Finished messages that went either way: two a handshake. */
  #finished = 0;
  #tickets = 0;
  #interrupted = false;
  #freed = false;
  #wake: () => void = () => {};

  /** Takes over the caller's reference to `ssl`: `end`, `cut` and `reset` give it back. */
  constructor(library: PeerLibrary, ssl: Ssl, socket: Socket, options: SecureSocketOptions) {
    this.ssl = ssl;
    this.socket = socket;
    this.#library = library.libssl;
    this.#limitMs = options.limitMs;
    this.#packets = options.packets;
    this.#transport = new SocketTransport(socket, options);
    this.#transport.onChange(() => this.#wake());
    this.#library.SSL_set_transport(ssl, this.#transport);
    this.#stopListening = library.listen(ssl.id, (event) => {
      if (event.kind === 'decision') {
        this.#packets?.remark(decisionLine(event));
        options.onDecision(event);
      }
      if (event.kind === 'message' && event.handshakeType === finishedMessage) this.#finished += 1;
      if (event.kind === 'message' && event.handshakeType === ticketMessage) this.#tickets += 1;
      if (event.kind === 'alert') this.#alerts.push(alertText(event));
    });
  }

  /** @throws ConnectionFailure */
  async handshake(): Promise<void> {
    await this.#until('the handshake', () => this.#library.SSL_do_handshake(this.ssl));
  }

  /** A client: sends all of it as early data, before the handshake is over. @throws ConnectionFailure */
  async writeEarly(bytes: Uint8Array): Promise<void> {
    await this.#until('writing early data', () => this.#library.SSL_write_early_data(this.ssl, bytes));
  }

  /** A server, in place of the first part of the handshake: the early data that came. @throws ConnectionFailure */
  async readEarly(): Promise<readonly Uint8Array[]> {
    const parts: Uint8Array[] = [];
    await this.#until('reading early data', () => {
      for (;;) {
        const [result, bytes] = this.#library.SSL_read_early_data(this.ssl, readBytesMax);
        if (result !== earlyDataCame) return result;
        parts.push(bytes);
      }
    });
    return parts;
  }

  /**
   * A client of TLS 1.3: reads until so many tickets have come, or for a moment.
   * @returns application data that came meanwhile; undefined in it: the peer's close_notify
   * @throws ConnectionFailure
   */
  async awaitTickets(count: number): Promise<readonly (Uint8Array | undefined)[]> {
    const meanwhile: (Uint8Array | undefined)[] = [];
    const deadlineMs = Date.now() + ticketWaitMs;
    while (this.#tickets < count && Date.now() < deadlineMs && !this.#interrupted) {
      this.#library.ERR_clear_error();
      const [length, bytes] = this.#library.SSL_read(this.ssl, readBytesMax);
      if (length > 0) {
        meanwhile.push(bytes);
        continue;
      }
      if (this.#tickets >= count) break;
      const error = this.#library.SSL_get_error(this.ssl, length);
      if (error === 'SSL_ERROR_ZERO_RETURN') return [...meanwhile, undefined];
      if (error !== 'SSL_ERROR_WANT_READ') throw this.#failure('waiting for tickets', error);
      await this.#changeWithin(deadlineMs - Date.now());
    }
    return meanwhile;
  }

  /** Changes our keys, and asks for the peer's: what is written next begins with it. @throws ConnectionFailure below TLS 1.3 */
  async updateKeys(): Promise<void> {
    await this.#until('updating keys', () => this.#library.SSL_key_update(this.ssl, updateRequested));
    await this.handshake();
  }

  /**
   * A server: asks for a new handshake (HelloRequest) and goes through it.
   * @returns the application data that came before its end
   * @throws ConnectionFailure
   */
  async askToRenegotiate(): Promise<readonly Uint8Array[]> {
    const libssl = this.#library;
    const wanted = this.#finished + 2;
    libssl.SSL_renegotiate(this.ssl);
    await this.handshake(); // sends the HelloRequest, no more
    const meanwhile: Uint8Array[] = [];
    let total = 0;
    const result = await this.#until('the renegotiation', () => {
      for (;;) {
        const [length, bytes] = libssl.SSL_read(this.ssl, readBytesMax);
        if (this.#finished >= wanted && length <= 0) return 1;
        if (length <= 0) return length;
        meanwhile.push(bytes);
        total += length;
        if (total > meanwhileBytesMax)
          throw new ConnectionFailure('LIMIT', `the client sent ${total} bytes in place of a renegotiation`);
      }
    });
    if (result === 0) throw new ConnectionFailure('EOF', 'the client closed in place of a renegotiation');
    return meanwhile;
  }

  /** What came, at least a byte; undefined: the peer closed with close_notify. @throws ConnectionFailure */
  async read(): Promise<Uint8Array | undefined> {
    let got: Uint8Array = new Uint8Array(0);
    const result = await this.#until('reading', () => {
      const [length, bytes] = this.#library.SSL_read(this.ssl, readBytesMax);
      got = bytes;
      return length;
    });
    return result > 0 ? got : undefined;
  }

  /** All of it. @throws ConnectionFailure */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#until('writing', () => this.#library.SSL_write(this.ssl, bytes));
  }

  /** Waits until the peer has sent something, whatever it is, or ended. @throws ConnectionFailure */
  async somethingArrived(): Promise<void> {
    if (this.socket.bytesRead > 0) return;
    await this.#change('the first bytes', this.#limitMs);
  }

  /** Waits until the connection is gone, at most for the limit. @throws ConnectionFailure when it runs out */
  async untilGone(): Promise<void> {
    const deadlineMs = Date.now() + this.#limitMs;
    while (!this.#interrupted && !this.socket.readableEnded && !this.socket.destroyed) {
      await this.#change('waiting for the client', deadlineMs - Date.now());
    }
  }

  /** Ends what is waited for now, and every later wait, as interrupted. */
  interrupt(): void {
    this.#interrupted = true;
    this.#wake();
  }

  /**
   * Ends both directions: close_notify first, unless it is left out, then TCP's own end, and waits a moment for the peer's.
   * Frees the connection as libssl's user does: one without close_notify loses its session.
   */
  async end(options: { readonly closeNotify: 'sent' | 'left out' }): Promise<void> {
    this.#library.ERR_clear_error();
    if (options.closeNotify === 'sent' && this.#library.SSL_is_init_finished(this.ssl) === 1) {
      this.#library.SSL_shutdown(this.ssl);
    }
    this.#free();
    if (this.socket.destroyed) return;
    this.#transport.forget();
    this.#transport.onChange(() => this.#transport.forget());
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.socket.destroy(), lingerMs);
      this.socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#packets?.ended('own');
      this.socket.end();
    });
  }

  /** Puts bytes on the wire as they are, past TLS. */
  writeRaw(bytes: Uint8Array): void {
    this.#packets?.sent(bytes);
    this.socket.write(bytes);
  }

  /** Ends with RST, once what was written is with the system. */
  async reset(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.socket.write(new Uint8Array(0), () => resolve());
    });
    this.#packets?.reset('own');
    this.socket.resetAndDestroy();
    this.#free();
  }

  #free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#library.SSL_free(this.ssl);
    this.#stopListening();
    this.#library.ERR_clear_error();
  }

  /** Makes a call until it neither wants to read nor to write. @returns more than 0, or 0: the peer's close_notify was met */
  async #until(doing: string, call: () => number): Promise<number> {
    // a real peer's slowness is measured by the real clock: nothing of a world is in it
    const deadlineMs = Date.now() + this.#limitMs;
    for (;;) {
      if (this.#interrupted) throw new ConnectionFailure('INTERRUPTED', `${doing} was interrupted`);
      this.#library.ERR_clear_error();
      const result = call();
      if (result > 0) return result;
      const error = this.#library.SSL_get_error(this.ssl, result);
      if (error === 'SSL_ERROR_ZERO_RETURN') return 0;
      if (error !== 'SSL_ERROR_WANT_READ' && error !== 'SSL_ERROR_WANT_WRITE') throw this.#failure(doing, error);
      await this.#change(doing, deadlineMs - Date.now());
    }
  }

  /** Waits for the socket's next event. */
  async #change(doing: string, waitMs: number): Promise<void> {
    if (this.#interrupted) return;
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = () => {};
      };
      const timer = setTimeout(
        () => {
          done();
          reject(new ConnectionFailure('LIMIT', `${doing} took longer than ${this.#limitMs / 1000} s`));
        },
        Math.max(0, waitMs),
      );
      this.#wake = () => {
        done();
        resolve();
      };
    });
  }

  /** The same, where nothing is wrong if it does not come. */
  async #changeWithin(waitMs: number): Promise<void> {
    try {
      await this.#change('waiting', waitMs);
    } catch (cause) {
      if (!(cause instanceof ConnectionFailure)) throw cause;
    }
  }

  /** The oldest reason first, as ERR_print_errors prints them; then the alerts that went either way. */
  #failure(doing: string, error: string): ConnectionFailure {
    const reasons = this.#library.takeErrors();
    const broken = this.#transport.brokenBy;
    const alerts = this.#alerts.length === 0 ? '' : `; ${this.#alerts.join(', ')}`;
    if (reasons.length > 0) {
      return new ConnectionFailure(
        reasons[0] === 'unexpected eof while reading' ? 'EOF' : 'TLS',
        `${doing} failed: ${reasons.join(': ')} (${error})${alerts}`,
      );
    }
    if (broken !== undefined)
      return new ConnectionFailure('TRANSPORT', `${doing} failed: ${broken} (${error})${alerts}`);
    return new ConnectionFailure('EOF', `${doing} failed: the peer ended without close_notify (${error})${alerts}`);
  }
}

function alertText(event: Extract<StackEvent, { kind: 'alert' }>): string {
  const level = event.level === alertLevelFatal ? 'fatal' : 'warning';
  return `alert ${event.direction}: ${level} ${alertName(event.description) ?? event.description}`;
}
