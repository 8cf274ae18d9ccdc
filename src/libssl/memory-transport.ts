/** Two ends of bytes in memory: what one writes, the other reads, at once and without a limit unless told. */
import type { Transport } from '../environment.js';
import { briefCopy } from '../wire/index.js';

export class MemoryTransport implements Transport {
  #peer: MemoryTransport | undefined;
  #incoming: Uint8Array[] = [];
  /** How many bytes of the first of them were read: no view is made of the rest. */
  #read = 0;
  #ended = false;
  #writable = true;
  /** Bytes that may wait unread at the peer; more is not taken. */
  capacity: number;

  constructor(capacity: number = Number.POSITIVE_INFINITY) {
    this.capacity = capacity;
  }

  /** Two ends, joined. */
  static pair(): [MemoryTransport, MemoryTransport] {
    const a = new MemoryTransport();
    const b = new MemoryTransport();
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  get readable(): number {
    return this.#incoming.reduce((sum, part) => sum + part.length, 0) - this.#read;
  }

  read(max: number): Uint8Array | 'wait' | 'eof' {
    const first = this.#incoming[0];
    if (first === undefined) return this.#ended ? 'eof' : 'wait';
    const from = this.#read;
    if (first.length - from > max) {
      this.#read += max;
      return first.subarray(from, from + max);
    }
    this.#incoming.shift();
    this.#read = 0;
    return from === 0 ? first : first.subarray(from);
  }

  write(bytes: Uint8Array): number | 'broken' {
    if (!this.#writable) return 'broken';
    const taken = this.#room(bytes.length);
    if (taken > 0) this.#peer?.put(briefCopy(bytes, taken));
    return taken;
  }

  /** How many of so many bytes the peer has room for. */
  #room(wanted: number): number {
    if (this.capacity === Number.POSITIVE_INFINITY) return wanted; // what waits is not counted then
    return Math.max(0, Math.min(wanted, this.capacity - (this.#peer?.readable ?? 0)));
  }

  /** Bytes arrive, from wherever the caller has them. */
  put(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#incoming.push(bytes);
  }

  /** All bytes that have arrived and were not read. */
  take(): Uint8Array[] {
    const [first, ...others] = this.#incoming;
    const taken = first === undefined ? [] : [first.subarray(this.#read), ...others];
    this.#forget();
    return taken;
  }

  /** The peer has ended its direction: after what is under way, reads meet end of file. */
  end(): void {
    this.#ended = true;
  }

  /** This end is gone: its reads meet end of file, its writes fail, the peer reads what is under way and then end of file. */
  cut(): void {
    this.#forget();
    this.#ended = true;
    this.#writable = false;
    this.#peer?.end();
    if (this.#peer !== undefined) this.#peer.#peer = undefined;
    this.#peer = undefined;
  }

  #forget(): void {
    this.#incoming = [];
    this.#read = 0;
  }
}
