/** What code under test gets in place of Node's modules: all of it belongs to the process of the world that it runs in. */
import type { Duplex } from 'node:stream';
import type { CodeFs, CodeFsPromises } from '../host/index.js';
import type { CodeClock } from '../kernel/index.js';
import type { Json } from '../plan/index.js';

/**
 * Code under test: a function that a step of a plan calls by its name. The step ends when what it returns is settled; what it has
 * begun (a server that listens, a timer) goes on until its process ends. A value that JSON can hold is the step's `ret`.
 */
export type Code = (host: CodeHost) => unknown;

export interface CodeHost {
  /** Of the host, as the plan calls it. */
  readonly name: string;
  /** Which process of that host it is, from 1: 2 after a crash and a restart. */
  readonly run: number;
  /** What the step hands over. */
  readonly given: Json;
  /** As `node:fs`: the disk of the host. What is not synced may be lost with it. */
  readonly fs: CodeFs;
  /** As `node:fs/promises`. */
  readonly fsPromises: CodeFsPromises;
  /** In place of the globals of those names: virtual time, by the clock of the host. */
  readonly clock: CodeTime;
  readonly net: CodeNet;
  /** From the seed of the run. */
  randomBytes(length: number): Buffer;
  /** Virtual time stands until it is settled: for work that leaves the event loop (asynchronous cryptography, zlib, a real file). */
  busy<T>(work: Promise<T>): Promise<T>;
}

/** Clock and timers of the world. */
export type CodeTime = Pick<
  CodeClock,
  | 'Date'
  | 'performance'
  | 'setTimeout'
  | 'setInterval'
  | 'setImmediate'
  | 'clearTimeout'
  | 'clearInterval'
  | 'clearImmediate'
>;

export interface CodeNet {
  /**
   * Opens a stream to a host of the world, by its name or address. It emits `connect`, or `error` with Node's codes (`ECONNREFUSED`,
   * `ECONNRESET`, `ETIMEDOUT`, `EHOSTUNREACH`, `ENOTFOUND`); what is written before waits.
   */
  connect(host: string, port: number): Duplex;
  /** Takes connections on a port. @throws with the code `EADDRINUSE` */
  listen(port: number, onConnection: (stream: Duplex) => void): CodeListener;
}

export interface CodeListener {
  readonly port: number;
  /** Takes no more; streams that are open stay. */
  close(): void;
}
