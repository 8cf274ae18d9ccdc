/** The objects of a recorded process, by name: what its steps pass to each other. */
import type { Argument, Json, ObservationField } from '../plan/index.js';
import type { TestKey } from './context.js';
import { ScenarioError } from './error.js';
import type { Observation } from './observation.js';

/** What an argument of a recorded step may be: data as in docs/programs.md, or an object recorded before. */
export type Given = Argument | Handle;

/** How handles record steps of the process that they belong to. */
export interface Emit {
  readonly host: string;
  call(call: string, args: readonly Given[], field?: ObservationField): Observation;
  bind<K extends keyof Made>(kind: K, call: string, args: readonly Given[], name?: string): Made[K];
  observe(handle: Handle, field: ObservationField): Observation;
  /** `sim_on`: what runs in a callback is recorded by `body`. */
  callback(on: Handle, kind: string, body: CallbackBody): Observation;
  /** The process gave the reference back that the handle stands for. */
  released(handle: Handle): void;
  /** The process talks to that host. */
  linked(to: string): void;
}

/** What a callback does: calls alone, since nothing waits in it, and what it answers. docs/programs.md has the kinds. */
export interface CallbackBody {
  readonly record?: (given: CallbackGiven) => void;
  readonly returns?: Json;
}

/** What a callback is handed, as far as its kind is: the others are no names in it. */
export interface CallbackGiven {
  readonly ctx: Context;
  readonly ssl: Connection;
  readonly session: Session;
}

/** What a call that returns something may bind. */
export interface Made {
  readonly ctx: Context;
  readonly ssl: Connection;
  readonly session: Session;
  readonly bytes: Bytes;
}

/** A name in a process. */
export class Handle {
  readonly name: string;
  /** The host in whose process the name is bound. */
  readonly host: string;
  protected readonly emit: Emit;

  constructor(emit: Emit, name: string) {
    this.emit = emit;
    this.host = emit.host;
    this.name = name;
  }

  /** As a step's argument. */
  toString(): string {
    return `$${this.name}`;
  }
}

/** Bytes: a session's id or DER, or a file's contents. */
export class Bytes extends Handle {}

export class Session extends Handle {
  /** Gives the process's reference back (SSL_SESSION_free). */
  free(): Observation {
    this.emit.released(this);
    return this.emit.call('SSL_SESSION_free', [this]);
  }

  /** Its DER encoding (i2d_SSL_SESSION), to be kept in a file. */
  encode(): Bytes {
    return this.emit.bind('bytes', 'i2d_SSL_SESSION', [this]);
  }

  refs(): Observation {
    return this.emit.observe(this, 'refs');
  }

  resumable(): Observation {
    return this.emit.observe(this, 'resumable');
  }
}

export class Context extends Handle {
  #keepsSessions = false;

  /** A connection of this context (SSL_new). */
  connection(): Connection {
    return this.emit.bind('ssl', 'SSL_new', [this]);
  }

  /**
   * Keeps each session that the new callback is handed: it runs where the cache mode has the side's bit (`SSL_SESS_CACHE_CLIENT`).
   * @param options - `atMost`: so many, the oldest being let go; unless told, all
   */
  keepSessions(options: { readonly atMost?: number } = {}): Observation {
    this.#keepsSessions = true;
    return this.emit.call('keep_sessions', options.atMost === undefined ? [this] : [this, { ...options }], 'outcome');
  }

  /** What the program does each time that libssl calls it back (`sim_on`): another takes the place of the earlier one of that kind. */
  on(kind: string, body: CallbackBody): Observation {
    return this.emit.callback(this, kind, body);
  }

  /**
   * One of those that were kept, with the reference: it is kept no longer. Where there is none, steps with it are skipped.
   * @param which - a number counts from the oldest, which is 1
   * @param options - `of`: of those that came on that connection, which is not yet freed
   * @throws ScenarioError where none is kept
   */
  takeSession(which: 'oldest' | 'newest' | number, options: { readonly of?: Connection } = {}): Session {
    this.#checkKeeps('takeSession');
    return this.emit.bind('session', 'take_session', [
      this,
      { which, ...(options.of === undefined ? {} : { of: options.of.toString() }) },
    ]);
  }

  /** Gives one of those that were kept back: it is kept no longer. */
  dropSession(which: 'oldest' | 'newest' | number): Observation {
    this.#checkKeeps('dropSession');
    return this.emit.call('take_session', [this, { which }], 'outcome');
  }

  free(): Observation {
    this.emit.released(this);
    return this.emit.call('SSL_CTX_free', [this]);
  }

  /** From here on it shows the test certificate with that key. */
  show(key: TestKey): Observation {
    return this.emit.call('credential', [this, { key }], 'outcome');
  }

  #checkKeeps(what: string): void {
    if (this.#keepsSessions) return;
    throw new ScenarioError(`${what} of ${this.name}, which keeps none: record ${this.name}.keepSessions() before`);
  }

  /** How many sessions its internal cache holds. */
  cached(): Observation {
    return this.emit.observe(this, 'number');
  }

  /** One of its counters (SSL_CTX_sess_hits(3) and its like). */
  counter(field: 'hits' | 'misses' | 'timeouts' | 'cache_full'): Observation {
    return this.emit.observe(this, field);
  }

  refs(): Observation {
    return this.emit.observe(this, 'refs');
  }
}

export interface Ask {
  /** Bytes of the request's body: 0 where nothing is said. */
  readonly bytes?: number;
  /** Bytes that are sent behind the request and belong to none: nobody reads them. */
  readonly beyond?: number;
  /** Bytes of the answer that the server is to send. */
  readonly answer: number;
  /** How the answer ends: after so many bytes, or with the connection (`until-close`). */
  readonly ends?: 'length' | 'until-close';
}

export class Connection extends Handle {
  /** Opens a stream to a host and joins this connection to it as client. The observation: how that ended. */
  connect(to: { readonly name: string } | string, options: { readonly port?: number } = {}): Observation {
    const host = typeof to === 'string' ? to : to.name;
    this.emit.linked(host);
    return this.emit.call('connect', [this, { to: host, port: options.port ?? 443 }], 'outcome');
  }

  handshake(): Observation {
    return this.emit.call('handshake', [this], 'outcome');
  }

  /** Connects, and shakes hands. */
  open(to: { readonly name: string } | string, options: { readonly port?: number } = {}): Observation {
    this.connect(to, options);
    return this.handshake();
  }

  /** Sends a request to a server of the emulator and reads its answer. */
  request(ask: Ask): Observation {
    return this.emit.call('request', [this, { ...ask }], 'outcome');
  }

  /** A request as early data, before the handshake: where it is accepted, the answer is to be received. */
  requestEarly(ask: Ask): Observation {
    return this.emit.call('send_early', [this, { request: { ...ask } }], 'outcome');
  }

  /** Bytes as early data, before the handshake. */
  sendEarly(bytes: number): Observation {
    return this.emit.call('send_early', [this, { bytes }], 'outcome');
  }

  /** What became of early data by now: `not sent`, `rejected` or `accepted` (SSL_get_early_data_status). */
  early(): Observation {
    return this.emit.observe(this, 'early');
  }

  /** New keys for what is sent from here on (KeyUpdate), `requested`: for what comes, too; so many times in a row. */
  updateKeys(options: { readonly requested?: boolean; readonly count?: number } = {}): Observation {
    return this.emit.call('key_update', [this, { ...options }], 'outcome');
  }

  /** Whether the peer has shown a certificate, or had when the session was made: 1 or 0. */
  certificate(): Observation {
    return this.emit.observe(this, 'certificate');
  }

  /** How many KeyUpdates have come. */
  keyUpdates(): Observation {
    return this.emit.observe(this, 'key_updates');
  }

  send(bytes: number): Observation {
    return this.emit.call('send', [this, { bytes }], 'outcome');
  }

  receive(what: { readonly bytes: number } | { readonly until: 'end' }): Observation {
    return this.emit.call('receive', [this, what], 'outcome');
  }

  /** Ends it in good order: SSL_shutdown until both sides have said so (or just said so: `wait` false), then the stream. */
  close(options: { readonly wait?: boolean } = {}): Observation {
    return this.emit.call('close', [this, { wait: options.wait ?? true }], 'outcome');
  }

  /** Ends the stream beneath it, without a word of TLS. */
  disconnect(): Observation {
    return this.emit.call('disconnect', [this], 'outcome');
  }

  /** SSL_free. */
  free(): Observation {
    this.emit.released(this);
    return this.emit.call('SSL_free', [this]);
  }

  /** The certificate of the server must be for that name (SSL_set1_host). */
  expectHost(name: string): Observation {
    return this.emit.call('expect_host', [this, { name }], 'outcome');
  }

  /** The program compares its peer's key, by the certificate, with the one that it knows: `ok` or `refused`. What follows from it is up to the program. */
  checkPeer(options: { readonly key: TestKey }): Observation {
    return this.emit.call('check_peer', [this, { ...options }], 'outcome');
  }

  setSession(session: Session | null): Observation {
    return this.emit.call('SSL_set_session', [this, session]);
  }

  /** The session in use, with a reference of one's own (SSL_get1_session). */
  session(): Session {
    return this.emit.bind('session', 'SSL_get1_session', [this]);
  }

  reused(): Observation {
    return this.emit.call('SSL_session_reused', [this]);
  }

  /** `TLSv1.2`, `TLSv1.3`, … as SSL_get_version(3) says it. */
  version(): Observation {
    return this.emit.observe(this, 'version');
  }

  /** The number of references on it. */
  refs(): Observation {
    return this.emit.observe(this, 'refs');
  }
}

/** The argument as the plan holds it. */
export function toArgument(given: Given): Argument {
  return given instanceof Handle ? given.toString() : given;
}
