/**
 * A server's end that takes early data first. What is early is read as the beginning of the stream, and an answer to it goes out
 * before the client's Finished has been seen; so does whatever a replayed flight asks for (RFC 8446 §8).
 *
 *   early data ─ finished → finishing the handshake → open
 */
import type { EarlyServerEnd, ServerEnd, Tried } from './end.js';

/** `at-once`: a request is acted upon as it comes; `deferred`: once the handshake has shown that it is no replay (RFC 8446 appendix E.5). */
export type EarlyConduct = 'at-once' | 'deferred';

/** More than a record holds is never read at once (RFC 8446 §5.1). */
const readBytesMax = 16_384;
const done: Tried = { what: 'done', errors: [] };
const nothing = new Uint8Array(0);

export class EarlyEnd implements ServerEnd {
  readonly #end: EarlyServerEnd;
  readonly #conduct: EarlyConduct;
  #phase: 'early data' | 'finishing' | 'open' = 'early data';
  /** Early data that was read and not yet asked for. */
  #unread: Uint8Array = nothing;

  constructor(end: EarlyServerEnd, conduct: EarlyConduct) {
    this.#end = end;
    this.#conduct = conduct;
  }

  /** Done at the first early data where that is acted upon, else at the end of the handshake. */
  handshake(): Tried {
    return this.#advance(this.#conduct === 'at-once');
  }

  complete(): Tried {
    return this.#advance(false);
  }

  read(max: number, take: (bytes: Uint8Array) => void): Tried {
    while (this.#unread.length === 0 && this.#phase !== 'open') {
      const tried = this.#advance(true);
      if (tried.what !== 'done') return tried;
    }
    if (this.#unread.length === 0) return this.#end.read(max, take);
    take(this.#unread.subarray(0, max));
    this.#unread = this.#unread.subarray(max);
    return done;
  }

  write(bytes: Uint8Array): Tried {
    return this.#phase === 'open' ? this.#end.write(bytes) : this.#end.writeEarly(bytes);
  }

  askForCertificate(): Tried {
    return this.#end.askForCertificate();
  }

  hasCertificate(): boolean {
    return this.#end.hasCertificate();
  }

  isResumed(): boolean {
    return this.#end.isResumed();
  }

  shutdown(): Tried & { readonly ret: number } {
    return this.#end.shutdown();
  }

  arrived(): boolean {
    return this.#end.arrived();
  }

  discard(): void {
    this.#end.discard();
  }

  writePlain(bytes: Uint8Array): void {
    this.#end.writePlain(bytes);
  }

  payload(length: number): Uint8Array {
    return this.#end.payload(length);
  }

  /** Reads early data to its end, then goes through the handshake. @param stops - at the first early data */
  #advance(stops: boolean): Tried {
    while (this.#phase === 'early data') {
      const tried = this.#end.readEarly(readBytesMax, (bytes) => {
        this.#unread = Buffer.concat([this.#unread, bytes]);
      });
      if (tried.what !== 'done') return tried;
      if (tried.finished) this.#phase = 'finishing';
      else if (stops) return tried;
    }
    if (this.#phase === 'open') return done;
    const tried = this.#end.handshake();
    if (tried.what === 'done') this.#phase = 'open';
    return tried;
  }
}
