/**
 * What a stack is to the interpreter: the libssl calls over objects with ids, and what can be seen of those objects.
 * The model implements it in process, real OpenSSL through an agent process. One `perform` is one round trip.
 */
import type { Transport } from '../../src/index.js';

export type Profile = '1.1.1' | '3.0' | '3.5';

/** Minted by one stack instance, from 1, never used again in it. */
export type ObjectId = number;

export type ObjectKind = 'ctx' | 'ssl' | 'session';

export type ArgumentValue =
  | null
  | number
  /** What no double holds: LONG_MAX and the like. */
  | bigint
  | boolean
  | { readonly object: ObjectId }
  | { readonly bytes: Uint8Array }
  | { readonly text: string }
  /** A time, in seconds from the stack's own clock. */
  | { readonly now: number }
  /** A method's name (`TLS_method`), or a mode of `sim_on_get`. */
  | { readonly word: string };

export interface StackCall {
  readonly call: string;
  readonly args: readonly ArgumentValue[];
  /**
   * Objects whose snapshot is wanted after the call, where they still live. Those met in the call are added: its
   * result, the sessions of its events, and the sessions of the connections that are watched.
   */
  readonly watch: readonly ObjectId[];
  /** Sessions that the program holds a reference of: `sim_on_get` hands out no other. */
  readonly owned: readonly ObjectId[];
}

export type ReturnValue =
  | null
  | number
  | bigint
  | string
  | { readonly object: ObjectId; readonly kind: ObjectKind }
  | { readonly bytes: Uint8Array }
  /** A time of 1,000,000,000 or more, in seconds from the stack's own clock. */
  | { readonly now: number | bigint }
  | readonly ReturnValue[];

export type Happening =
  | { readonly name: 'new'; readonly session: ObjectId; readonly ctx: ObjectId; readonly kept: boolean }
  | { readonly name: 'remove'; readonly session: ObjectId; readonly ctx: ObjectId }
  | { readonly name: 'get'; readonly id: Uint8Array; readonly ctx: ObjectId }
  | { readonly name: 'freed'; readonly object: ObjectId }
  /** A function of the program's ex_data ran; the value is 0 for NULL. */
  | { readonly name: 'ex_data'; readonly act: 'new' | 'dup' | 'free'; readonly of: ObjectKind; readonly value: number };

export interface CtxStatistics {
  readonly connect: number;
  readonly connect_good: number;
  readonly connect_renegotiate: number;
  readonly accept: number;
  readonly accept_good: number;
  readonly accept_renegotiate: number;
  readonly hits: number;
  readonly cb_hits: number;
  readonly misses: number;
  readonly timeouts: number;
  readonly cache_full: number;
}

export interface CtxSnapshot {
  readonly kind: 'ctx';
  readonly object: ObjectId;
  readonly refs: number;
  /** `SSL_CTX_sess_number`. */
  readonly number: number;
  readonly stats: CtxStatistics;
}

export interface SslSnapshot {
  readonly kind: 'ssl';
  readonly object: ObjectId;
  readonly refs: number;
  readonly session: ObjectId | null;
  readonly reused: number;
  readonly shutdown: number;
  readonly state: ConnectionState;
  readonly version: string;
}

/** From `SSL_state_string`: SSLERR, PINIT, SSLOK, any other. */
export type ConnectionState = 'error' | 'before' | 'ok' | 'init';

export interface SessionSnapshot {
  readonly kind: 'session';
  readonly object: ObjectId;
  readonly refs: number;
  readonly resumable: number;
  readonly ticket: number;
  /** The context in whose internal cache it is, or null. */
  readonly cachedIn: ObjectId | null;
}

export type Snapshot = CtxSnapshot | SslSnapshot | SessionSnapshot;

export interface StackAnswer {
  readonly ret: ReturnValue;
  /** Reason strings of ERR_LIB_SSL, oldest first, `SSL_ERROR_…` last where the call is judged. */
  readonly errors: readonly string[];
  readonly events: readonly Happening[];
  readonly snapshots: readonly Snapshot[];
}

/**
 * The callbacks in which an application may be asked in the middle of a call: what `sim_on` installs. `read` and `write` are those of the
 * transport: before it is read, and before it is written.
 */
export type CallbackName =
  | 'new'
  | 'remove'
  | 'get'
  | 'servername'
  | 'ticket-key'
  | 'ticket-generate'
  | 'ticket-decrypt'
  | 'generate-id'
  | 'not-resumable'
  | 'verify'
  | 'info'
  | 'read'
  | 'write';

/** A callback of libssl's that runs in the middle of a call. */
export interface StackCallback {
  readonly callback: CallbackName;
  /** What `sim_on` was called with: the context, or the connection that has this callback for itself. */
  readonly on: ObjectId;
  /** Its context: the C function's own argument, or that whose callback it is. */
  readonly ctx: ObjectId;
  readonly ssl: ObjectId | null;
  readonly session: ObjectId | null;
  /**
   * What else the C function is given, in its order: the id (`get`), the name or null (`servername`), the name of a ticket's key, or null
   * for a ticket to be made (`ticket-key`), the first bytes of a ticket and its status (`ticket-decrypt`), is_forward_secure (`not-resumable`),
   * preverify_ok, error and depth (`verify`), where and ret (`info`).
   */
  readonly args: readonly ArgumentValue[];
  /** Callbacks and deaths in the call so far that were not told yet. */
  readonly events: readonly Happening[];
}

/** What a callback answers: the C function's value, and what it leaves behind its pointers. */
export interface CallbackAnswer {
  /** Of `get` a session, which is the application's, or null. */
  readonly ret: null | number | { readonly object: ObjectId };
  /** `*copy` of `get`; 1 where nothing is said. */
  readonly copy?: number;
  /** `generate-id`: the id, of which libssl has room for 32 bytes; what is longer gives `*len` alone. */
  readonly id?: Uint8Array;
  /** `ticket-key`: with what a ticket is sealed or opened, where `ret` is above 0. */
  readonly keys?: CallbackKeys;
  /** As of a call: sessions that the program holds a reference of, now. */
  readonly owned: readonly ObjectId[];
}

export interface CallbackKeys {
  /** 16 bytes. */
  readonly name: Uint8Array;
  /** 32 bytes, for HMAC-SHA256. */
  readonly hmacKey: Uint8Array;
  /** 32 bytes, for AES-256-CBC. */
  readonly aesKey: Uint8Array;
}

/** Asked in the middle of a call; it may make calls of its own meanwhile. What it throws ends the call for the asking side. */
export type OnCallback = (callback: StackCallback) => CallbackAnswer;

/** What each callback answers where nobody is asked: what C programs do that have none, as far as can be. */
export const defaultAnswers: Readonly<Record<CallbackName, Pick<CallbackAnswer, 'ret'>>> = {
  new: { ret: 0 },
  remove: { ret: null },
  get: { ret: null },
  servername: { ret: 3 }, // SSL_TLSEXT_ERR_NOACK
  'ticket-key': { ret: 0 },
  'ticket-generate': { ret: 1 },
  'ticket-decrypt': { ret: 2 }, // SSL_TICKET_RETURN_IGNORE_RENEW
  'generate-id': { ret: 0 },
  'not-resumable': { ret: 0 },
  verify: { ret: 0 },
  info: { ret: null },
  read: { ret: null },
  write: { ret: null },
};

/** @throws TypeError where there is no such callback */
export function callbackName(word: string): CallbackName {
  if (Object.hasOwn(defaultAnswers, word)) return word as CallbackName; // its keys
  throw new TypeError(`no callback is called ${word}`);
}

/** The objects of one process, and the calls on them. */
export interface Stack {
  readonly name: 'model' | 'libssl';
  readonly profile: Profile;
  /** What answers: the model's version, or OpenSSL's full version string. */
  readonly version: string;
  /**
   * Makes a call. A callback that `sim_on(object, name)` installed asks `onCallback`; without one it answers as `defaultAnswers` says.
   * @throws StackCrash where the call ends the process that the objects live in: nothing of the stack is left; StackUnable.
   */
  perform(call: StackCall, onCallback?: OnCallback): StackAnswer;
  /** What can be seen of the objects that still live, and of the sessions of the connections among them. */
  look(objects: readonly ObjectId[]): readonly Snapshot[];
  /** Joins a connection to a transport of the world instead of `sim_pair`'s. */
  attach(ssl: ObjectId, transport: Transport): void;
  /** Frees every object, and gives back what the stack holds outside of this process. */
  end(): void;
}

/** The process in which the objects lived died of `signal` in the middle of a call. */
export class StackCrash extends Error {
  readonly code = 'STACK_CRASH';
  readonly signal: string;
  constructor(signal: string) {
    super(`the process died of ${signal} in the middle of a call`);
    this.name = 'StackCrash';
    this.signal = signal;
  }
}

/**
 * The stack cannot go on because it has not learnt something yet, as the model versions before TLS 1.2, or has not got something
 * that a call needs, as real OpenSSL a clock that can be moved: refused, never guessed.
 */
export class StackUnable extends Error {
  readonly code = 'STACK_UNABLE';
  /** `needs TLS version 0x302: …`. */
  readonly reason: string;
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'StackUnable';
    this.reason = reason;
  }
}

/** How a machine gets the clock that `sim_clock` needs on real OpenSSL. */
export const clockAdvice = 'install a C compiler (gcc and libc6-dev on Debian) and run simtls doctor --install';

/** How a machine gets the memory that failing allocations need on real OpenSSL. */
export const memoryAdvice: string = `${clockAdvice}; a libssl of your own must let CRYPTO_set_mem_functions(3) in`;

/** Something that the stack needs is not there, or is not what was asked for: exit code 4. */
export class StackMissing extends Error {
  readonly code = 'STACK_MISSING';
  constructor(message: string) {
    super(message);
    this.name = 'StackMissing';
  }
}
