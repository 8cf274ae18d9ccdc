/** Tells where records end in a stream of bytes (RFC 8446 §5.1: a header of five bytes, whose last two are the length), and sums them up. */
const headerBytes = 5;
/** FNV-1a: offset basis and prime. */
const sumAtFirst = 0x811c9dc5;
const sumFactor = 0x01000193;

export interface PassedRecord {
  readonly contentType: number;
  /** Of header and fragment. */
  readonly length: number;
  readonly sum: number;
}

export class Framing {
  /** Whether the last bytes that passed ended with a record. */
  complete = false;
  readonly #onRecord: (record: PassedRecord) => void;
  #type = 0;
  #length = 0;
  #sum = sumAtFirst;
  #header = 0;
  #left = 0;

  constructor(onRecord: (record: PassedRecord) => void) {
    this.#onRecord = onRecord;
  }

  pass(bytes: Uint8Array): void {
    this.complete = false;
    for (let at = 0; at < bytes.length; ) {
      if (this.#header < headerBytes) {
        this.#addToHeader(bytes[at] ?? 0);
        at += 1;
      } else {
        const end = at + Math.min(this.#left, bytes.length - at);
        this.#left -= end - at;
        for (; at < end; at += 1) this.#add(bytes[at] ?? 0);
      }
      this.complete = this.#header === headerBytes && this.#left === 0;
      if (this.complete) this.#next();
    }
  }

  #next(): void {
    this.#onRecord({ contentType: this.#type, length: headerBytes + this.#length, sum: this.#sum >>> 0 });
    this.#header = 0;
    this.#sum = sumAtFirst;
  }

  #add(byte: number): void {
    this.#sum = Math.imul(this.#sum ^ byte, sumFactor);
  }

  #addToHeader(byte: number): void {
    this.#add(byte);
    this.#header += 1;
    if (this.#header === 1) this.#type = byte;
    if (this.#header === headerBytes - 1) this.#length = byte * 256;
    if (this.#header !== headerBytes) return;
    this.#length += byte;
    this.#left = this.#length;
  }
}
