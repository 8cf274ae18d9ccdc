/** What can go wrong on the network: what a socket meets in the world, and what its user does wrong. */

/** What a socket meets, by its POSIX name. */
export type SocketErrorCode = 'ECONNREFUSED' | 'ECONNRESET' | 'EPIPE' | 'ETIMEDOUT' | 'EHOSTUNREACH';

export type NetworkErrorCode =
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'HOST_UNKNOWN'
  | 'HOST_DOWN'
  | 'HOST_TWICE'
  | 'HOSTS_MAX'
  | 'SOCKETS_MAX'
  | 'OPTION_INVALID';

/** The network used wrongly, or one of its limits met. `code` says which; the message says what came and what would do. */
export class NetworkError extends Error {
  readonly code: NetworkErrorCode;
  constructor(code: NetworkErrorCode, message: string) {
    super(message);
    this.name = 'NetworkError';
    this.code = code;
  }
}
