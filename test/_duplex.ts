/** Node's own tls joined to the stack in process: a Duplex for Node's end, and an end of ours that goes on whenever bytes come. */
import { Duplex } from 'node:stream';
import { type Libssl, MemoryTransport, type Ssl } from '../src/index.js';

/** How bytes are cut on their way, as sizes taken in turn; none: as they come. */
export type Pieces = readonly number[];

const readBytesMax = 16_384;

/** One connection of ours over memory, whose other end is `duplex`. */
export class Joined {
  readonly duplex: Duplex;
  readonly ssl: Ssl;
  readonly received: Uint8Array[] = [];
  handshakeDone = false;
  /** What the last read or failed handshake said, and the errors queued with it. */
  said = '';
  errors: string[] = [];
  readonly #L: Libssl;
  readonly #pieces: Pieces;
  readonly #near: MemoryTransport;
  readonly #far: MemoryTransport;
  #stopped = false;

  constructor(L: Libssl, ssl: Ssl, options: { readonly pieces?: Pieces } = {}) {
    this.#L = L;
    this.ssl = ssl;
    this.#pieces = options.pieces ?? [];
    [this.#near, this.#far] = MemoryTransport.pair();
    L.SSL_set_transport(ssl, this.#near);
    this.duplex = new Duplex({
      read() {},
      write: (chunk: Uint8Array, _encoding, done) => {
        for (const piece of this.#cut(chunk)) {
          this.#far.write(piece);
          this.step();
        }
        done();
      },
      final: (done) => {
        this.#near.end();
        this.step();
        done();
      },
    });
  }

  /** Goes on with the handshake, reads what there is, and hands over what was written. */
  step(): void {
    if (this.#stopped) return;
    if (!this.handshakeDone) {
      const result = this.#L.SSL_do_handshake(this.ssl);
      this.handshakeDone = result === 1;
      if (!this.handshakeDone) this.#note(result);
    }
    while (this.handshakeDone) {
      const [result, bytes] = this.#L.SSL_read(this.ssl, readBytesMax);
      if (result <= 0) {
        this.#note(result);
        break;
      }
      this.received.push(bytes);
    }
    this.#deliver();
  }

  send(bytes: Uint8Array): number {
    const result = this.#L.SSL_write(this.ssl, bytes);
    this.#deliver();
    return result;
  }

  shutdown(): number {
    const result = this.#L.SSL_shutdown(this.ssl);
    this.#deliver();
    return result;
  }

  renegotiate(): number {
    const result = this.#L.SSL_renegotiate(this.ssl);
    this.handshakeDone = false;
    this.step();
    return result;
  }

  /** The transport ends towards Node, without a word of TLS. */
  cut(): void {
    this.#stopped = true;
    this.duplex.push(null);
  }

  get text(): string {
    return Buffer.concat(this.received).toString();
  }

  #note(result: number): void {
    this.said = this.#L.SSL_get_error(this.ssl, result);
    const errors = this.#L.takeErrors();
    if (errors.length > 0) this.errors = errors;
  }

  #deliver(): void {
    for (const part of this.#far.take()) for (const piece of this.#cut(part)) this.duplex.push(piece);
  }

  *#cut(bytes: Uint8Array): IterableIterator<Uint8Array> {
    if (this.#pieces.length === 0) {
      yield bytes;
      return;
    }
    let turn = 0;
    for (let at = 0; at < bytes.length; ) {
      const size = this.#pieces[turn % this.#pieces.length]!;
      yield bytes.subarray(at, at + size);
      at += size;
      turn += 1;
    }
  }
}

/** Lets Node's events run until `condition` holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (condition()) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  throw new Error(`it never came to: ${what}`);
}
