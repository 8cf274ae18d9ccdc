import { handshakeHeaderBytes, handshakeMessageBytesMax } from './constants.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** RFC 5246 §7.4: one handshake message, whole. Its bytes stay as they are after later calls. */
export interface HandshakeMessage {
  readonly type: number; //     HandshakeType msg_type
  readonly body: Uint8Array; // what follows uint24 length
  /** Header and body, as the transcript hash takes it. */
  readonly raw: Uint8Array;
}

/** What the four bytes before a handshake message say. */
export function readHandshakeHeader(bytes: Uint8Array): { readonly type: number; readonly length: number } {
  const r = new Reader(bytes);
  const header = { type: r.u8(), length: r.u24() };
  r.end();
  return header;
}

/** A handshake message: four bytes of header and `body`. */
export function writeHandshake(type: number, body: Uint8Array): Uint8Array {
  const w = new Writer(handshakeHeaderBytes + body.length);
  w.u8(type);
  w.u24(body.length);
  w.bytes(body);
  return w.finish();
}

/**
 * Puts together the messages that records carry, several in one record or one over several (RFC 5246 §6.2.1). It holds
 * at most the message in progress and what came behind it. A header that announces more than `handshakeMessageBytesMax`
 * throws `WireError` as soon as it is complete.
 */
export class HandshakeAssembler {
  /** Messages handed out are views of it: bytes once written stay, and a full buffer is left for a new one. */
  private buffer: Uint8Array = new Uint8Array(0);
  private start = 0;
  private end = 0;

  /** How many bytes were fed that no message has taken yet. */
  get pending(): number {
    return this.end - this.start;
  }

  /** Adds the plaintext of one handshake record. It is copied. */
  feed(fragment: Uint8Array): void {
    if (this.end + fragment.length > this.buffer.length) {
      const larger = new Uint8Array(Math.max(2 * this.pending, this.pending + fragment.length));
      larger.set(this.buffer.subarray(this.start, this.end));
      this.end -= this.start;
      this.start = 0;
      this.buffer = larger;
    }
    this.buffer.set(fragment, this.end);
    this.end += fragment.length;
    this.announcedBytes();
  }

  /** The next whole message, or undefined while it is not there. */
  next(): HandshakeMessage | undefined {
    const length = this.announcedBytes();
    if (length === undefined || this.pending < handshakeHeaderBytes + length) {
      return undefined;
    }
    const raw = this.buffer.subarray(this.start, this.start + handshakeHeaderBytes + length);
    this.start += raw.length;
    const r = new Reader(raw);
    const type = r.u8();
    r.u24();
    return { type, body: r.rest(), raw };
  }

  /** The length in the header of the message in progress, once that header is there. */
  private announcedBytes(): number | undefined {
    if (this.pending < handshakeHeaderBytes) {
      return undefined;
    }
    const r = new Reader(this.buffer.subarray(this.start, this.end));
    r.u8();
    const length = r.u24();
    if (length > handshakeMessageBytesMax) {
      r.fail(`expected a handshake message of at most ${handshakeMessageBytesMax} bytes, got the length ${length}`);
    }
    return length;
  }
}
