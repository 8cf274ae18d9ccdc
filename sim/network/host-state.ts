/** One host as the network sees it: its address, its ports, and whether it is up and its process runs. */
import type { Kernel } from '../kernel/index.js';
import { NetworkError } from './errors.js';
import type { HostOptions } from './options.js';

/** Minted by one network, from 1, in the order of the hosts. */
export type HostId = number;

/** Ports that `connect` takes from, as Linux has them (ip_local_port_range). */
export const ephemeralPorts = { min: 32_768, max: 60_999 } as const;

/** What a host does to its sockets when its process ends. */
export interface HostSocket {
  close(): void;
  abort(): void;
  /** The host is gone: nothing is sent. */
  vanish(): void;
}

/** What a host does to its listeners. */
export interface HostListener {
  close(): void;
}

export class HostState {
  readonly id: HostId;
  readonly name: string;
  readonly address: string;
  readonly options: HostOptions;
  /** False between a crash of the whole host and its restart: what arrives is lost. */
  up = true;
  /** Sockets that have something to send or to receive, in the order they were made. */
  readonly sockets: Set<HostSocket> = new Set();
  readonly listeners: Map<number, HostListener> = new Map();
  /** By port: who takes a connection in this host's place. Gone with the process. */
  readonly forwards: Map<number, (client: HostId) => HostId> = new Map();
  /** By host: which other one is reached in its place from here. */
  readonly redirects: Map<HostId, HostId> = new Map();
  readonly #kernel: Kernel;
  readonly #usedPorts = new Set<number>();
  readonly #deferred = new Set<() => void>();
  #paused = false;
  #lastPort: number = ephemeralPorts.max;

  constructor(kernel: Kernel, identity: { id: HostId; name: string; address: string }, options: HostOptions) {
    this.#kernel = kernel;
    this.id = identity.id;
    this.name = identity.name;
    this.address = identity.address;
    this.options = options;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Calls back into the process: now, or once it runs again. Each callback waits once, in the order of the first. */
  wake(callback: () => void): void {
    if (this.#paused) this.#deferred.add(callback);
    else callback();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    const waiting = [...this.#deferred];
    this.#deferred.clear();
    for (const callback of waiting) this.#kernel.schedule(0, 'wake after pause', () => this.wake(callback));
  }

  /** The process is gone, and with it what waited for it. */
  forgetWakes(): void {
    this.#deferred.clear();
    this.#paused = false;
  }

  /** @throws NetworkError `EADDRNOTAVAIL`: all are in use */
  takePort(): number {
    const count = ephemeralPorts.max - ephemeralPorts.min + 1;
    for (let tries = 0; tries < count; tries++) {
      this.#lastPort = this.#lastPort === ephemeralPorts.max ? ephemeralPorts.min : this.#lastPort + 1;
      if (this.#usedPorts.has(this.#lastPort) || this.listeners.has(this.#lastPort)) continue;
      this.#usedPorts.add(this.#lastPort);
      return this.#lastPort;
    }
    throw new NetworkError('EADDRNOTAVAIL', `host '${this.name}' has no port left: ${count} are in use`);
  }

  givePortBack(port: number): void {
    this.#usedPorts.delete(port);
  }
}
