/** The in-memory transports of the model's programs. docs/programs.md, `sim_pair`, `sim_cut`, `sim_corrupt`. */
import type { Transport } from '../../../src/index.js';

const recordHeaderBytes = 5;

/** The bytes under way from one connection to another. */
class Direction {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  /** Nothing more will come: who reads on meets end of file. */
  ended = false;

  put(bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice());
    this.#length += bytes.length;
  }

  take(max: number): Uint8Array | 'wait' | 'eof' {
    const [first] = this.#chunks;
    if (first === undefined) return this.ended ? 'eof' : 'wait';
    const taken = first.subarray(0, max);
    if (taken.length === first.length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(max);
    this.#length -= taken.length;
    return taken;
  }

  /** Flips the lowest bit of the last byte of the first record, if it is there whole. */
  corruptRecord(): boolean {
    if (this.#length < recordHeaderBytes) return false;
    const all = this.#joined();
    const [, , , high = 0, low = 0] = all;
    const last = recordHeaderBytes + high * 256 + low - 1;
    if (last >= all.length) return false;
    all[last] = (all[last] ?? 0) ^ 1;
    return true;
  }

  /** The bytes in one piece, which then is the only one. */
  #joined(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks.splice(0, this.#chunks.length, all);
    return all;
  }
}

/** One connection's end. Until it is joined it is silent: what it writes is lost, its reads want more. */
export class ProgramTransport implements Transport {
  #inbound = new Direction();
  #outbound = new Direction();
  #broken = false;
  #corrupt = false;

  read(max: number): Uint8Array | 'wait' | 'eof' {
    return this.#inbound.take(max);
  }

  write(bytes: Uint8Array): number | 'broken' {
    if (this.#broken) return 'broken';
    this.#outbound.put(bytes);
    return bytes.length;
  }

  /** A fresh transport between the two; an earlier peer's reads go on to the end of what was under way. */
  static join(client: ProgramTransport, server: ProgramTransport): void {
    const toServer = new Direction();
    const toClient = new Direction();
    client.#become(toClient, toServer);
    server.#become(toServer, toClient);
  }

  /** Its reads meet end of file and its writes fail; the peer meets end of file once it has read what was under way. */
  cut(): void {
    this.#outbound.ended = true;
    // The peer goes on writing into a direction that nobody reads.
    this.#inbound = new Direction();
    this.#inbound.ended = true;
    this.#broken = true;
  }

  /** The first whole record that it would read next gets a bit flipped, however late it comes. */
  corrupt(): void {
    this.#corrupt = true;
  }

  /** To be called before anything is read in a call. */
  corruptIfDue(): void {
    if (this.#corrupt && this.#inbound.corruptRecord()) this.#corrupt = false;
  }

  #become(inbound: Direction, outbound: Direction): void {
    this.#inbound = inbound;
    this.#outbound = outbound;
    this.#broken = false;
    this.#corrupt = false;
  }
}
