/** What goes wrong with real peers, by name. */

/** Something that was asked for cannot be had; the command line maps the code to an exit code. */
export type PeerErrorCode =
  /** A file cannot be read or written, or holds something else. */
  | 'FILE_UNREADABLE'
  | 'FILE_INVALID'
  | 'FILE_UNWRITABLE'
  /** An argument that means nothing. */
  | 'ARGUMENT'
  /** The port cannot be had: in use, not allowed, no such address. */
  | 'PORT_UNAVAILABLE';

export class PeerError extends Error {
  override readonly name = 'PeerError';
  readonly code: PeerErrorCode;

  constructor(code: PeerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * How a connection failed. `TLS`: libssl reports an error; `EOF`: the peer's bytes ended without close_notify; `TRANSPORT`:
 * the system's word for it stands in the message (ECONNREFUSED, ECONNRESET, …); `LIMIT`: the peer let a wait run out;
 * `INTERRUPTED`: the user stopped it.
 */
export type FailureCode = 'TLS' | 'EOF' | 'TRANSPORT' | 'LIMIT' | 'INTERRUPTED';

export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What an exception says for itself. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
