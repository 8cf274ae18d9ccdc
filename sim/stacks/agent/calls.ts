/** Each call of a program, made on real libssl. */
import { doHandshake, doRead, doShutdown, doWrite, judged, type Primitives, type ReadOutcome } from '../composite.js';
import type { ArgumentValue, ObjectKind, ReturnValue } from '../stack.js';
import { additions } from './additions.js';
import { Asking, type Consult } from './asking.js';
import { Callbacks } from './callbacks.js';
import type { Clock } from './clock.js';
import { Errors } from './errors.js';
import { ExData } from './ex-data.js';
import { fieldCalls } from './fields.js';
import { Filters } from './filters.js';
import { allocate, type ForeignValue, type Library, type Pointer, withMemory, writeBytes } from './library.js';
import type { Objects, SslEntry } from './objects.js';
import { bytesFrom, decoded, encoded } from './session-bytes.js';
import { Tables } from './tables.js';
import { TestCertificate } from './test-certificate.js';
import { corruptIfDue, makeSilent } from './transports.js';
import { bytesOf, cString, idOf, isObject, wordOf } from './values.js';

export interface CallOutcome {
  readonly ret: ReturnValue;
  readonly errors: readonly string[];
}

/** Times below it are taken as they stand. docs/programs.md, `ret`. */
const absoluteTimeSecondsMin = 1_000_000_000;
/** More than one record is never read at once. */
const readBytesMax = 65_536;
/** What `SSL_read` asks for where the program does not say: a whole record. */
const readBytesDefault = 16_384;

/** Longer writes have memory of their own. */
const writeBufferBytes = 65_536;

/** SSL_get_error's values, in their order (ssl.h). */
const judgements: readonly string[] = [
  'SSL_ERROR_NONE',
  'SSL_ERROR_SSL',
  'SSL_ERROR_WANT_READ',
  'SSL_ERROR_WANT_WRITE',
  'SSL_ERROR_WANT_X509_LOOKUP',
  'SSL_ERROR_SYSCALL',
  'SSL_ERROR_ZERO_RETURN',
  'SSL_ERROR_WANT_CONNECT',
  'SSL_ERROR_WANT_ACCEPT',
  'SSL_ERROR_WANT_ASYNC',
  'SSL_ERROR_WANT_ASYNC_JOB',
  'SSL_ERROR_WANT_CLIENT_HELLO_CB',
];

/** Macros over SSL_CTX_ctrl: the command (ssl.h). */
const ctxControls: Readonly<Record<string, number>> = {
  SSL_CTX_sess_set_cache_size: 42,
  SSL_CTX_sess_get_cache_size: 43,
  SSL_CTX_set_session_cache_mode: 44,
  SSL_CTX_get_session_cache_mode: 45,
  SSL_CTX_set_min_proto_version: 123,
  SSL_CTX_set_max_proto_version: 124,
};
const sslCtrlSetTlsextHostname = 55;
const sslCtrlSetGroupsList = 92;

/** Calls whose value is an object. */
const makers: Readonly<Record<string, ObjectKind>> = {
  SSL_CTX_new: 'ctx',
  SSL_new: 'ssl',
  SSL_dup: 'ssl',
  SSL_set_SSL_CTX: 'ctx',
  SSL_get_SSL_CTX: 'ctx',
  SSL_get_session: 'session',
  SSL_get1_session: 'session',
  SSL_SESSION_new: 'session',
  SSL_SESSION_dup: 'session',
  d2i_SSL_SESSION: 'session',
};

const timeCalls: readonly string[] = [
  'SSL_SESSION_get_time',
  'SSL_SESSION_set_time',
  'SSL_SESSION_get_time_ex',
  'SSL_SESSION_set_time_ex',
];

export class Calls {
  readonly callbacks: Callbacks;
  readonly certificate: TestCertificate;
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #errors: Errors;
  readonly #asking: Asking;
  readonly #fields: ReturnType<typeof fieldCalls>;
  readonly #writeBuffer: Pointer = allocate(writeBufferBytes);
  readonly #primitives: Primitives<SslEntry>;
  readonly #special: Readonly<Record<string, (args: readonly ArgumentValue[]) => CallOutcome>>;

  /** @param consult - asks the other process in the middle of a call */
  constructor(
    library: Library,
    objects: Objects,
    { clock, consult }: { readonly clock: Clock; readonly consult: Consult },
  ) {
    this.#library = library;
    this.#objects = objects;
    this.#errors = new Errors(library);
    this.certificate = new TestCertificate(library, this.#errors);
    this.callbacks = new Callbacks(library, objects);
    this.#asking = new Asking({ library, objects, errors: this.#errors, recorded: this.callbacks, consult });
    const exData = new ExData(library, objects);
    this.#fields = fieldCalls(library, (value) => this.#address(value), exData);
    this.#primitives = this.#makePrimitives();
    const more = additions({
      library,
      objects,
      errors: this.#errors,
      primitives: this.#primitives,
      certificate: this.certificate,
      asking: this.#asking,
      filters: new Filters(library),
      exData,
      tables: new Tables(library, objects),
      callbacks: this.callbacks,
      clock,
    });
    this.#special = { ...this.#judgedCalls(), ...more };
  }

  /** Makes one call; the error queue is clear before and after. */
  perform(call: string, args: readonly ArgumentValue[]): CallOutcome {
    this.#errors.clear();
    const special = this.#special[call];
    if (special !== undefined) return special(args);
    for (const value of args) {
      const entry = isObject(value) ? this.#objects.alive(value.object) : undefined;
      if (entry?.kind === 'ssl') this.#ready(entry);
    }
    const ret = this.#plain(call, args);
    return { ret, errors: this.#errors.take() };
  }

  #plain(call: string, args: readonly ArgumentValue[]): ReturnValue {
    const control = ctxControls[call];
    if (control !== undefined) {
      return this.#call('SSL_CTX_ctrl', this.#address(args[0]), control, this.#foreign(args[1] ?? 0)[0] ?? 0, null);
    }
    const field = this.#fields[call];
    if (field !== undefined) return field(args);
    switch (call) {
      case 'SSL_CTX_new':
        return this.#made(call, this.#library.pointer(call, this.#library.pointer(wordOf(args[0]))));
      case 'SSL_CTX_set_verify':
        return this.#call(call, ...this.#values(args), null);
      case 'SSL_CTX_set1_groups_list':
        return this.#call('SSL_CTX_ctrl', this.#address(args[0]), sslCtrlSetGroupsList, 0, cString(args[1]));
      case 'SSL_set_tlsext_host_name':
        return this.#call('SSL_ctrl', this.#address(args[0]), sslCtrlSetTlsextHostname, 0, cString(args[1]));
      case 'SSL_SESSION_get_id':
      case 'SSL_SESSION_get0_id_context':
        return bytesFrom(this.#library, call, this.#address(args[0]));
      case 'SSL_SESSION_get0_hostname':
        return this.#library.call(call, this.#address(args[0])) ?? null;
      case 'i2d_SSL_SESSION':
        return { bytes: encoded(this.#library, this.#address(args[0])) };
      case 'd2i_SSL_SESSION':
        return this.#made(call, decoded(this.#library, bytesOf(args[0]), this.#address(args[1])));
      case 'SSL_dup':
        return this.#copied(args);
      default:
        if (makers[call] !== undefined) return this.#made(call, this.#library.pointer(call, ...this.#values(args)));
        return this.#call(call, ...this.#values(args));
    }
  }

  /** A call that returns a number, a time or nothing. */
  #call(name: string, ...args: readonly ForeignValue[]): ReturnValue {
    const value = this.#library.call(name, ...args) ?? null;
    if (!timeCalls.includes(name) || value === null || typeof value === 'string') return value;
    return value < absoluteTimeSecondsMin ? value : { now: difference(value, nowSeconds()) };
  }

  #made(call: string, address: Pointer | null): ReturnValue {
    const kind = makers[call];
    if (address === null || kind === undefined) return null;
    const entry = this.#objects.met(kind, address);
    if (entry.kind === 'ssl' && entry.fresh) this.#receive(entry);
    return { object: entry.id, kind };
  }

  #copied(args: readonly ArgumentValue[]): ReturnValue {
    const from = this.#ssl(args[0]);
    const address = this.#library.pointer('SSL_dup', from.address);
    const made = this.#made('SSL_dup', address);
    const to = address === null ? undefined : this.#objects.connectionAt(address);
    if (to !== undefined && to !== from) this.#asking.copied(from, to);
    return made;
  }

  /** A new connection: its context is known from here on, whatever SSL_set_SSL_CTX does, and it has a transport. */
  #receive(entry: SslEntry): void {
    entry.fresh = false;
    if (entry.ctx !== 0) makeSilent(this.#library, entry);
  }

  #judgedCalls(): Record<string, (args: readonly ArgumentValue[]) => CallOutcome> {
    const calls = this.#primitives;
    return {
      SSL_do_handshake: ([ssl]) => doHandshake(calls, this.#ssl(ssl)),
      SSL_shutdown: ([ssl]) => doShutdown(calls, this.#ssl(ssl)),
      SSL_write: ([ssl, bytes]) => doWrite(calls, this.#ssl(ssl), bytesOf(bytes)),
      SSL_read: ([ssl, max]) => {
        const { ret, errors } = doRead(calls, this.#ssl(ssl), Number(max ?? readBytesDefault));
        return { ret: [ret.ret, { bytes: ret.bytes }], errors };
      },
      SSL_write_early_data: ([ssl, bytes]) => {
        const entry = this.#ssl(ssl);
        this.#ready(entry);
        const ret = this.#writeFrom(bytesOf(bytes), (memory, length) =>
          this.#library.integer('SSL_write_early_data', entry.address, memory, length, new BigUint64Array(1)),
        );
        return judged(calls, entry, ret, ret === 0);
      },
      SSL_read_early_data: ([ssl, max]) => {
        const entry = this.#ssl(ssl);
        this.#ready(entry);
        const wanted = Math.min(Number(max ?? readBytesDefault), readBytesMax);
        const target = new Uint8Array(Math.max(wanted, 1));
        const got = new BigUint64Array(1);
        const result = this.#library.integer('SSL_read_early_data', entry.address, target, wanted, got);
        const { ret, errors } = judged(calls, entry, result, result === 0);
        return { ret: [ret, { bytes: target.slice(0, Number(got[0] ?? 0n)) }], errors };
      },
    };
  }

  /** Due corruption strikes what the connection may read, and its points are watched. */
  #ready(ssl: SslEntry): Pointer {
    corruptIfDue(this.#library, ssl);
    this.#asking.ready(ssl);
    return ssl.address;
  }

  #makePrimitives(): Primitives<SslEntry> {
    const library = this.#library;
    const ready = (ssl: SslEntry): Pointer => this.#ready(ssl);
    return {
      handshake: (ssl) => library.integer('SSL_do_handshake', ready(ssl)),
      write: (ssl, bytes) => this.#write(ready(ssl), bytes),
      read: (ssl, bytesMax): ReadOutcome => {
        const target = new Uint8Array(Math.min(Math.max(bytesMax, 1), readBytesMax));
        const ret = library.integer('SSL_read', ready(ssl), target, Math.min(bytesMax, readBytesMax));
        return { ret, bytes: target.subarray(0, Math.max(ret, 0)) };
      },
      shutdown: (ssl) => library.integer('SSL_shutdown', ready(ssl)),
      judge: (ssl, ret) => {
        const value = library.integer('SSL_get_error', ssl.address, ret);
        return judgements[value] ?? `SSL_ERROR(${value})`;
      },
      takeErrors: () => this.#errors.take(),
    };
  }

  /** All writes come from one place, so that a write tried again is known as one, as a C program's would be. */
  #write(ssl: Pointer, bytes: Uint8Array): number {
    return this.#writeFrom(bytes, (memory, length) => this.#library.integer('SSL_write', ssl, memory, length));
  }

  #writeFrom(bytes: Uint8Array, write: (memory: Pointer, length: number) => number): number {
    if (bytes.length > writeBufferBytes) return withMemory(bytes, (memory) => write(memory, bytes.length));
    writeBytes(this.#writeBuffer, bytes);
    return write(this.#writeBuffer, bytes.length);
  }

  #values(args: readonly ArgumentValue[]): ForeignValue[] {
    return args.flatMap((value) => this.#foreign(value));
  }

  /** One argument as C takes it: bytes are a pointer and a length. */
  #foreign(value: ArgumentValue): ForeignValue[] {
    if (value === null || typeof value === 'number' || typeof value === 'bigint') return [value];
    if (typeof value === 'boolean') return [value ? 1 : 0];
    if ('object' in value) return [this.#address(value)];
    if ('bytes' in value) return [value.bytes, value.bytes.length];
    if ('text' in value) return [value.text];
    if ('now' in value) return [BigInt(nowSeconds()) + BigInt(value.now)];
    throw new Error(`the word ${value.word} is no C value`);
  }

  #address(value: ArgumentValue | undefined): Pointer | null {
    if (!isObject(value)) return null;
    const entry = this.#objects.alive(value.object);
    if (entry === undefined) throw new Error(`object ${value.object} is dead`);
    return entry.address;
  }

  #ssl(value: ArgumentValue | undefined): SslEntry {
    return this.#objects.ssl(idOf(value));
  }
}

/** time(NULL). */
function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function difference(value: number | bigint, seconds: number): number | bigint {
  return typeof value === 'bigint' ? value - BigInt(seconds) : value - seconds;
}
