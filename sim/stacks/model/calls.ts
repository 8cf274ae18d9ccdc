/** Each call of a program, made on the simulated libssl. */
import {
  type Libssl,
  type Ssl,
  type SslCtx,
  type SslSession,
  type Transport,
  testCredentials,
} from '../../../src/index.js';
import {
  doHandshake,
  doRead,
  doShutdown,
  doWrite,
  judged,
  type Primitives,
  type ReadOutcome,
  simClose,
  simExchange,
  simHandshake,
} from '../composite.js';
import {
  type ArgumentValue,
  callbackName,
  type ObjectId,
  type ObjectKind,
  type OnCallback,
  type ReturnValue,
  type StackCall,
  StackCrash,
} from '../stack.js';
import { Arguments } from './arguments.js';
import { Asking } from './asking.js';
import { byName, fieldCalls, methodOf } from './fields.js';
import type { CtxEntry, Objects, SslEntry } from './objects.js';
import { protocolNames, Tables } from './tables.js';
import { ProgramTransport } from './transport.js';

export interface CallOutcome {
  readonly ret: ReturnValue;
  readonly errors: readonly string[];
}

/** Times below it are taken as they stand. docs/programs.md, `ret`. */
const absoluteTimeSecondsMin = 1_000_000_000;
const msPerSecond = 1000;
/** What `SSL_read` asks for where the program does not say: a whole record. */
const readBytesDefault = 16_384;

const timeCalls: readonly string[] = [
  'SSL_SESSION_get_time',
  'SSL_SESSION_set_time',
  'SSL_SESSION_get_time_ex',
  'SSL_SESSION_set_time_ex',
];

type Run = (calls: Calls, args: Arguments) => CallOutcome;

const done: CallOutcome = { ret: 1, errors: [] };

export class Calls {
  readonly #library: Libssl;
  readonly #objects: Objects;
  readonly #nowSeconds: () => number;
  readonly #moveClock: (ms: number) => void;
  readonly #primitives: Primitives<SslEntry>;
  readonly #asking: Asking;
  readonly #tables: Tables;
  #owned: readonly ObjectId[] = [];
  #onCallback: OnCallback | undefined;

  constructor(options: {
    readonly library: Libssl;
    readonly objects: Objects;
    readonly nowSeconds: () => number;
    readonly moveClock: (ms: number) => void;
  }) {
    this.#library = options.library;
    this.#objects = options.objects;
    this.#nowSeconds = options.nowSeconds;
    this.#moveClock = options.moveClock;
    this.#primitives = new LibraryPrimitives(options.library);
    const { library, objects } = options;
    this.#tables = new Tables(library);
    this.#asking = new Asking({
      library,
      objects,
      consult: (asked) => {
        const answer = this.#onCallback?.(asked);
        if (answer !== undefined) this.#owned = answer.owned;
        return answer;
      },
    });
  }

  /** Makes one call; the error queue is clear before and after. */
  perform({ call, args, owned }: StackCall, onCallback: OnCallback | undefined): CallOutcome {
    // a callback, or a step of another task, may have come inside a call
    const outer = { owned: this.#owned, onCallback: this.#onCallback };
    this.#owned = owned;
    this.#onCallback = onCallback;
    const outcome = this.#callNow(call, args);
    this.#owned = outer.owned;
    this.#onCallback = outer.onCallback;
    return outcome;
  }

  attach(ssl: ObjectId, transport: Transport): void {
    this.#asking.attach(this.#objects.ssl(ssl), transport);
  }

  #callNow(call: string, values: readonly ArgumentValue[]): CallOutcome {
    this.#library.ERR_clear_error();
    const args = new Arguments(values, this.#objects);
    const special = Calls.#special.get(call);
    if (special !== undefined) return special(this, args);
    args.corruptIfDue();
    const field = fieldCalls.get(call);
    if (field !== undefined) {
      const { ret, errors = [] } = field(this.#library, args);
      return { ret, errors: [...this.#library.takeErrors(), ...errors] };
    }
    const ret = this.#plain(call, args);
    return { ret, errors: this.#library.takeErrors() };
  }

  #plain(call: string, args: Arguments): ReturnValue {
    if (call === 'SSL_CTX_new') {
      return this.#shown(call, this.#library.SSL_CTX_new(methodOf(this.#library, args.word(0))));
    }
    const run: unknown = this.#library[call as keyof Libssl]; // of a name that comes from a program
    if (typeof run !== 'function') throw new Error(`the model has no ${call}`);
    const ret: unknown = run(...args.asCalled(this.#nowSeconds()));
    return this.#shown(call, ret);
  }

  #shown(call: string, ret: unknown): ReturnValue {
    if (ret === undefined || ret === null) return null;
    if (ret instanceof Uint8Array) return { bytes: ret };
    if (typeof ret === 'string') return ret;
    if (typeof ret === 'number' || typeof ret === 'bigint') return timeCalls.includes(call) ? this.#time(ret) : ret;
    // What remains of what the calls return: the three kinds of objects.
    return this.#made(ret as SslCtx | Ssl | SslSession);
  }

  #made(object: SslCtx | Ssl | SslSession): ReturnValue {
    const kind = this.#library.kindOf(object);
    // Each kind is of one class.
    if (kind === 'ctx') this.#objects.metCtx(object as SslCtx);
    else if (kind === 'ssl') this.#objects.metSsl(object as Ssl, this.#library);
    else this.#objects.metSession(object as SslSession);
    return { object: object.id, kind };
  }

  #time(seconds: number | bigint): ReturnValue {
    if (seconds < absoluteTimeSecondsMin) return seconds;
    const now = this.#nowSeconds();
    return { now: typeof seconds === 'bigint' ? seconds - BigInt(now) : seconds - now };
  }

  /** The calls that are judged, and those that C does not have. */
  static readonly #special: ReadonlyMap<string, Run> = byName({
    SSL_do_handshake: (calls, args) => doHandshake(calls.#primitives, args.ssl(0)),
    SSL_shutdown: (calls, args) => doShutdown(calls.#primitives, args.ssl(0)),
    SSL_write: (calls, args) => doWrite(calls.#primitives, args.ssl(0), args.bytes(1)),
    SSL_read: (calls, args) => {
      const { ret, errors } = doRead(calls.#primitives, args.ssl(0), args.number(1, readBytesDefault));
      return { ret: [ret.ret, { bytes: ret.bytes }], errors };
    },
    SSL_write_early_data: (calls, args) => {
      const ssl = args.ssl(0);
      const ret = calls.#library.SSL_write_early_data(ready(ssl), args.bytes(1));
      return judged(calls.#primitives, ssl, ret, ret === 0);
    },
    SSL_read_early_data: (calls, args) => {
      const ssl = args.ssl(0);
      const [result, bytes] = calls.#library.SSL_read_early_data(ready(ssl), args.number(1, readBytesDefault));
      const { ret, errors } = judged(calls.#primitives, ssl, result, result === 0);
      return { ret: [ret, { bytes }], errors };
    },
    sim_use_certificate: (calls, args) => {
      calls.#library.SSL_CTX_use_credential(args.ctx(0).object, testCredentials['ec-p256']);
      return done;
    },
    sim_pair: (calls, args) => {
      const library = calls.#library;
      const [client, server] = [args.ssl(0), args.ssl(1)];
      ProgramTransport.join(client.transport, server.transport);
      library.SSL_set_connect_state(client.object);
      library.SSL_set_accept_state(server.object);
      return { ret: 1, errors: library.takeErrors() };
    },
    sim_handshake: (calls, args) => simHandshake(calls.#primitives, args.ssl(0), args.ssl(1)),
    sim_exchange: (calls, args) => simExchange(calls.#primitives, args.ssl(0), args.ssl(1)),
    sim_close: (calls, args) => simClose(calls.#primitives, args.ssl(0), args.ssl(1)),
    sim_cut: (_calls, args) => {
      args.ssl(0).transport.cut();
      return done;
    },
    sim_corrupt: (_calls, args) => {
      args.ssl(0).transport.corrupt();
      return done;
    },
    sim_break: (_calls, args) => {
      args.ssl(0).transport.fail();
      return done;
    },
    sim_capacity: (_calls, args) => {
      args.ssl(0).transport.setCapacity(args.number(1, 0));
      return done;
    },
    sim_deliver: (_calls, args) => {
      args.ssl(0).transport.deliver(args.number(1, 0));
      return done;
    },
    sim_inject: (_calls, args) => {
      args.ssl(0).transport.inject(args.bytes(1));
      return done;
    },
    sim_virtual_host: (calls, args) => {
      calls.#tables.virtualHost(args.ctx(0).object, args.text(1), args.ctx(2).object);
      return done;
    },
    sim_psk: (calls, args) => {
      calls.#tables.psk(args.ctx(0).object, args.bytes(1).slice(), args.session(2).object);
      return done;
    },
    sim_alpn_select: (calls, args) => {
      calls.#tables.alpnSelect(args.ctx(0).object, protocolNames(args.text(1)));
      return done;
    },
    sim_ex_data: (calls, args) => {
      const of = args.word(0) as ObjectKind; // its place in a program takes no other word
      const told = (act: 'new' | 'dup' | 'free', value: number): void =>
        calls.#objects.happened({ name: 'ex_data', act, of, value });
      calls.#library.CRYPTO_get_ex_new_index(of, {
        made: () => told('new', 0),
        copied: (value) => told('dup', value),
        freed: (value) => told('free', value),
      });
      return done;
    },
    sim_clock: (calls, args) => {
      calls.#moveClock(args.number(0, 0) * msPerSecond + args.number(1, 0));
      return done;
    },
    sim_on_new: (calls, args) => {
      const ctx = args.ctx(0);
      ctx.keep = args.is(1);
      calls.#library.SSL_CTX_sess_set_new_cb(ctx.object, (_ssl, session) => calls.#onNew(ctx, session));
      return done;
    },
    sim_on_remove: (calls, args) => {
      calls.#library.SSL_CTX_sess_set_remove_cb(args.ctx(0).object, (ctx, session) => calls.#onRemove(ctx, session));
      return done;
    },
    sim_on_get: (calls, args) => {
      const ctx = args.ctx(0);
      ctx.getMode = args.word(1);
      calls.#library.SSL_CTX_sess_set_get_cb(ctx.object, (_ssl, id) => calls.#onGet(ctx, id));
      return done;
    },
    sim_on: (calls, args) => {
      calls.#asking.on(args.ctxOrSsl(0), callbackName(args.word(1)));
      return done;
    },
  });

  #onNew(ctx: CtxEntry, session: SslSession): number {
    this.#objects.metSession(session);
    this.#objects.happened({ name: 'new', session: session.id, ctx: ctx.object.id, kept: ctx.keep });
    if (ctx.keep) ctx.kept.push(session);
    return ctx.keep ? 1 : 0;
  }

  /** It looks at the session, as a callback does that keeps a cache of its own: one that is gone ends the process. */
  #onRemove(ctx: SslCtx, session: SslSession): void {
    if (!session.alive) throw new StackCrash('SIGSEGV');
    this.#objects.metSession(session);
    this.#objects.happened({ name: 'remove', session: session.id, ctx: ctx.id });
  }

  #onGet(ctx: CtxEntry, id: Uint8Array): { readonly session: SslSession; readonly copy: boolean } | null {
    this.#objects.happened({ name: 'get', id: id.slice(), ctx: ctx.object.id });
    if (ctx.getMode === 'miss') return null;
    for (const session of [...ctx.kept].reverse()) {
      if (this.#objects.alive(session.id) === undefined || !this.#owned.includes(session.id)) continue;
      if (session.listedIn !== undefined && session.listedIn !== ctx.object) continue;
      if (!equal(this.#library.SSL_SESSION_get_id(session), id)) continue;
      const copy = ctx.getMode === 'copy';
      if (!copy) this.#library.SSL_SESSION_up_ref(session);
      return { session, copy };
    }
    return null;
  }
}

/** What the composed and judged calls are made of. */
class LibraryPrimitives implements Primitives<SslEntry> {
  readonly #library: Libssl;

  constructor(library: Libssl) {
    this.#library = library;
  }

  handshake(ssl: SslEntry): number {
    return this.#library.SSL_do_handshake(ready(ssl));
  }

  write(ssl: SslEntry, bytes: Uint8Array): number {
    return this.#library.SSL_write(ready(ssl), bytes);
  }

  read(ssl: SslEntry, bytesMax: number): ReadOutcome {
    const [ret, bytes] = this.#library.SSL_read(ready(ssl), bytesMax);
    return { ret, bytes };
  }

  shutdown(ssl: SslEntry): number {
    return this.#library.SSL_shutdown(ready(ssl));
  }

  judge(ssl: SslEntry, ret: number): string {
    return this.#library.SSL_get_error(ssl.object, ret);
  }

  takeErrors(): readonly string[] {
    return this.#library.takeErrors();
  }
}

/** The connection, once due corruption has struck what it may read. */
function ready({ object, transport }: SslEntry): Ssl {
  transport.corruptIfDue();
  return object;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
