/** The callbacks of `sim_on`: each asks who made the call, in the middle of it, and gives the library what is answered. */
import type {
  GetAnswer,
  Libssl,
  Ssl,
  SslCtx,
  SslSession,
  TicketKeyAnswer,
  Transport,
  VerifyStep,
} from '../../../src/index.js';
import {
  type ArgumentValue,
  type CallbackAnswer,
  type CallbackName,
  defaultAnswers,
  type ObjectId,
  type StackCallback,
} from '../stack.js';
import type { CtxEntry, Objects, SslEntry } from './objects.js';
import { WatchedTransport } from './watched-transport.js';

export type Consult = (asked: StackCallback) => CallbackAnswer | undefined;

/** SSL_CTX_set_tlsext_servername_callback's answers, in the order of their values (tls1.h). */
const servernameAnswers = ['ok', 'alert-warning', 'alert-fatal', 'noack'] as const;

/** What a callback is told. */
interface About {
  readonly ctx: SslCtx;
  readonly ssl?: Ssl;
  /** Whose callback it is, where not the context's. */
  readonly on?: Ssl | SslCtx;
  readonly session?: SslSession | null;
  readonly args?: readonly ArgumentValue[];
}

export class Asking {
  readonly #library: Libssl;
  readonly #objects: Objects;
  readonly #consult: Consult;

  constructor(options: { readonly library: Libssl; readonly objects: Objects; readonly consult: Consult }) {
    this.#library = options.library;
    this.#objects = options.objects;
    this.#consult = options.consult;
  }

  /** `sim_on`: from now on the callback asks. */
  on(entry: CtxEntry | SslEntry, name: CallbackName): void {
    if (entry.kind === 'ssl') this.#onConnection(entry, name);
    else this.#onContext(entry, name);
  }

  #onConnection(entry: SslEntry, name: CallbackName): void {
    const library = this.#library;
    const on = entry.object;
    const ctx = on.sessionContext;
    switch (name) {
      case 'generate-id':
        // a copy of the connection has it too, and maybe another context
        library.SSL_set_generate_session_id(on, (ssl) => this.#onGenerateId({ ctx: ssl.sessionContext, on, ssl }));
        break;
      case 'verify':
        library.SSL_set_verify(on, on.verifyMode, (ssl, step) => this.#onVerify({ ctx, on, ssl }, step));
        break;
      case 'info':
        library.SSL_set_info_callback(on, (ssl, ...args) => this.#ask('info', { ctx, on, ssl, args }));
        break;
      case 'read':
      case 'write':
        if (entry.points.size === 0 && on.transport !== undefined)
          library.SSL_set_transport(on, this.#watched(entry, on.transport));
        entry.points.add(name);
        break;
      default:
        library.SSL_set_not_resumable_session_callback(on, (ssl, isForwardSecure) =>
          this.#number('not-resumable', { ctx: ssl.sessionContext, on, ssl, args: [isForwardSecure] }),
        );
    }
  }

  /** A connection has another transport: that too asks at the points of the connection. */
  attach(entry: SslEntry, transport: Transport): void {
    this.#library.SSL_set_transport(
      entry.object,
      entry.points.size === 0 ? transport : this.#watched(entry, transport),
    );
  }

  #watched(entry: SslEntry, transport: Transport): Transport {
    return new WatchedTransport(transport, (point) => {
      const { object: ssl } = entry;
      if (entry.points.has(point)) this.#ask(point, { ctx: ssl.sessionContext, on: ssl, ssl });
    });
  }

  #onContext(entry: CtxEntry, name: CallbackName): void {
    const library = this.#library;
    const ctx = entry.object;
    switch (name) {
      case 'new':
        library.SSL_CTX_sess_set_new_cb(ctx, (ssl, session) => this.#onNew(entry, ssl, session));
        break;
      case 'remove':
        library.SSL_CTX_sess_set_remove_cb(ctx, (_ctx, session) => this.#onRemove(entry, session));
        break;
      case 'get':
        library.SSL_CTX_sess_set_get_cb(ctx, (ssl, id) => this.#onGet(entry, ssl, id));
        break;
      case 'servername':
        library.SSL_CTX_set_tlsext_servername_callback(ctx, (ssl, text) => {
          const args = [text === undefined ? null : { text }];
          return servernameAnswers[this.#number('servername', { ctx, ssl, args })] ?? 'ok';
        });
        break;
      case 'ticket-key':
        library.SSL_CTX_set_tlsext_ticket_key_cb(ctx, (ssl, key) => this.#onTicketKey(ctx, ssl, key));
        break;
      case 'ticket-generate':
      case 'ticket-decrypt':
        entry.ticketCallbacks.add(name);
        library.SSL_CTX_set_session_ticket_cb(
          ctx,
          entry.ticketCallbacks.has('ticket-generate') ? (ssl) => this.#number('ticket-generate', { ctx, ssl }) : null,
          entry.ticketCallbacks.has('ticket-decrypt')
            ? (ssl, session, key, status) => this.#onTicket({ ctx, ssl, session, args: [{ bytes: key }, status] })
            : null,
        );
        break;
      case 'generate-id':
        library.SSL_CTX_set_generate_session_id(ctx, (ssl) =>
          this.#onGenerateId({ ctx: ssl.sessionContext, on: ctx, ssl }),
        );
        break;
      case 'verify': {
        const mode = library.SSL_CTX_get_verify_mode(ctx);
        library.SSL_CTX_set_verify(ctx, mode, (ssl, step) => this.#onVerify({ ctx, ssl }, step));
        break;
      }
      case 'info':
        library.SSL_CTX_set_info_callback(ctx, (ssl, ...args) => this.#ask('info', { ctx, ssl, args }));
        break;
      case 'not-resumable':
        library.SSL_CTX_set_not_resumable_session_callback(ctx, (ssl, isForwardSecure) =>
          this.#number('not-resumable', { ctx, ssl, args: [isForwardSecure] }),
        );
        break;
      case 'read':
      case 'write':
        throw new TypeError(`${name} is of connections`);
    }
  }

  #onNew(entry: CtxEntry, ssl: Ssl, session: SslSession): number {
    const ctx = entry.object;
    this.#objects.metSession(session);
    this.#objects.happened({ name: 'new', session: session.id, ctx: ctx.id, kept: false });
    const ret = this.#number('new', { ctx, ssl, session });
    if (ret !== 0) entry.kept.push(session);
    return ret;
  }

  #onRemove({ object: ctx }: CtxEntry, session: SslSession): void {
    this.#objects.metSession(session);
    this.#objects.happened({ name: 'remove', session: session.id, ctx: ctx.id });
    this.#ask('remove', { ctx, session });
  }

  #onGet({ object: ctx }: CtxEntry, ssl: Ssl, id: Uint8Array): GetAnswer | null {
    const bytes = id.slice();
    this.#objects.happened({ name: 'get', id: bytes, ctx: ctx.id });
    const { ret, copy = 1 } = this.#ask('get', { ctx, ssl, args: [{ bytes }] });
    const given: ObjectId | undefined = typeof ret === 'object' && ret !== null ? ret.object : undefined;
    return given === undefined ? null : { session: this.#objects.session(given).object, copy: copy !== 0 };
  }

  #onTicketKey(ctx: SslCtx, ssl: Ssl, name: Uint8Array | undefined): TicketKeyAnswer {
    const args = [name === undefined ? null : { bytes: name }];
    const { ret, keys } = this.#ask('ticket-key', { ctx, ssl, args });
    if (typeof ret !== 'number' || ret < 0) return 'fail';
    return ret === 0 || keys === undefined ? 'none' : { keys, renew: ret === 2 };
  }

  #onTicket(about: About): number {
    if (about.session) this.#objects.metSession(about.session);
    return this.#number('ticket-decrypt', about);
  }

  #onVerify(about: About, { preverifyOk, error, depth }: VerifyStep): number {
    return this.#number('verify', { ...about, args: [preverifyOk, error, depth] });
  }

  #onGenerateId(about: About): Uint8Array | null {
    const { ret, id } = this.#ask('generate-id', about);
    return ret === 0 || id === undefined ? null : id;
  }

  #number(callback: CallbackName, about: About): number {
    const { ret } = this.#ask(callback, about);
    return typeof ret === 'number' ? ret : 0;
  }

  #ask(callback: CallbackName, { ctx, ssl, on, session, args = [] }: About): Omit<CallbackAnswer, 'owned'> {
    const asked = {
      callback,
      on: (on ?? ctx).id,
      ctx: ctx.id,
      ssl: ssl?.id ?? null,
      session: session?.id ?? null,
      args,
      events: this.#objects.takeHappenings(),
    };
    // An error queue of its own: what the callback's calls leave in it, the call that is under way does not meet.
    return this.#library.asAnotherThread(() => this.#consult(asked)) ?? defaultAnswers[callback];
  }
}
