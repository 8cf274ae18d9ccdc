/** The callbacks of `sim_on`: each asks the other process in the middle of libssl's call, and gives libssl what that answers. */
import {
  type ArgumentValue,
  type CallbackAnswer,
  type CallbackKeys,
  type CallbackName,
  defaultAnswers,
  type ObjectId,
  type StackCallback,
} from '../stack.js';
import type { Callbacks } from './callbacks.js';
import type { Errors } from './errors.js';
import { type Library, type Pointer, readBytes, writeBytes, writeInt32 } from './library.js';
import type { AnyEntry, CallbackOwner, CtxEntry, Objects, SslEntry } from './objects.js';
import { Points, type TransportPoint } from './points.js';

/** Commands of SSL_CTX_callback_ctrl (ssl.h, tls1.h). */
const ctrlSetServernameCallback = 53;
const ctrlSetTicketKeyCallback = 72;

/** TLSEXT_NAMETYPE_host_name (tls1.h). */
const hostNameType = 0;
/** TLSEXT_KEYNAME_LENGTH (tls1.h), and what AES-CBC starts with. */
const keyNameBytes = 16;
const ivBytes = 16;
/** SSL_MAX_SSL_SESSION_ID_LENGTH (ssl.h): what libssl has room for. */
const sessionIdBytes = 32;

/** Those of which each object that `sim_on` names has a C function for itself. */
type OwnFunction = 'verify' | 'info';
/** Those of which there is one C function; the others are points of transports. */
type Asked = Exclude<CallbackName, TransportPoint | OwnFunction>;

/** More objects than a program has that get one in the midst of a callback. */
const ownFunctionsAtHand = 16;

/** Asks the other process. */
export type Consult = (asked: StackCallback) => CallbackAnswer;

export class Asking {
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #errors: Errors;
  readonly #recorded: Callbacks;
  readonly #consult: Consult;
  readonly #functions = new Map<CallbackName, Pointer>();
  readonly #points: Points;
  /** Of one owner each, as long as a program runs. */
  readonly #ownFunctions = new Map<string, Pointer>();

  constructor(options: {
    readonly library: Library;
    readonly objects: Objects;
    readonly errors: Errors;
    readonly recorded: Callbacks;
    readonly consult: Consult;
  }) {
    this.#library = options.library;
    this.#objects = options.objects;
    this.#errors = options.errors;
    this.#recorded = options.recorded;
    this.#consult = options.consult;
    this.#objects.onReset(() => {
      for (const made of this.#ownFunctions.values()) this.#library.forget(made);
      this.#ownFunctions.clear();
      this.#keepFunctionsAtHand();
    });
    this.#keepFunctionsAtHand();
    this.#points = new Points(options.library, options.objects, (ssl, point) => {
      this.#ask(point, { ssl, ctx: this.#objects.ctx(ssl.ctx) });
    });
  }

  /** `sim_on`: from now on the callback asks. */
  on(owner: CtxEntry | SslEntry, name: CallbackName): void {
    if (owner.kind === 'ctx') owner.asks.add(name);
    else owner.asks.set(name, owner.id);
    if (name === 'read' || name === 'write') return; // as the connection is next at work
    const { address } = owner;
    const library = this.#library;
    const kind = owner.kind === 'ctx' ? 'SSL_CTX' : 'SSL';
    if (name === 'verify') {
      const mode = library.integer(`${kind}_get_verify_mode`, address);
      library.call(`${kind}_set_verify`, address, mode, this.#ownFunction(name, owner));
      return;
    }
    if (name === 'info') {
      library.call(`${kind}_set_info_callback`, address, this.#ownFunction(name, owner));
      return;
    }
    const run = this.#function(name);
    switch (name) {
      case 'new':
      case 'remove':
      case 'get':
        library.call(`SSL_CTX_sess_set_${name}_cb`, address, run);
        break;
      case 'servername':
        library.call('SSL_CTX_callback_ctrl', address, ctrlSetServernameCallback, run);
        break;
      case 'ticket-key':
        library.call('SSL_CTX_callback_ctrl', address, ctrlSetTicketKeyCallback, run);
        break;
      case 'ticket-generate':
      case 'ticket-decrypt': {
        const [generate, decrypt] = (['ticket-generate', 'ticket-decrypt'] as const).map((one) =>
          owner.asks.has(one) ? this.#function(one) : null,
        );
        library.call('SSL_CTX_set_session_ticket_cb', address, generate ?? null, decrypt ?? null, null);
        break;
      }
      case 'generate-id':
        library.call(`${kind}_set_generate_session_id`, address, run);
        break;
      case 'not-resumable':
        library.call(`${kind}_set_not_resumable_session_callback`, address, run);
    }
  }

  /** SSL_dup: the copy asks where the connection does that it was made from, whatever their contexts; `verify` and `info` are functions of their own. */
  copied(from: SslEntry, to: SslEntry): void {
    const name = 'generate-id';
    const owner = whoseCallback(name, { ctx: this.#objects.ctx(from.ctx), ssl: from });
    if (owner !== undefined) to.asks.set(name, owner);
  }

  /** To be called before each call on a connection. */
  ready(ssl: SslEntry): void {
    this.#points.watch(ssl);
  }

  /** What the agent itself does to a transport. */
  quietly<T>(act: () => T): T {
    return this.#points.quietly(act);
  }

  /** Bodies may install callbacks, too. */
  #keepFunctionsAtHand(): void {
    for (const name of Object.keys(this.#runs) as Asked[])
      if (!this.#functions.has(name)) this.#library.keepAtHand(name, 1);
    for (const name of Object.keys(this.#ownRuns) as OwnFunction[]) this.#library.keepAtHand(name, ownFunctionsAtHand);
  }

  #ownFunction(name: OwnFunction, entry: CtxEntry | SslEntry): Pointer {
    const key = `${name} ${entry.id}`;
    let made = this.#ownFunctions.get(key);
    if (made === undefined) {
      const owner = { on: entry.id, ctx: entry.kind === 'ctx' ? entry.id : entry.ctx };
      made = this.#library.callback(name, this.#ownRuns[name](owner));
      this.#ownFunctions.set(key, made);
    }
    return made;
  }

  /** The C function of a callback, made when it is first wanted. */
  #function(name: Asked): Pointer {
    let made = this.#functions.get(name);
    if (made === undefined) {
      made = this.#library.callback(name, this.#runs[name]);
      this.#functions.set(name, made);
    }
    return made;
  }

  /** What each does when libssl calls it. */
  readonly #runs: Readonly<Record<Asked, (...args: never[]) => unknown>> = {
    new: (ssl: Pointer, session: Pointer) => {
      const made = this.#madeWith(ssl);
      const { id } = this.#objects.met('session', session);
      this.#objects.happened({ name: 'new', session: id, ctx: made.ctx.id, kept: false });
      const ret = numberOf(this.#ask('new', { ...made, session: id }));
      if (ret !== 0) made.ctx.kept.push(id);
      return ret;
    },
    remove: (ctx: Pointer, session: Pointer) => {
      const owner = this.#objects.met('ctx', ctx);
      const { id } = this.#objects.met('session', session);
      this.#objects.happened({ name: 'remove', session: id, ctx: owner.id });
      this.#ask('remove', { ctx: owner, session: id });
    },
    get: (ssl: Pointer, address: Pointer, length: number, copy: Pointer) => {
      const made = this.#madeWith(ssl);
      const id = readBytes(address, length);
      this.#objects.happened({ name: 'get', id, ctx: made.ctx.id });
      const answer = this.#ask('get', { ...made, args: [{ bytes: id }] });
      if (answer.copy !== undefined) writeInt32(copy, answer.copy);
      return this.#addressOf(answer);
    },
    servername: (ssl: Pointer) => {
      const made = this.#madeWith(ssl);
      const current = this.#library.pointer('SSL_get_SSL_CTX', ssl);
      const now = current === null ? made.ctx : this.#objects.met('ctx', current);
      const ctx = now.asks.has('servername') ? now : made.ctx;
      const name = this.#library.call('SSL_get_servername', ssl, hostNameType);
      const text = typeof name === 'string' ? { text: name } : null;
      return numberOf(this.#ask('servername', { ...made, ctx, args: [text] }));
    },
    'ticket-key': (ssl: Pointer, name: Pointer, iv: Pointer, cipher: Pointer, hmac: Pointer, seals: number) => {
      const made = this.#madeWith(ssl);
      const asked = seals === 0 ? { bytes: readBytes(name, keyNameBytes) } : null;
      const answer = this.#ask('ticket-key', { ...made, args: [asked] });
      if (answer.keys !== undefined) this.#useKeys(answer.keys, { name, iv, cipher, hmac, seals: seals !== 0 });
      return numberOf(answer);
    },
    'ticket-generate': (ssl: Pointer) => numberOf(this.#ask('ticket-generate', this.#madeWith(ssl))),
    'ticket-decrypt': (ssl: Pointer, session: Pointer | null, name: Pointer, length: number, status: number) => {
      const opened = session === null ? {} : { session: this.#objects.met('session', session).id };
      const args = [{ bytes: readBytes(name, Number(length)) }, status];
      return numberOf(this.#ask('ticket-decrypt', { ...this.#madeWith(ssl), ...opened, args }));
    },
    'generate-id': (ssl: Pointer, id: Pointer, length: Pointer) => {
      const answer = this.#ask('generate-id', this.#madeWith(ssl));
      if (answer.id !== undefined) {
        writeBytes(id, answer.id.subarray(0, sessionIdBytes));
        writeInt32(length, answer.id.length);
      }
      return numberOf(answer);
    },
    'not-resumable': (ssl: Pointer, isForwardSecure: number) =>
      numberOf(this.#ask('not-resumable', { ...this.#madeWith(ssl), args: [isForwardSecure] })),
  };

  /** What each does of those that libssl takes at one moment and calls at others, whatever is set meanwhile. */
  readonly #ownRuns: Readonly<Record<OwnFunction, (owner: CallbackOwner) => (...args: never[]) => unknown>> = {
    verify: (owner) => (preverifyOk: number, store: Pointer) => {
      const library = this.#library;
      const index = library.integer('SSL_get_ex_data_X509_STORE_CTX_idx');
      const ssl = library.pointer('X509_STORE_CTX_get_ex_data', store, index);
      if (ssl === null) throw new Error('a verification of no connection');
      const error = library.integer('X509_STORE_CTX_get_error', store);
      const depth = library.integer('X509_STORE_CTX_get_error_depth', store);
      return numberOf(this.#ask('verify', { ...this.#madeWith(ssl), owner, args: [preverifyOk, error, depth] }));
    },
    info: (owner) => (ssl: Pointer, where: number, value: number) => {
      this.#ask('info', { ...this.#madeWith(ssl), owner, args: [where, value] });
    },
  };

  #ask(
    callback: CallbackName,
    {
      ctx,
      ssl,
      session,
      args = [],
      owner,
    }: {
      readonly ctx: CtxEntry;
      readonly ssl?: SslEntry;
      readonly owner?: CallbackOwner | undefined;
      readonly session?: ObjectId;
      readonly args?: readonly ArgumentValue[];
    },
  ): Omit<CallbackAnswer, 'owned'> {
    const on = owner?.on ?? whoseCallback(callback, { ctx, ssl });
    // libssl may still hold the function of a program that is over.
    if (on === undefined) return defaultAnswers[callback];
    const answer = this.#errors.aside(() =>
      this.#consult({
        callback,
        on,
        ctx: owner?.ctx ?? ctx.id,
        ssl: ssl?.id ?? null,
        session: session ?? null,
        args,
        events: this.#objects.takeHappenings(),
      }),
    );
    this.#recorded.owned = answer.owned;
    return answer;
  }

  /** SSL_CTX_set_tlsext_ticket_key_cb(3): key name and initialisation vector are the callback's where a ticket is sealed. */
  #useKeys(
    keys: CallbackKeys,
    ticket: {
      readonly name: Pointer;
      readonly iv: Pointer;
      readonly cipher: Pointer;
      readonly hmac: Pointer;
      readonly seals: boolean;
    },
  ): void {
    const library = this.#library;
    const { iv, cipher, hmac } = ticket;
    if (ticket.seals) {
      writeBytes(ticket.name, keys.name);
      library.call('RAND_bytes', iv, ivBytes);
    }
    const init = ticket.seals ? 'EVP_EncryptInit_ex' : 'EVP_DecryptInit_ex';
    library.call(init, cipher, library.pointer('EVP_aes_256_cbc'), null, keys.aesKey, iv);
    library.call('HMAC_Init_ex', hmac, keys.hmacKey, keys.hmacKey.length, library.pointer('EVP_sha256'), null);
  }

  #madeWith(ssl: Pointer): { readonly ssl: SslEntry; readonly ctx: CtxEntry } {
    const entry = this.#objects.connectionAt(ssl);
    return { ssl: entry, ctx: this.#objects.ctx(entry.ctx) };
  }

  #addressOf({ ret }: Pick<CallbackAnswer, 'ret'>): Pointer | null {
    const entry: AnyEntry | undefined =
      typeof ret === 'object' && ret !== null ? this.#objects.alive(ret.object) : undefined;
    return entry?.address ?? null;
  }
}

/** The connection's own comes first. */
function whoseCallback(
  callback: CallbackName,
  { ctx, ssl }: { readonly ctx: CtxEntry; readonly ssl: SslEntry | undefined },
): ObjectId | undefined {
  return ssl?.asks.get(callback) ?? (ctx.asks.has(callback) ? ctx.id : undefined);
}

function numberOf({ ret }: Pick<CallbackAnswer, 'ret'>): number {
  return typeof ret === 'number' ? ret : 0;
}
