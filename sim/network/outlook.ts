/** What reads and writes of a socket will meet until the next event of the kernel: for who makes them in another process. */
export interface Outlook {
  /** The process has given it back: whatever is tried is broken. */
  readonly closed: boolean;
  /** It does not stand yet. */
  readonly connecting: boolean;
  /** Behind what has arrived, the end of the peer's stream has. */
  readonly ended: boolean;
  /** An error waits for the first read or write that meets it. */
  readonly error: boolean;
  /** The connection is broken: behind the error reads meet the end, and writes are broken. */
  readonly broken: boolean;
  /** The process has said that it writes no more. */
  readonly shut: boolean;
  /** Bytes that the socket takes before a segment has left, and those of them that wait to leave. */
  readonly bufferBytes: number;
  readonly unsentBytes: number;
  /** Bytes that may leave at once. */
  readonly windowBytes: number;
}
