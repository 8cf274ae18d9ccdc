/** Tells where records end in a stream of bytes (RFC 8446 §5.1: a header of five bytes, whose last two are the length). */
const headerBytes = 5;

export class Framing {
  /** Whether the last bytes that passed ended with a record. */
  complete = false;
  #header = 0;
  #left = 0;

  pass(bytes: Uint8Array): void {
    this.complete = false;
    for (let at = 0; at < bytes.length; ) {
      if (this.#header < headerBytes) {
        this.#addToHeader(bytes[at] ?? 0);
        at += 1;
      } else {
        const taken = Math.min(this.#left, bytes.length - at);
        this.#left -= taken;
        at += taken;
      }
      this.complete = this.#header === headerBytes && this.#left === 0;
      if (this.complete) this.#header = 0;
    }
  }

  #addToHeader(byte: number): void {
    this.#header += 1;
    if (this.#header === headerBytes - 1) this.#left = byte * 256;
    if (this.#header === headerBytes) this.#left += byte;
  }
}
