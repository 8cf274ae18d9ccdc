/**
 * A socket of the world as the agent knows it during one call. Nothing happens in the world meanwhile, so what each read and
 * write will give is known before; what was tried is written down, and the world then does it to the socket itself.
 */
import type { Outlook } from '../../../network/index.js';
import { Framing, type PassedRecord } from './framing.js';
import { toHex } from './hex.js';
import { outlookFromWire, type WireOutlook } from './outlook.js';

/** A read of at most `max` bytes and what it gave, or a write (its bytes in hex, as many as were taken) and what it gave. */
export type Move = readonly [read: number, gave: number] | readonly [written: string, gave: number];

/** What a move gives instead of a number of bytes. */
export const moveGave = { wait: -1, eof: -2, broken: -3 } as const;

const noBytes = new Uint8Array(0);

export class Mirror {
  readonly ssl: number;
  #bytes: Uint8Array = noBytes;
  #outlook: Outlook = nowhere;
  #moves: Move[] = [];
  #atEnd = false;
  readonly #incoming: Framing;
  readonly #outgoing: Framing;

  /**
   * @param ssl - the connection that is joined to the socket
   * @param onRecord - gets each record that has passed
   */
  constructor(ssl: number, onRecord: (direction: 'sent' | 'received', record: PassedRecord) => void) {
    this.ssl = ssl;
    this.#incoming = new Framing((record) => onRecord('received', record));
    this.#outgoing = new Framing((record) => onRecord('sent', record));
  }

  /** Whether the last read found the end of the peer's stream: what a BIO over a descriptor knows of it. */
  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Whether the last read gave the last byte of a record. */
  get recordRead(): boolean {
    return this.#incoming.complete;
  }

  /** What has arrived since, and how the socket stands. */
  renew(more: Uint8Array, outlook: WireOutlook): void {
    this.#outlook = outlookFromWire(outlook);
    if (more.length > 0) this.#bytes = this.#bytes.length === 0 ? more : Buffer.concat([this.#bytes, more]);
  }

  /** What was tried since the last time. */
  takeMoves(): readonly Move[] {
    const taken = this.#moves;
    this.#moves = [];
    return taken;
  }

  /** The next bytes, or one of `moveGave`. */
  read(max: number): Uint8Array | number {
    const got = this.#read(max);
    this.#atEnd = got === moveGave.eof;
    this.#incoming.pass(typeof got === 'number' ? noBytes : got);
    this.#moves.push([max, typeof got === 'number' ? got : got.length]);
    return got;
  }

  /** How many bytes are taken, or one of `moveGave`. */
  write(bytes: Uint8Array): number {
    const took = this.#write(bytes.length);
    const taken = bytes.subarray(0, Math.max(0, took));
    this.#outgoing.pass(taken);
    this.#moves.push([toHex(taken), took]);
    return took;
  }

  #read(max: number): Uint8Array | number {
    const { closed, ended, error, broken } = this.#outlook;
    if (closed) return moveGave.broken;
    if (this.#bytes.length > 0) {
      const got = this.#bytes.subarray(0, max);
      this.#bytes = this.#bytes.subarray(got.length);
      return got;
    }
    if (ended) return moveGave.eof;
    if (error) return this.#takeError();
    return broken ? moveGave.eof : moveGave.wait;
  }

  #write(length: number): number {
    const { closed, error, broken, shut, connecting, bufferBytes, unsentBytes, windowBytes } = this.#outlook;
    if (closed) return moveGave.broken;
    if (error) return this.#takeError();
    if (broken || shut) return moveGave.broken;
    if (connecting) return 0;
    const taken = Math.min(bufferBytes - unsentBytes, length);
    const leaves = Math.min(unsentBytes + taken, windowBytes);
    this.#outlook = {
      ...this.#outlook,
      unsentBytes: unsentBytes + taken - leaves,
      windowBytes: windowBytes - leaves,
    };
    return taken;
  }

  #takeError(): number {
    this.#outlook = { ...this.#outlook, error: false };
    return moveGave.broken;
  }
}

const nowhere: Outlook = {
  closed: true,
  connecting: false,
  ended: false,
  error: false,
  broken: false,
  shut: false,
  bufferBytes: 0,
  unsentBytes: 0,
  windowBytes: 0,
};
