/** The ends of connections that a process has: which of its objects each was joined to, and how it comes and goes. */
import type { ObjectId } from '../stacks/index.js';
import type { Ended } from './activity.js';
import type { End } from './connections.js';
import type { Process } from './process.js';
import { refused } from './refused.js';
import type { VerbOptions } from './verbs.js';

export class ProcessEnds {
  readonly #process: Process;
  readonly #ofSsl = new Map<ObjectId, End>();

  constructor(process: Process) {
    this.#process = process;
  }

  /** The end that a connection was joined to. */
  of(ssl: ObjectId): End | undefined {
    return this.#ofSsl.get(ssl);
  }

  /** Whether an end is of this process: not of one on this host before it. */
  has(end: End): boolean {
    return this.#ofSsl.get(end.ssl) === end;
  }

  /** The connections that were joined to one. */
  joined(): Iterable<ObjectId> {
    return this.#ofSsl.keys();
  }

  join(end: End, ssl: ObjectId): void {
    end.ssl = ssl;
    this.#ofSsl.set(ssl, end);
    this.#process.stack.join(ssl, end.socket);
  }

  /** Opens a stream to a host and joins a connection to it. */
  connect(step: string, name: string, options: VerbOptions['connect']): End | Ended {
    const { world, home, host } = this.#process;
    const ssl = this.#process.connection(name);
    if (typeof ssl !== 'number') return ssl;
    const to = world.hosts.get(options.to);
    if (to === undefined) return { outcome: 'skipped', errors: [`no host ${options.to}`] };
    const socket = refused(() => world.network.connect(host.id, to.host.address, options.port));
    if ('outcome' in socket) return socket;
    const connection = world.connections.open(step, { client: home.name, server: to.name }, socket);
    const end = connection.client;
    if (end === undefined) return { outcome: 'skipped' };
    this.join(end, ssl);
    this.#process.perform('SSL_set_connect_state', ssl);
    world.connecting(this.#process, connection);
    return end;
  }

  /** Gives a socket back: a FIN, or a reset where something is unread. */
  close(end: End): void {
    if (end.socket.state === 'gone' || end.socket.state === 'orphan') return;
    if (end.saidClose) end.unreadAtClose = end.socket.unreadBytes;
    end.socket.close();
    const { number: connection, client, clientHost, serverHost } = end.connection;
    const peer = end === client ? serverHost : clientHost;
    const { world, home, step } = this.#process;
    world.trace.world(home.name, step, { kind: 'connection', what: 'closed', connection, peer, ssl: end.ssl });
  }

  /** Who was to be reached by a connection that the process opened. */
  hostOf(ssl: ObjectId): string | undefined {
    const end = this.#ofSsl.get(ssl);
    return end === end?.connection.client ? end?.connection.meantHost : undefined;
  }
}
