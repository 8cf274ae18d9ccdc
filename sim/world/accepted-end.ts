/** The end of a connection that an accept loop took, as the emulator's server uses it. One object each: there may be very many. */
import type { EarlyServerEnd, Tried } from '../emulator/index.js';
import type { End } from './connections.js';
import {
  done,
  payload,
  tryAskForCertificate,
  tryHandshake,
  tryRead,
  tryReadEarly,
  tryShutdown,
  tryWrite,
  tryWriteEarly,
} from './io.js';
import type { Process } from './process.js';

export class AcceptedEnd implements EarlyServerEnd {
  readonly #process: Process;
  readonly #end: End;

  constructor(process: Process, end: End) {
    this.#process = process;
    this.#end = end;
  }

  handshake(): Tried {
    return tryHandshake(this.#process, this.#end);
  }

  complete(): Tried {
    return done;
  }

  read(max: number, take: (bytes: Uint8Array) => void): Tried {
    return tryRead(this.#process, this.#end, max, take);
  }

  write(bytes: Uint8Array): Tried {
    return tryWrite(this.#process, this.#end, bytes);
  }

  readEarly(max: number, take: (bytes: Uint8Array) => void): Tried & { readonly finished: boolean } {
    return tryReadEarly(this.#process, this.#end, max, take);
  }

  writeEarly(bytes: Uint8Array): Tried {
    return tryWriteEarly(this.#process, this.#end, bytes);
  }

  askForCertificate(): Tried {
    return tryAskForCertificate(this.#process, this.#end);
  }

  hasCertificate(): boolean {
    return this.#process.stack.peerCertificate(this.#end.ssl) !== null;
  }

  isResumed(): boolean {
    return this.#process.perform('SSL_session_reused', this.#end.ssl).ret === 1;
  }

  shutdown(): Tried & { readonly ret: number } {
    return tryShutdown(this.#process, this.#end);
  }

  arrived(): boolean {
    const { socket } = this.#end;
    return socket.unreadBytes > 0 || socket.peerEnded;
  }

  discard(): void {
    const { socket } = this.#end;
    socket.read(socket.unreadBytes);
  }

  writePlain(bytes: Uint8Array): void {
    this.#end.socket.write(bytes);
  }

  payload(length: number): Uint8Array {
    return payload(this.#end.sentBytes, length);
  }
}
