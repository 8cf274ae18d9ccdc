/** One instance of the library under test: a clock moved by hand, its events, and sessions that have names. */
import {
  type Libssl,
  libssl,
  MemoryTransport,
  type ProfileName,
  type Ssl,
  type SslCtx,
  type SslSession,
  type StackEvent,
  testCredentials,
} from '../src/index.js';

export const startSeconds = 1_700_000_000;
export const tls12 = 0x0303;
export const tls13 = 0x0304;
export const Op = { noTicket: 0x4000, ignoreUnexpectedEof: 0x80, allowClientRenegotiation: 0x100 } as const;
export const Mode = { off: 0, client: 1, server: 2, both: 3, updateTime: 0x400 } as const;
export const noInternal = { lookup: 0x100, store: 0x200 } as const;

/** What each line does. */
export type ByProfile<T> = Readonly<Record<ProfileName, T>>;

/** 1.1.1 does the one, 3.0 and 3.5 the other. */
export function old<T>(of111: T, of3x: T): ByProfile<T> {
  return { '1.1.1': of111, '3.0': of3x, '3.5': of3x };
}

export interface Ends {
  readonly c: Ssl;
  readonly s: Ssl;
  readonly ct: MemoryTransport;
  readonly st: MemoryTransport;
}

export interface BenchOptions {
  readonly crypto?: 'real' | 'fast';
  readonly seed?: string;
  /** Hears each line of the key log. */
  readonly keyLog?: (line: string) => void;
}

export class Bench {
  readonly L: Libssl;
  readonly profile: ProfileName;
  readonly events: StackEvent[] = [];
  nowMs: number = startSeconds * 1000;
  readonly #names = new Map<SslSession, string>();

  constructor(profile: ProfileName, options: BenchOptions = {}) {
    this.profile = profile;
    this.L = libssl({
      profile,
      seed: options.seed ?? 'bench',
      crypto: options.crypto ?? 'fast',
      nowMs: () => this.nowMs,
      ...(options.keyLog === undefined ? {} : { keyLog: options.keyLog }),
      emit: (event) => {
        this.events.push(event);
      },
    });
  }

  get nowSeconds(): number {
    return Math.floor(this.nowMs / 1000);
  }

  /** A version-flexible context; at most TLS 1.2, unless `version` says otherwise. */
  ctx(options: { readonly mode?: number; readonly size?: number; readonly version?: number } = {}): SslCtx {
    const ctx = this.L.SSL_CTX_new(this.L.TLS_method())!;
    this.L.SSL_CTX_set_max_proto_version(ctx, options.version ?? tls12);
    if (options.mode !== undefined) this.L.SSL_CTX_set_session_cache_mode(ctx, options.mode);
    if (options.size !== undefined) this.L.SSL_CTX_sess_set_cache_size(ctx, options.size);
    return ctx;
  }

  /** A server's, with a certificate. `by` says how it resumes. */
  serverCtx(
    by: 'id' | 'ticket',
    options: { readonly mode?: number; readonly size?: number; readonly version?: number } = {},
  ): SslCtx {
    const ctx = this.ctx(options);
    this.L.SSL_CTX_use_credential(ctx, testCredentials['ec-p256']);
    if (by === 'id') this.L.SSL_CTX_set_options(ctx, Op.noTicket);
    return ctx;
  }

  /** A bare session whose id is `id` four times over. */
  session(id: string, options: { readonly version?: number; readonly timeout?: number } = {}): SslSession {
    const session = this.L.SSL_SESSION_new()!;
    this.L.SSL_SESSION_set_protocol_version(session, options.version ?? tls12);
    this.L.SSL_SESSION_set1_id(session, Buffer.from(id.repeat(4)));
    if (options.timeout !== undefined) this.L.SSL_SESSION_set_timeout(session, options.timeout);
    this.call(session, id);
    return session;
  }

  sessions(ids: string): SslSession[] {
    return [...ids].map((id) => this.session(id));
  }

  /** Gives a session its name in what `removed` logs. */
  call(session: SslSession, name: string): void {
    this.#names.set(session, name);
  }

  nameOf(session: SslSession): string {
    return this.#names.get(session) ?? '?';
  }

  /** Logs each call of the remove callback as `name:references`, and then does `then`. */
  removed(ctx: SslCtx, then: (session: SslSession) => void = () => {}): string[] {
    const log: string[] = [];
    this.L.SSL_CTX_sess_set_remove_cb(ctx, (_ctx, session) => {
      log.push(`${this.nameOf(session)}:${this.L.refs(session)}`);
      then(session);
    });
    return log;
  }

  n(ctx: SslCtx): number {
    return this.L.SSL_CTX_sess_number(ctx);
  }

  res(session: SslSession): number {
    return this.L.SSL_SESSION_is_resumable(session);
  }

  /** Two connections, joined, which have not begun. */
  pair(cc: SslCtx, sc: SslCtx, session?: SslSession): Ends {
    const { L } = this;
    const c = L.SSL_new(cc)!;
    const s = L.SSL_new(sc)!;
    const [ct, st] = MemoryTransport.pair();
    L.SSL_set_transport(c, ct);
    L.SSL_set_transport(s, st);
    L.SSL_set_connect_state(c);
    L.SSL_set_accept_state(s);
    if (session !== undefined) L.SSL_set_session(c, session);
    return { c, s, ct, st };
  }

  /** What sim_handshake of a program does. */
  shake({ c, s }: Pick<Ends, 'c' | 's'>): 'ok' | 'client failed' | 'server failed' | 'stuck' {
    const { L } = this;
    const one = (ssl: Ssl): 'done' | 'wait' | 'failed' => {
      const result = L.SSL_do_handshake(ssl);
      if (result === 1) return 'done';
      return L.SSL_get_error(ssl, result).startsWith('SSL_ERROR_WANT') ? 'wait' : 'failed';
    };
    for (let round = 0; round < 20; round += 1) {
      const client = one(c);
      if (client === 'failed') return 'client failed';
      const server = one(s);
      if (server === 'failed') return 'server failed';
      if (client !== 'done' || server !== 'done') continue;
      if (L.SSL_version(c) === tls13) L.SSL_read(c, 1); // takes the tickets in
      return 'ok';
    }
    return 'stuck';
  }

  /** A finished handshake. */
  connect(cc: SslCtx, sc: SslCtx, session?: SslSession): Ends {
    const ends = this.pair(cc, sc, session);
    const outcome = this.shake(ends);
    if (outcome !== 'ok') throw new Error(`expected a handshake, got: ${outcome} (${this.L.takeErrors().join(', ')})`);
    return ends;
  }

  /** A full handshake, closed both ways and freed: the client's session, of which the caller holds one reference. */
  established(cc: SslCtx, sc: SslCtx, session?: SslSession): SslSession {
    const { L } = this;
    const { c, s } = this.connect(cc, sc, session);
    const made = L.SSL_get1_session(c)!;
    for (const ssl of [c, s, c]) L.SSL_shutdown(ssl);
    L.SSL_free(c);
    L.SSL_free(s);
    return made;
  }

  /** SSL_read of up to `length` bytes: what it returned, what SSL_get_error said, and the errors queued. */
  read(ssl: Ssl, length = 16_384): { result: number; error: string; errors: string[]; bytes: Uint8Array } {
    const [result, bytes] = this.L.SSL_read(ssl, length);
    return { result, error: this.L.SSL_get_error(ssl, result), errors: this.L.takeErrors(), bytes };
  }

  /** A call that returns a number, with SSL_get_error and the errors queued. */
  judge(ssl: Ssl, result: number): { result: number; error: string; errors: string[] } {
    return { result, error: this.L.SSL_get_error(ssl, result), errors: this.L.takeErrors() };
  }

  /** The codes of the decisions, of one connection or of all, in order. */
  decisions(ssl?: Ssl): string[] {
    const codes: string[] = [];
    for (const event of this.events) {
      if (event.kind === 'decision' && (ssl === undefined || event.ssl === ssl.id)) codes.push(event.code);
    }
    return codes;
  }

  /** Alerts as `sent fatal 10`, of one connection. */
  alerts(ssl: Ssl): string[] {
    const found: string[] = [];
    for (const event of this.events) {
      if (event.kind !== 'alert' || event.ssl !== ssl.id) continue;
      found.push(
        `${event.direction} ${event.level === 2 ? 'fatal' : event.level === 1 ? 'warning' : event.level} ${event.description}`,
      );
    }
    return found;
  }
}
