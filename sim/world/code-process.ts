/** Code under test in one process: what it holds of the world, and what becomes of it when the process ends. */
import type { Duplex } from 'node:stream';
import {
  type Code,
  type CodeHost,
  type CodeListener,
  CodeStream,
  type CodeTime,
  errorOf,
  processGone,
} from '../code/index.js';
import { codeThrew } from '../invariants/index.js';
import type { EventHandle } from '../kernel/index.js';
import { NetworkError, type Socket } from '../network/index.js';
import type { Json } from '../plan/index.js';
import type { Activity, Ended } from './activity.js';
import type { CodeUnderTest } from './code-under-test.js';
import type { End } from './connections.js';
import type { Process } from './process.js';

export class CodeProcess {
  readonly #process: Process;
  readonly #all: CodeUnderTest;
  readonly #clock: CodeTime;
  /** What runs in it, latest last: for messages. */
  #name = '';
  #step = '';
  /** Timers that are `unref`ed. */
  #background = 0;

  constructor(process: Process, all: CodeUnderTest) {
    this.#process = process;
    this.#all = all;
    this.#clock = process.world.kernel.codeClock(() => process.host.clock.nowMs(), {
      get nowUs() {
        return process.host.nowUs;
      },
      schedule: (delayUs, label, run): EventHandle =>
        process.host.schedule(this.#alive ? delayUs : 0, label, () => this.enter(run)),
      cancel: (handle) => process.host.cancel(handle),
      background: (more) => {
        this.#background += more;
        if (this.#alive) process.world.background += more;
      },
    });
  }

  get #alive(): boolean {
    return this.#process.alive && !this.#all.over;
  }

  /** Calls the code. @returns the step, which ends when what the code returns is settled */
  call(step: string, name: string, code: Code, given: Json): CodeCall {
    this.#name = name;
    this.#step = step;
    const call = new CodeCall(this.#process, name, () => this.#all.finished(call));
    this.#all.began(call);
    this.enter(() => {
      const returned = new Promise((resolve) => resolve(code(this.#hostFor(given))));
      returned.then(
        (value) => this.enter(() => call.settle({ outcome: 'ok', observed: { ret: asJson(value) } })),
        (cause) => this.threw(cause),
      );
    });
    return call;
  }

  /** Goes into code: what it throws at once is a finding. */
  enter(act: () => void): void {
    if (!this.#alive) return;
    this.#process.at(this.#step);
    this.#all.within(this, () => {
      try {
        act();
      } catch (cause) {
        this.threw(cause);
      }
    });
  }

  /** The process is gone: its timers stay in the world's queue until they are due, and mean something to nobody. */
  end(): void {
    this.#process.world.background -= this.#background;
  }

  /** Nobody has caught it: the process ends, as one of Node does. */
  threw(cause: unknown): void {
    if (!this.#alive) return; // whoever outlives its process is not heard
    const { home, world } = this.#process;
    world.judge.report(home.name, this.#step, codeThrew(this.#name, home.name, inWords(cause)));
    home.crash('close', 'aborted');
  }

  #hostFor(given: Json): CodeHost {
    const process = this.#process;
    const { host } = process;
    return {
      name: process.home.name,
      run: process.run,
      given,
      fs: host.codeFs,
      fsPromises: host.codeFs.promises,
      clock: this.#clock,
      net: {
        connect: (to, port) => this.#connect(to, port),
        listen: (port, onConnection) => this.#listen(port, onConnection),
      },
      randomBytes: (length) => {
        const bytes = Buffer.alloc(length);
        process.fillRandom('code', bytes);
        return bytes;
      },
      busy: (work) => this.#all.busyUntil(work),
    };
  }

  #connect(name: string, port: number): Duplex {
    const process = this.#process;
    if (!this.#alive) throw processGone(process.home.name);
    const { world, host, home } = process;
    const to = [...world.hosts.values()].find((one) => one.name === name || one.host.address === name);
    if (to === undefined) {
      const stream = this.#stream(nowhere, true);
      stream.destroy(Object.assign(errorOf('ENOTFOUND', 'getaddrinfo'), { hostname: name }));
      return stream;
    }
    const socket = asNode('connect', () => world.network.connect(host.id, to.host.address, port));
    const connection = world.connections.open(this.#step, { client: home.name, server: to.name }, socket);
    process.at(this.#step);
    world.connecting(process, connection);
    const { client } = connection;
    return client === undefined ? this.#stream(socket, true) : this.#streamOn(client, { connecting: true });
  }

  #listen(port: number, onConnection: (stream: Duplex) => void): CodeListener {
    const process = this.#process;
    if (!this.#alive) throw processGone(process.home.name);
    const { world, host, home } = process;
    const accept = (socket: Socket): void => {
      const end = world.connections.accept(socket, home.name);
      if (!this.#alive || end === undefined) {
        socket.abort();
        return;
      }
      world.accepted(process, this.#step, end);
      this.enter(() => {
        const stream = this.#streamOn(end, { connecting: false });
        onConnection(stream);
        stream.begin();
      });
    };
    const listener = asNode('listen', () => world.network.listen(host.id, port, { onConnection: accept }));
    return { port, close: () => listener.close() };
  }

  #streamOn(end: End, { connecting }: { readonly connecting: boolean }): CodeStream {
    end.foreign = true;
    const stream = this.#stream(end.socket, connecting, () => {
      end.unsubscribe(waiter);
      this.#process.ends.close(end);
    });
    const waiter = { wake: () => this.enter(() => stream.wake({ connected: end.connected, failure: end.failure })) };
    end.subscribe(waiter);
    return stream;
  }

  #stream(socket: Socket | typeof nowhere, connecting: boolean, close: () => void = () => {}): CodeStream {
    const heard = {
      read: (max: number) => this.#all.heard(() => socket.read(max)),
      write: (bytes: Uint8Array) => this.#all.heard(() => socket.write(bytes)),
      shutdownWrite: () => this.#all.heard(() => socket.shutdownWrite()),
      get errorCode() {
        return socket.errorCode;
      },
    };
    return new CodeStream(heard, { connecting, alive: () => this.#alive, close: () => this.#all.heard(close) });
  }
}

/** The step of a plan that calls code. */
export class CodeCall implements Activity {
  readonly bounded = false;
  readonly name: string;
  readonly process: Process;
  readonly #ended: () => void;
  #how: Ended | undefined;
  /** Has its task look again. */
  wake: (() => void) | undefined;

  constructor(process: Process, name: string, ended: () => void) {
    this.process = process;
    this.name = name;
    this.#ended = ended;
  }

  poll(): Ended | undefined {
    return this.#how;
  }

  settle(how: Ended): void {
    this.#how = how;
    this.#ended();
    this.process.host.schedule(0, 'code ended', () => this.wake?.());
  }
}

/** Beneath a stream that leads to nobody. */
const nowhere = {
  errorCode: 'ENOTFOUND',
  read: () => 'wait' as const,
  write: () => 0,
  shutdownWrite: () => {},
};

/** What the network refuses at once, as Node's error. */
function asNode<T>(syscall: string, ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    if (cause instanceof NetworkError) throw Object.assign(errorOf(cause.code, syscall), { cause });
    throw cause;
  }
}

/** What JSON holds of a value; null where it is none. */
function asJson(value: unknown): Json {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null') as Json; // what JSON.parse gives is that
  } catch {
    return null;
  }
}

/** `Error: message` on one line, and where in a file it was made. */
function inWords(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const place = /(?:at |\()(?:file:\/\/)?\/[^\s)]*?([^/\s)]+:\d+:\d+)\)?$/mu.exec(cause.stack ?? '')?.[1];
  const message = cause.message.replaceAll(/\s+/gu, ' ').trim();
  return `${cause.name}: ${message}${place === undefined ? '' : ` (${place})`}`;
}
