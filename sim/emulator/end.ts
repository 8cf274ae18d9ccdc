/** One end of a connection as an application sees it: tries that never wait. */

/**
 * What came of trying: done, or wait, or the end of it all. `closed`: the peer said so; `eof`: the stream ended without a
 * word; `reset`: the transport broke; `failed`: TLS failed.
 */
export type Try = 'done' | 'wait' | 'closed' | 'eof' | 'reset' | 'failed';

export interface Tried {
  readonly what: Try;
  /** Reasons, oldest first, with SSL_get_error's name last. */
  readonly errors: readonly string[];
}

/** What the emulator's server needs of its end. */
export interface ServerEnd {
  /** Until there is something to act upon: as a rule the end of the handshake. */
  handshake(): Tried;
  /** To the end of the handshake, where it was not waited for. */
  complete(): Tried;
  /** Reads at most `max` bytes; `take` gets what came. */
  read(max: number, take: (bytes: Uint8Array) => void): Tried;
  /** Writes all of it; after `wait` the same bytes are offered again. */
  write(bytes: Uint8Array): Tried;
  /** Asks for the client's certificate after the handshake (RFC 8446 §4.6.2): it comes while something is read. */
  askForCertificate(): Tried;
  hasCertificate(): boolean;
  /** SSL_session_reused. */
  isResumed(): boolean;
  /** SSL_shutdown once: `ret` is what it returned. */
  shutdown(): Tried & { readonly ret: number };
  /** Whether the peer has sent anything yet, or ended. */
  arrived(): boolean;
  /** Reads what has come beneath TLS, and throws it away. */
  discard(): void;
  /** Writes beneath TLS. */
  writePlain(bytes: Uint8Array): void;
  /** The next bytes of an answer. */
  payload(length: number): Uint8Array;
}

/** An end that can take early data (RFC 8446 §4.2.10). */
export interface EarlyServerEnd extends ServerEnd {
  /** SSL_read_early_data: `finished` where no more comes, and the handshake is to be gone through. */
  readEarly(max: number, take: (bytes: Uint8Array) => void): Tried & { readonly finished: boolean };
  /** SSL_write_early_data: an answer to a client whose Finished has not been seen. */
  writeEarly(bytes: Uint8Array): Tried;
}
