/** The in-memory transports of the model's programs. docs/programs.md, `sim_pair`, `sim_cut`, `sim_capacity` and their like. */
import type { Transport } from '../../../src/index.js';

const recordHeaderBytes = 5;

/** The bytes under way from one connection to another. */
class Direction {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  /** Nothing more will come: who reads on meets end of file. */
  ended = false;

  get length(): number {
    return this.#length;
  }

  put(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes.slice());
    this.#length += bytes.length;
  }

  take(max: number): Uint8Array | 'wait' | 'eof' {
    let [first] = this.#chunks;
    if (first === undefined) return this.ended ? 'eof' : 'wait';
    // as a BIO of memory: all that there is
    if (first.length < max && this.#chunks.length > 1) first = this.#joined();
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
  /** Undefined: silent. */
  #outbound: Direction | undefined;
  #state: 'open' | 'cut' | 'failed' = 'open';
  #corrupt = false;
  /** Bytes that wait for the peer at most. */
  #capacity = Number.POSITIVE_INFINITY;
  /** Bytes that still arrive; undefined: all that come. */
  #arriving: number | undefined;

  read(max: number): Uint8Array | 'wait' | 'eof' | 'broken' {
    if (this.#state === 'failed') return 'broken';
    if (this.#arriving === undefined || this.#inbound.length === 0) return this.#inbound.take(max);
    if (this.#arriving <= 0) return 'wait';
    const taken = this.#inbound.take(Math.min(max, this.#arriving));
    if (typeof taken !== 'string') this.#arriving -= taken.length;
    return taken;
  }

  write(bytes: Uint8Array): number | 'broken' {
    if (this.#state !== 'open') return 'broken';
    const taken = Math.max(0, Math.min(bytes.length, this.#capacity - (this.#outbound?.length ?? 0)));
    this.#outbound?.put(bytes.subarray(0, taken));
    return taken;
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
    this.#end('cut');
  }

  /** As `cut`, but its reads fail too. */
  fail(): void {
    this.#end('failed');
  }

  /** It takes what is written only while fewer than `bytes` wait for the peer to read them. */
  setCapacity(bytes: number): void {
    if (this.#state === 'open') this.#capacity = bytes;
  }

  /** The first time: of what is under way, and will be, only so much arrives; later so much more. */
  deliver(bytes: number): void {
    if (this.#state === 'open') this.#arriving = (this.#arriving ?? 0) + bytes;
  }

  /** Bytes that nobody wrote, behind those that are under way. */
  inject(bytes: Uint8Array): void {
    if (this.#state === 'open') this.#inbound.put(bytes);
  }

  /** The first whole record that it would read next gets a bit flipped, however late it comes. */
  corrupt(): void {
    this.#corrupt = true;
  }

  /** To be called before anything is read in a call. */
  corruptIfDue(): void {
    if (this.#corrupt && this.#inbound.corruptRecord()) this.#corrupt = false;
  }

  #end(state: 'cut' | 'failed'): void {
    if (this.#outbound !== undefined) this.#outbound.ended = true;
    // The peer goes on writing into a direction that nobody reads.
    this.#inbound = new Direction();
    this.#inbound.ended = true;
    this.#state = state;
    this.#capacity = Number.POSITIVE_INFINITY;
    this.#arriving = undefined;
  }

  #become(inbound: Direction, outbound: Direction): void {
    this.#inbound = inbound;
    this.#outbound = outbound;
    this.#state = 'open';
    this.#corrupt = false;
    this.#capacity = Number.POSITIVE_INFINITY;
    this.#arriving = undefined;
  }
}
