/**
 * The network of one world: hosts with addresses and ports, and byte streams between them as TCP gives them. All that
 * shapes a run comes in as numbers; what is drawn comes from the streams `link/FROM>TO/latency` and `…/segments`.
 */
import type { Kernel } from '../kernel/index.js';
import { Connecting, type SynAnswer } from './connecting.js';
import { NetworkError } from './errors.js';
import { type HostId, HostState } from './host-state.js';
import { Link } from './link.js';
import { Listener, type ListenOptions } from './listener.js';
import {
  checkWhole,
  defaultHostOptions,
  defaultPathOptions,
  type HostOptions,
  hostOptions,
  type PathOptions,
  pathOptions,
} from './options.js';
import { Path } from './path.js';
import { Pipe, type SegmentKind } from './pipe.js';
import { Socket, type SocketOwner } from './socket.js';
import type { NetworkTap } from './tap.js';

/** Hosts of one network. */
export const hostsMax = 65_000;
/** Sockets open at one time on all hosts together. */
export const socketsMax = 1_000_000;

export interface NetworkOptions extends NetworkTap {
  /** For every path that `link` has not changed. */
  readonly path?: Partial<PathOptions>;
  /** For every host that has none of its own. */
  readonly host?: Partial<HostOptions>;
}

/**
 * How a process ends. `reset`: each of its connections is reset. `close`: the host closes them, as Linux does for a
 * process that dies. `half-open`: the whole host is gone, nobody is told, and until its restart it answers nothing.
 */
export type CrashHow = 'reset' | 'close' | 'half-open';

export class Network implements SocketOwner {
  readonly #kernel: Kernel;
  readonly #pathOptions: PathOptions;
  readonly #hostOptions: HostOptions;
  readonly #tap: NetworkTap;
  readonly #hosts: HostState[] = [];
  readonly #byAddress = new Map<string, HostState>();
  readonly #paths = new Map<number, Path>();
  #sockets = 0;
  #lastSocketId = 0;

  /** @throws NetworkError `OPTION_INVALID` */
  constructor(kernel: Kernel, options: NetworkOptions = {}) {
    this.#kernel = kernel;
    this.#pathOptions = pathOptions(defaultPathOptions, options.path ?? {});
    this.#hostOptions = hostOptions(defaultHostOptions, options.host ?? {});
    this.#tap = options;
  }

  /**
   * Adds a host.
   * @param options - `address` is 10.0.0.1 for the first host, 10.0.0.2 for the second, …, unless told
   * @throws NetworkError `HOST_TWICE`, `HOSTS_MAX`, `OPTION_INVALID`
   */
  addHost(name: string, options: Partial<HostOptions> & { readonly address?: string } = {}): HostId {
    const id = this.#hosts.length + 1;
    if (id > hostsMax) throw new NetworkError('HOSTS_MAX', `more than ${hostsMax} hosts, the last '${name}'`);
    const { address = `10.0.${id >> 8}.${id & 0xff}`, ...buffers } = options;
    const twin = this.#hosts.find((host) => host.name === name || host.address === address);
    if (twin !== undefined) {
      throw new NetworkError('HOST_TWICE', `'${name}' at ${address}: there is '${twin.name}' at ${twin.address}`);
    }
    const host = new HostState(this.#kernel, { id, name, address }, hostOptions(this.#hostOptions, buffers));
    this.#hosts.push(host);
    this.#byAddress.set(address, host);
    return id;
  }

  /** @throws NetworkError `HOST_UNKNOWN` */
  addressOf(host: HostId): string {
    return this.#host(host).address;
  }

  /** The sockets for which a host still has something to do, in the order they were made. */
  openSockets(host: HostId): readonly Socket[] {
    return [...this.#host(host).sockets] as Socket[]; // nothing else is ever put in
  }

  /** What connects two hosts, or a host with itself. */
  link(a: HostId, b: HostId): Link {
    const there = this.#path(this.#host(a), this.#host(b));
    return new Link(a === b ? [there] : [there, this.#path(this.#host(b), this.#host(a))]);
  }

  /** Takes connections on a port. @throws NetworkError `EADDRINUSE`, `HOST_DOWN`, `OPTION_INVALID` */
  listen(host: HostId, port: number, options: ListenOptions): Listener {
    checkPort(port);
    return new Listener(this.#upHost(host), port, options);
  }

  /**
   * Begins to connect: `onConnected` or `onError` of the socket comes later, after a round trip or more.
   * @param from - the host
   * @param address - nobody has it: EHOSTUNREACH
   * @throws NetworkError `EADDRNOTAVAIL`, `HOST_DOWN`, `SOCKETS_MAX`, `OPTION_INVALID`
   */
  connect(from: HostId, address: string, port: number): Socket {
    checkPort(port);
    const host = this.#upHost(from);
    const client = this.#makeSocket(host, {
      role: 'client',
      localPort: host.takePort(),
      peerAddress: address,
      peerPort: port,
    });
    const target = this.#reached(host, address, port);
    if (target === undefined) {
      this.#kernel.schedule(0, 'unreachable', () => {
        if (client.state === 'connecting') client.fail('EHOSTUNREACH');
      });
      return client;
    }
    const paths = { there: this.#path(host, target), back: this.#path(target, host) };
    new Connecting(
      this.#kernel,
      client,
      paths,
      () => this.#answer(client, target, paths),
      (what) => this.#tap.onConnecting?.(client, what, target),
    );
    return client;
  }

  /** Has connections that `from` opens to `to` from now on reach `instead`; undefined: no more. @throws NetworkError `HOST_UNKNOWN` */
  redirect(from: HostId, to: HostId, instead: HostId | undefined): void {
    const { redirects } = this.#host(from);
    if (instead === undefined) redirects.delete(this.#host(to).id);
    else redirects.set(this.#host(to).id, this.#host(instead).id);
  }

  /**
   * Hands connections to a port of a host on to others, as a balancer does that rewrites addresses: the bytes go straight to the
   * one that `choose` names, once for each connection. It ends with the host's process.
   * @throws NetworkError `EADDRINUSE`, `HOST_DOWN`, `OPTION_INVALID`
   */
  forward(host: HostId, port: number, choose: (client: HostId) => HostId): void {
    checkPort(port);
    const state = this.#upHost(host);
    if (state.listeners.has(port) || state.forwards.has(port)) {
      throw new NetworkError('EADDRINUSE', `host '${state.name}' has port ${port} in use already`);
    }
    state.forwards.set(port, choose);
  }

  /** Stops calling back into the process of a host: its host goes on receiving for it. */
  pause(host: HostId): void {
    this.#host(host).pause();
  }

  /** Calls back for what has come meanwhile, in order. */
  resume(host: HostId): void {
    this.#host(host).resume();
  }

  /** Ends the process of a host: its ports are free, its sockets are gone. */
  crash(host: HostId, how: CrashHow): void {
    const state = this.#host(host);
    const sockets = [...state.sockets];
    if (how === 'half-open') {
      state.up = false;
      for (const socket of sockets) socket.vanish();
    }
    for (const listener of [...state.listeners.values()]) listener.close();
    state.forwards.clear();
    if (how === 'reset') for (const socket of sockets) socket.abort();
    if (how === 'close') for (const socket of sockets) socket.close();
    state.forgetWakes();
  }

  /** Has a host answer again, though it knows of no connection. Does nothing where it is up. */
  restart(host: HostId): void {
    const state = this.#host(host);
    if (state.up) return;
    state.up = true;
    for (const path of this.#paths.values()) if (path.to === state) path.retryLost();
  }

  sent(socket: Socket, kind: SegmentKind, bytes: Uint8Array): void {
    this.#tap.onSegment?.(socket, kind, bytes);
  }

  sentAgain(socket: Socket, kind: SegmentKind, bytes: Uint8Array, offset: number): void {
    this.#tap.onRetransmission?.(socket, kind, bytes, offset);
  }

  acknowledges(socket: Socket): void {
    this.#tap.onAcknowledgement?.(socket);
  }

  released(socket: Socket): void {
    if (!socket.host.sockets.delete(socket)) return;
    this.#sockets--;
    if (socket.role === 'client') socket.host.givePortBack(socket.localPort);
  }

  /** Who answers at an address: its host, unless the way there leads elsewhere. */
  #reached(from: HostState, address: string, port: number): HostState | undefined {
    const named = this.#byAddress.get(address);
    const redirected = named && from.redirects.get(named.id);
    const target = redirected === undefined ? named : this.#host(redirected);
    const forward = target?.up === true ? target.forwards.get(port) : undefined;
    return forward === undefined ? target : this.#host(forward(from.id));
  }

  /** A SYN has arrived: makes the server's end, unless an earlier one did. */
  #answer(client: Socket, target: HostState, paths: { there: Path; back: Path }): SynAnswer {
    if (client.peer !== undefined && client.peer.state !== 'gone') return 'accept';
    const listener = target.listeners.get(client.peerPort) as Listener | undefined; // nothing else is ever put in
    if (listener === undefined) return 'refuse';
    if (listener.full) return 'ignore';
    const server = this.#makeSocket(target, {
      role: 'server',
      localPort: client.peerPort,
      peerAddress: client.host.address,
      peerPort: client.localPort,
    });
    const up = new Pipe({ there: paths.there, back: paths.back }, client, server);
    const down = new Pipe({ there: paths.back, back: paths.there }, server, client);
    client.join(server, { incoming: down, outgoing: up });
    server.join(client, { incoming: up, outgoing: down });
    server.accepted();
    const take = (): void => listener.take(server); // named first, so that it is no old object at once (V8)
    server.onOpened = take;
    return 'accept';
  }

  #makeSocket(host: HostState, ends: Pick<Socket, 'role' | 'localPort' | 'peerAddress' | 'peerPort'>): Socket {
    if (this.#sockets >= socketsMax) throw new NetworkError('SOCKETS_MAX', `more than ${socketsMax} sockets are open`);
    this.#sockets++;
    const socket = new Socket(this, host, ++this.#lastSocketId, ends);
    host.sockets.add(socket);
    return socket;
  }

  #path(from: HostState, to: HostState): Path {
    const key = from.id * hostsMax + to.id;
    const known = this.#paths.get(key);
    if (known !== undefined) return known;
    const made = new Path(this.#kernel, { from, to }, this.#pathOptions);
    this.#paths.set(key, made);
    return made;
  }

  #host(id: HostId): HostState {
    const host = this.#hosts[id - 1];
    if (host === undefined) throw new NetworkError('HOST_UNKNOWN', `no host has the id ${id}`);
    return host;
  }

  #upHost(id: HostId): HostState {
    const host = this.#host(id);
    if (!host.up) throw new NetworkError('HOST_DOWN', `host '${host.name}' is down`);
    return host;
  }
}

function checkPort(port: number): void {
  checkWhole('port', port, 1, 65_535);
}
