/** All handshake messages of one handshake, hashed as soon as the cipher suite says with what. */
import type { CryptoProvider, HashName, RunningHash } from '../crypto/index.js';
import { writeMessageHash } from '../wire/index.js';
import { HandshakeFailure } from './failure.js';

export class Transcript {
  #messages: Uint8Array[] = [];
  #hash: RunningHash | undefined;
  #state: 'closed' | 'open' | 'done';

  constructor(options: { readonly isOpen: boolean } = { isOpen: true }) {
    this.#state = options.isOpen ? 'open' : 'closed';
  }

  /** @throws HandshakeFailure before a handshake has been set up: there is no buffer then (ssl3_finish_mac) */
  add(message: Uint8Array): void {
    if (this.#state === 'closed') throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    if (this.#state === 'done') return;
    this.#messages.push(message);
    this.#hash?.update(message);
  }

  /** The hash is known from here on; what came before is fed now. */
  start(crypto: CryptoProvider, hash: HashName): void {
    this.#hash = crypto.startHash(hash);
    for (const message of this.#messages) this.#hash.update(message);
  }

  /** The hash of all messages so far; undefined before `start`. */
  digest(): Uint8Array | undefined {
    return this.#hash?.digest();
  }

  /** The hash of all messages so far and of `partial`, which does not become one: what a binder of a PSK covers. */
  digestWith(partial: Uint8Array, by: { readonly crypto: CryptoProvider; readonly hash: HashName }): Uint8Array {
    const running = by.crypto.startHash(by.hash);
    for (const message of this.#messages) running.update(message);
    running.update(partial);
    return running.digest();
  }

  /** The hash of all messages so far without the last `bytes` bytes: what a server checks a binder against, having read the ClientHello. */
  digestWithoutEnd(bytes: number, by: { readonly crypto: CryptoProvider; readonly hash: HashName }): Uint8Array {
    const running = by.crypto.startHash(by.hash);
    for (const message of this.#messages.slice(0, -1)) running.update(message);
    const last = this.#messages.at(-1) ?? new Uint8Array(0);
    running.update(last.subarray(0, last.length - bytes));
    return running.digest();
  }

  /** RFC 8446 §4.4.1: after a HelloRetryRequest the hash of all so far, one ClientHello, stands for it. After `start`. */
  replaceWithMessageHash(crypto: CryptoProvider, hash: HashName): void {
    const helloHash = this.#hash?.digest();
    if (helloHash === undefined) throw new HandshakeFailure('internal_error', 'INTERNAL_ERROR');
    this.#messages = [writeMessageHash(helloHash)];
    this.start(crypto, hash);
  }

  /** One that was told the same, and goes its own way: each authentication after the handshake begins with all of it. */
  copy(): Transcript {
    const other = new Transcript();
    other.#state = this.#state;
    other.#messages = [...this.#messages];
    other.#hash = this.#hash?.copy();
    return other;
  }

  /** The handshake is over: what was collected goes, and what still comes (a HelloRequest) belongs to no handshake. */
  finish(): void {
    this.#state = 'done';
    this.#messages = [];
    this.#hash = undefined;
  }

  /** The messages themselves, one after the other: what a client's CertificateVerify signs. */
  bytes(): Uint8Array {
    return joined(this.#messages);
  }

  /** The same without the last message: what a server checks a CertificateVerify against, having read it. */
  bytesBeforeLast(): Uint8Array {
    return joined(this.#messages.slice(0, -1));
  }
}

function joined(messages: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(messages.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const message of messages) {
    whole.set(message, at);
    at += message.length;
  }
  return whole;
}
