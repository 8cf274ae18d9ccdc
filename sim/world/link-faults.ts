/** What faults do on the way between two hosts. Each returns what ends it, where it can end. */
import type { Direction, Link, PathOptions, Socket } from '../network/index.js';
import type { LinkAction } from '../plan/index.js';
import type { Connection } from './connections.js';
import type { SimHost } from './sim-host.js';
import type { World } from './world.js';

type Undo = () => void;

interface Way {
  readonly world: World;
  readonly from: SimHost;
  readonly to: SimHost;
  readonly link: Link;
  readonly direction: Direction;
}

/** A limit on what connections may pass, those to come included. */
export class Limits {
  readonly #active = new Set<{ readonly from: string; readonly to: string; readonly bytes: number }>();

  /** Begins to count on every connection that is open. */
  begin(world: World, from: string, to: string, bytes: number): Undo {
    const limit = { from, to, bytes };
    this.#active.add(limit);
    for (const connection of between(world, from, to)) limitOn(world, connection, from, bytes);
    return () => {
      this.#active.delete(limit);
      for (const connection of between(world, from, to)) receiverOf(connection, from)?.cutIncoming(undefined);
    };
  }

  /** A connection stands. */
  opened(world: World, connection: Connection): void {
    for (const { from, to, bytes } of this.#active) {
      if (joins(connection, from, to)) limitOn(world, connection, from, bytes);
    }
  }
}

/** Does it. @returns what ends it; undefined: nothing does */
export function actOnLink(world: World, limits: Limits, action: LinkAction): Undo | undefined {
  const from = world.hosts.get(action.from);
  const to = world.hosts.get(action.to);
  if (from === undefined || to === undefined) return undefined;
  const link = world.network.link(from.host.id, to.host.id);
  const way: Way = { world, from, to, link, direction: { from: from.host.id } };
  switch (action.do) {
    case 'hold':
      link.hold(way.direction);
      return () => link.release(way.direction);
    case 'release':
      link.release(way.direction);
      return undefined;
    case 'partition':
      link.partition(way.direction);
      return () => link.heal(way.direction);
    case 'heal':
      link.heal(way.direction);
      return undefined;
    case 'latency':
      return changed(way, { latencyUs: action.latencyUs, ...only('jitterUs', action.jitterUs) });
    case 'bandwidth':
      return changed(way, { bytesPerSecond: action.bytesPerSecond });
    case 'slicer': {
      const { averageBytes, variationBytes = 0, delayUs = 0 } = action;
      const segmentBytes = { min: averageBytes - variationBytes, max: averageBytes + variationBytes };
      return changed(way, { segmentBytes, gapUs: delayUs });
    }
    case 'slow_close':
      return changed(way, { finDelayUs: action.delayUs });
    case 'limit_data':
      return limits.begin(world, from.name, to.name, action.bytes);
    case 'timeout':
      return timeout(way, action.timeoutUs);
    case 'reset_peer':
      world.kernel.schedule(action.timeoutUs, 'reset peer', () => {
        for (const connection of between(world, from.name, to.name)) resetBoth(connection);
      });
      return undefined;
    case 'redirect': {
      const instead = world.hosts.get(action.host);
      if (instead !== undefined) world.network.redirect(from.host.id, to.host.id, instead.host.id);
      return () => world.network.redirect(from.host.id, to.host.id, undefined);
    }
  }
}

/** Both ends learn of it at once, as from somebody who knows their sequence numbers. */
export function resetBoth(connection: Connection): void {
  connection.client?.socket.fail('ECONNRESET');
  connection.server?.socket.fail('ECONNRESET');
}

/** The end that what `from` sends arrives at. */
export function receiverOf({ client, clientHost }: Connection, from: string): Socket | undefined {
  return from === clientHost ? client?.socket.peer : client?.socket;
}

function timeout(way: Way, timeoutUs: number): Undo {
  const { world, link, direction, from, to } = way;
  link.hold(direction);
  if (timeoutUs > 0) {
    world.kernel.schedule(timeoutUs, 'timeout', () => {
      for (const connection of between(world, from.name, to.name)) closeBoth(connection);
      link.release(direction);
    });
  }
  return () => link.release(direction);
}

function changed(way: Way, options: Partial<PathOptions>): Undo {
  const before = way.link.optionsOf(way.direction);
  way.link.change(options, way.direction);
  return () => {
    if (before === undefined) return;
    const kept = Object.keys(options).map((key) => [key, before[key as keyof PathOptions]]); // its own keys
    way.link.change(Object.fromEntries(kept), way.direction);
  };
}

function limitOn(world: World, connection: Connection, from: string, bytes: number): void {
  // The other direction is closed in an event of its own: this one is being delivered.
  const then = (): void => {
    world.kernel.schedule(0, 'limit', () => closeBoth(connection));
  };
  receiverOf(connection, from)?.cutIncoming({ afterBytes: bytes, as: 'eof', then });
}

function closeBoth(connection: Connection): void {
  for (const end of [connection.client, connection.server]) end?.socket.cutIncoming({ afterBytes: 0, as: 'eof' });
}

function* between(world: World, from: string, to: string): Generator<Connection> {
  for (const connection of world.connections.all) if (joins(connection, from, to)) yield connection;
}

function joins({ clientHost, serverHost }: Connection, from: string, to: string): boolean {
  return (clientHost === from && serverHost === to) || (clientHost === to && serverHost === from);
}

function only<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: T }); // the one key
}
