/**
 * Bytes that are not what the RFC's declaration says (`DECODE_ERROR`, the peer's fault), or a value that its declaration
 * cannot carry (`ENCODE_ERROR`, the caller's). `offset` is where, in bytes from the start of what was read or written.
 */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: 'DECODE_ERROR' | 'ENCODE_ERROR';
  readonly offset: number;

  constructor(code: 'DECODE_ERROR' | 'ENCODE_ERROR', message: string, offset: number) {
    super(`${message} (at byte ${offset})`);
    this.code = code;
    this.offset = offset;
  }
}

/** What stands in a list of extensions is none: libssl has a reason of its own for it, SSL_R_BAD_EXTENSION. */
export class ExtensionsError extends WireError {}
