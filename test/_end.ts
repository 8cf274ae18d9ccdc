/** One side of a handshake with a library of its own, which is made in the same way each time: so are its bytes. */
import {
  type Credential,
  MemoryTransport,
  type ProfileName,
  type Ssl,
  type SslCtx,
  type TicketKeys,
} from '../src/index.js';
import { Bench } from './_bench.js';
import { clientContext, type Flow, type Role, renewTickets, serverContext, shapeOf } from './_flows.js';

/** What two ends still have of an earlier handshake: their sessions as DER, and the server's keys. */
export interface Memory {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly ticketKeys: TicketKeys;
}

export interface EndOptions {
  readonly memory?: Memory | undefined;
  readonly crypto?: 'real' | 'fast';
  /** What servers show, and clients that are asked. */
  readonly credential?: Credential;
}

const readBytes = 100;
const earlyData = Buffer.from('early');
const earlyDataOver = 2; // SSL_READ_EARLY_DATA_FINISH
const updateRequested = 1; // SSL_KEY_UPDATE_REQUESTED

export class End {
  readonly b: Bench;
  readonly ctx: SslCtx;
  readonly ssl: Ssl;
  readonly role: Role;
  /** What its library has written into the key log, by label: the last of each. */
  readonly secrets: Map<string, Uint8Array> = new Map();
  readonly #flow: Flow;
  readonly #near: MemoryTransport;
  readonly #far: MemoryTransport;
  /** Early data are still to be written, or read. */
  #early: boolean;
  /** What is done once after the handshake is still to do. */
  #fresh = true;

  constructor(profile: ProfileName, flow: Flow, role: Role, options: EndOptions = {}) {
    const { memory, crypto = 'fast', credential } = options;
    this.b = new Bench(profile, {
      crypto,
      seed: role,
      keyLog: (line) => {
        const [label = '', , secret = ''] = line.split(' ');
        this.secrets.set(label, Buffer.from(secret, 'hex'));
      },
    });
    this.role = role;
    this.#flow = flow;
    const { L } = this.b;
    const hasMemory = memory !== undefined;
    const { early } = shapeOf(flow);
    this.#early = hasMemory && (role === 'client' ? early !== undefined : early === 'taken');
    const made = { hasMemory, ...(credential === undefined ? {} : { credential }) };
    this.ctx = role === 'client' ? clientContext(this.b, flow, made) : serverContext(this.b, flow, made);
    if (role === 'server') {
      if (memory !== undefined) this.#remember(memory);
      renewTickets(this.b, flow, this.ctx);
    }
    this.ssl = L.SSL_new(this.ctx)!;
    [this.#near, this.#far] = MemoryTransport.pair();
    L.SSL_set_transport(this.ssl, this.#near);
    if (role === 'server') {
      L.SSL_set_accept_state(this.ssl);
      return;
    }
    L.SSL_set_connect_state(this.ssl);
    if (memory === undefined) return;
    const session = L.d2i_SSL_SESSION(memory.client);
    L.SSL_set_session(this.ssl, session);
    L.SSL_SESSION_free(session);
  }

  #remember({ server, ticketKeys }: Memory): void {
    const { L } = this.b;
    L.SSL_CTX_set_tlsext_ticket_keys(this.ctx, ticketKeys);
    if (shapeOf(this.#flow).by !== 'id') return;
    const session = L.d2i_SSL_SESSION(server)!;
    L.SSL_CTX_add_session(this.ctx, session);
    L.SSL_SESSION_free(session);
  }

  get isDone(): boolean {
    return this.b.L.SSL_state(this.ssl) === 'ok';
  }

  hear(bytes: Uint8Array): void {
    this.#near.put(bytes);
  }

  /** No byte more will come. */
  hearEnd(): void {
    this.#near.end();
  }

  /** What it has said since it was last asked. */
  said(): Uint8Array {
    return Buffer.concat(this.#far.take());
  }

  /** The call that a program makes now. @returns what it returned: more than 0 where there may be more to do at once */
  step(): number {
    const { L } = this.b;
    const { ssl } = this;
    if (this.#early) return this.#stepEarly();
    if (!this.isDone) return L.SSL_do_handshake(ssl);
    if (this.#fresh) this.#afterHandshake();
    return L.SSL_read(ssl, readBytes)[0];
  }

  #stepEarly(): number {
    const { L } = this.b;
    if (this.role === 'client') {
      this.#early = false;
      return L.SSL_write_early_data(this.ssl, earlyData);
    }
    const [result] = L.SSL_read_early_data(this.ssl, readBytes);
    if (result === earlyDataOver) this.#early = false;
    return result;
  }

  #afterHandshake(): void {
    const { L } = this.b;
    const { certificate, updates } = shapeOf(this.#flow);
    this.#fresh = false;
    if (updates === true) L.SSL_key_update(this.ssl, updateRequested);
    if (certificate === 'later' && this.role === 'server') L.SSL_verify_client_post_handshake(this.ssl);
    L.SSL_do_handshake(this.ssl);
  }

  /** As far as it gets with what it has heard. */
  goOn(): void {
    while (this.step() > 0);
  }

  free(): void {
    this.b.L.SSL_free(this.ssl);
    this.b.L.SSL_CTX_free(this.ctx);
  }
}
