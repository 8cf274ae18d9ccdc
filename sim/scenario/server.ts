/** A recorded TLS server of the emulator: it boots, and boots again after each restart. */
import type { HostPlan, Json } from '../plan/index.js';
import type { Book } from './book.js';
import type { ContextOptions } from './context.js';
import { checkOptions, ScenarioError } from './error.js';
import type { Context } from './handles.js';
import type { Observation } from './observation.js';
import { HostRecorder } from './process.js';

/** A name of `simtls serve --misbehave list`, and the connection that meets it, from 1: all where none is told. */
type Misbehaving = { readonly name: string; readonly nth?: number };

/** What is seen of a connection that a server took: `early_bytes` came as early data, `requests` were acted upon. */
export type AcceptedField =
  | 'outcome'
  | 'bytes'
  | 'reused'
  | 'early'
  | 'early_bytes'
  | 'requests'
  | 'key_updates'
  | 'certificate'
  | 'peer_key';

/** What became of the connections of an accept loop, counted from 1. */
export interface AcceptLoop {
  accepted(n: number, field?: AcceptedField): Observation;
}

export interface ServerOptions {
  /** `server` where no name is given. */
  readonly name?: string;
  readonly port?: number;
  /** Whether it hands out session tickets (RFC 5077): it does, unless told. */
  readonly tickets?: boolean;
  /**
   * Where the ticket keys come from: of each process alone (`lost` with it; the default), or of a name that servers share and
   * restarts do not change; or of several such names, the first of which seals; or of a file of its own disk.
   */
  readonly ticketKeys?:
    | 'lost'
    | { readonly shared: string }
    | { readonly ring: readonly string[] }
    | { readonly file: string };
  /** Sessions go into files of this directory, beside or (`SSL_SESS_CACHE_NO_INTERNAL` in the context's `cache`) in place of the internal cache. */
  readonly store?: {
    readonly directory: string;
    readonly sync?: 'each' | 'never';
    /** `keep`: its get callback lies about whose the reference is. */
    readonly reference?: 'hand-over' | 'keep';
  };
  /**
   * Whether it takes early data and acts upon it at once, or after the handshake, or does not read it, which rejects it. At once where
   * its context allows any (`earlyData`), unless told.
   */
  readonly early?: 'at-once' | 'deferred' | 'not-read';
  /** How it ends connections: with close_notify after the client's, or not at all. */
  readonly close?: 'answer' | 'none';
  /** Names of `simtls serve --misbehave list`; on the nth connection alone, where that is told. */
  readonly misbehave?: Misbehaving | readonly Misbehaving[];
  /** Further contexts, by the server name that asks for them. */
  readonly virtualHosts?: Readonly<Record<string, ContextOptions>>;
  readonly context?: ContextOptions;
}

/** Beside its own, those of its host. */
const known: Readonly<Record<keyof ServerOptions | keyof HostPlan, true>> = {
  name: true,
  port: true,
  tickets: true,
  ticketKeys: true,
  store: true,
  early: true,
  close: true,
  misbehave: true,
  virtualHosts: true,
  context: true,
  skewMs: true,
  driftPpm: true,
  sendBufferBytes: true,
  receiveBufferBytes: true,
};

const noTicket = 'SSL_OP_NO_TICKET';

export class ServerRecorder extends HostRecorder {
  /** Its own context (not of a virtual host). */
  readonly ownContext: Context;
  /** The accept loop: its connections are the steps `ID/1`, `ID/2`, … */
  readonly serving: Observation;
  readonly #port: number;

  constructor(book: Book, name: string, options: ServerOptions) {
    super(book, name);
    checkOptions('w.server', options, known);
    this.#port = options.port ?? 443;
    const made: { context?: Context; serving?: Observation } = {};
    this.boot(() => {
      made.context = this.#makeContext(options, options.context ?? {});
      const early = options.early ?? (options.context?.earlyData === undefined ? 'not-read' : 'at-once');
      const hosts: Record<string, Json> = {};
      for (const [server, context] of Object.entries(options.virtualHosts ?? {})) {
        hosts[server] = this.#makeContext(options, context).toString();
      }
      made.serving = this.call(
        'serve',
        [
          made.context,
          {
            port: this.#port,
            close: options.close ?? 'answer',
            ...(early === 'not-read' ? {} : { early }),
            ...(options.context?.verify === 'late' ? { lateAuthentication: true } : {}),
            ...(options.misbehave === undefined ? {} : { misbehave: options.misbehave }),
            ...(Object.keys(hosts).length === 0 ? {} : { virtualHosts: hosts }),
          },
        ],
        'outcome',
      );
    });
    this.ownContext = made.context as Context; // the boot task was recorded just now
    this.serving = made.serving as Observation; // likewise
  }

  /** From here on it seals and opens tickets with the keys of that name alone. */
  useTicketKeys(shared: string): Observation {
    return this.call('ticket_keys', [this.ownContext, { shared }], 'outcome');
  }

  /** From here on the first of these keys seals; tickets of the others are still taken, and renewed. With none no ticket is either. */
  useTicketRing(names: readonly string[]): Observation {
    return this.call('ticket_keys', [this.ownContext, { ring: names }], 'outcome');
  }

  /** A new key in front of those of its file, `keep` of which stay. */
  rotateTicketKeys(file: string, options: { readonly keep?: number } = {}): Observation {
    return this.call('ticket_keys', [this.ownContext, { file, rotate: true, ...options }], 'outcome');
  }

  /**
   * A second accept loop of its own context, on another port: the data connections of FTP, say.
   * @param options - `resumedOnly`: who does not resume a session is turned away, with the outcome `not resumed`
   * @throws ScenarioError for the port of the first
   */
  serveToo(options: { readonly port: number; readonly resumedOnly?: boolean }): AcceptLoop {
    const { port } = options;
    if (port === undefined || port === this.#port)
      throw new ScenarioError(`serveToo takes a port that is not yet taken, and not ${port ?? 'none'}`);
    const made: { serving?: Observation } = {};
    this.boot(() => {
      made.serving = this.call('serve', [this.ownContext, { ...options }], 'outcome');
    });
    const serving = made.serving as Observation; // the boot task was recorded just now
    return { accepted: (n, field = 'outcome') => this.part(serving, n, field) };
  }

  /** What became of its nth connection, counted from 1. */
  accepted(n: number, field: AcceptedField = 'outcome'): Observation {
    return this.part(this.serving, n, field);
  }

  #makeContext(options: ServerOptions, context: ContextOptions): Context {
    const bits = [options.tickets === false ? noTicket : undefined, context.options].filter((bit) => bit !== undefined);
    const made = this.bind('ctx', 'SSL_CTX_new', ['TLS_server_method'], context.name);
    const complete: ContextOptions = {
      certificate: true,
      ...context,
      ...(bits.length === 0 ? {} : { options: bits.join('|') }),
    };
    for (const [call, ...args] of this.contextCalls(complete)) this.call(call, [made, ...args]);
    const keys = options.ticketKeys ?? 'lost';
    if (keys !== 'lost') this.call('ticket_keys', [made, keys], 'outcome');
    if (options.store !== undefined) this.call('session_store', [made, options.store], 'outcome');
    return made;
  }
}
