/** A port that takes connections, and those that its process has not taken yet. */
import { NetworkError } from './errors.js';
import type { HostListener, HostState } from './host-state.js';
import type { Socket } from './socket.js';

export interface ListenOptions {
  /** Connections that stand and wait for the process at most; a further one is not answered. 128 unless told. */
  readonly backlog?: number;
  /** A connection stands. Where the process is paused, it waits. */
  readonly onConnection: (socket: Socket) => void;
}

/** Linux's SOMAXCONN was 128 for long; libraries still pass it. */
const defaultBacklog = 128;

export class Listener implements HostListener {
  readonly port: number;
  readonly #host: HostState;
  readonly #backlog: number;
  readonly #onConnection: (socket: Socket) => void;
  #waiting: Socket[] = [];

  /** @throws NetworkError `EADDRINUSE` */
  constructor(host: HostState, port: number, options: ListenOptions) {
    if (host.listeners.has(port)) {
      throw new NetworkError('EADDRINUSE', `host '${host.name}' listens on port ${port} already`);
    }
    this.port = port;
    this.#host = host;
    this.#backlog = options.backlog ?? defaultBacklog;
    this.#onConnection = options.onConnection;
    host.listeners.set(port, this);
  }

  /** Too many wait: a new connection is not answered. */
  get full(): boolean {
    return this.#waiting.length >= this.#backlog;
  }

  /** Frees the port, and resets the connections that wait. */
  close(): void {
    if (this.#host.listeners.get(this.port) !== this) return;
    this.#host.listeners.delete(this.port);
    for (const socket of this.#waiting) socket.abort();
    this.#waiting = [];
  }

  /** A connection stands: hands it to the process, now or once it runs. */
  take(socket: Socket): void {
    if (this.#host.listeners.get(this.port) !== this) {
      socket.abort();
      return;
    }
    this.#waiting.push(socket);
    this.#host.wake(this.#handOver);
  }

  readonly #handOver = (): void => {
    while (!this.#host.paused) {
      const socket = this.#waiting.shift();
      if (socket === undefined) return;
      this.#onConnection(socket);
    }
    if (this.#waiting.length > 0) this.#host.wake(this.#handOver);
  };
}
