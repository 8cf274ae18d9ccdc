/**
 * The libssl objects of one program by id: their addresses, their reference counts read from memory, their deaths told by
 * ex_data free functions, and which sessions are in whose cache.
 */
import {
  type CallbackName,
  type Happening,
  type ObjectId,
  type ObjectKind,
  type Snapshot,
  StackCrash,
} from '../stack.js';
import { type Library, type Pointer, readInt32 } from './library.js';
import { findReferenceOffsets } from './reference-offsets.js';

export interface Entry {
  readonly id: ObjectId;
  readonly kind: ObjectKind;
  readonly address: Pointer;
}

/** How a session is handed to callbacks of a context. */
export interface CtxEntry extends Entry {
  readonly kind: 'ctx';
  keep: boolean;
  getMode: string;
  /** What the new-session callback kept, the latest last. */
  readonly kept: ObjectId[];
  /** The callbacks that ask the other process. */
  readonly asks: Set<CallbackName>;
}

/** Whom `sim_on` was called with: a connection may have got its callback from another, of which it is a copy. */
export interface CallbackOwner {
  readonly on: ObjectId;
  readonly ctx: ObjectId;
}

export interface SslEntry extends Entry {
  readonly kind: 'ssl';
  /** The context that the connection was made with. */
  readonly ctx: ObjectId;
  /** No call has returned it yet. */
  fresh: boolean;
  /** The next whole record that it reads gets a bit flipped. */
  corrupt: boolean;
  /** Its transport is gone, until it is joined again. */
  isCut: boolean;
  /** Joined to a transport of the world: the address of the memory BIO that takes what it writes. */
  outbound: Pointer | null;
  /** The callbacks of its own that ask the other process, and whose they are: a copy has that of the connection it was made from. */
  readonly asks: Map<CallbackName, ObjectId>;
}

export interface SessionEntry extends Entry {
  readonly kind: 'session';
}

export type AnyEntry = CtxEntry | SslEntry | SessionEntry;

/** In the order of CRYPTO_EX_INDEX_SSL, _SSL_CTX and _SSL_SESSION (crypto.h). */
const exDataClasses: readonly ObjectKind[] = ['ssl', 'ctx', 'session'];

/** Wants to be told of every object from its first moment to its last, and of what happens to them. */
export interface ObjectListener {
  made(entry: AnyEntry): void;
  freed(entry: AnyEntry): void;
  happened(happening: Happening): void;
}

/** Commands of SSL_CTX_ctrl (ssl.h), in the order of the statistics. */
const sessNumber = 20;
const statistics = [
  ['connect', 21],
  ['connect_good', 22],
  ['connect_renegotiate', 23],
  ['accept', 24],
  ['accept_good', 25],
  ['accept_renegotiate', 26],
  ['hits', 27],
  ['cb_hits', 28],
  ['misses', 29],
  ['timeouts', 30],
  ['cache_full', 31],
] as const;

const freeFunctions = { ctx: 'SSL_CTX_free', ssl: 'SSL_free', session: 'SSL_SESSION_free' } as const;

export class Objects {
  /** With one, every object is met at its birth. */
  listener: ObjectListener | undefined;
  readonly #library: Library;
  readonly #referenceOffsets: Readonly<Record<ObjectKind, number>>;
  readonly #byAddress = new Map<Pointer, AnyEntry>();
  readonly #byId = new Map<ObjectId, AnyEntry>();
  /** Every object that there is, met or not. */
  readonly #live = new Set<Pointer>();
  /** Of those, the connections. */
  readonly #connections = new Set<Pointer>();
  /** Of those, the ones that are left with a session that is gone, in whose memory there is another by now. */
  readonly #astray = new Set<Pointer>();
  readonly #collect: Pointer;
  #collected: Pointer[] = [];
  #lastId = 0;
  readonly #resets: (() => void)[] = [];
  /** Callbacks and deaths since the last take. */
  #happenings: Happening[] = [];

  constructor(library: Library) {
    this.#library = library;
    const died = library.callback('exData', (address: Pointer) => this.#died(address));
    for (const [index, kind] of exDataClasses.entries()) {
      const born = library.callback('exData', (address: Pointer) => this.#born(kind, address));
      library.integer('CRYPTO_get_ex_new_index', index, 0, null, born, null, died);
    }
    this.#collect = library.callback('doall', (session: Pointer) => {
      this.#collected.push(session);
    });
    this.#referenceOffsets = findReferenceOffsets(library);
  }

  /** The entry of an address, made on first sight. */
  met(kind: 'ctx', address: Pointer): CtxEntry;
  met(kind: 'session', address: Pointer): SessionEntry;
  met(kind: ObjectKind, address: Pointer): AnyEntry;
  met(kind: ObjectKind, address: Pointer): AnyEntry {
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    const id = ++this.#lastId;
    const entry = this.#make(kind, id, address);
    this.#byAddress.set(address, entry);
    this.#byId.set(id, entry);
    this.listener?.made(entry);
    return entry;
  }

  ctx(id: ObjectId): CtxEntry {
    const entry = this.#byId.get(id);
    if (entry?.kind !== 'ctx') throw new Error(`object ${id} is no live context`);
    return entry;
  }

  ssl(id: ObjectId): SslEntry {
    const entry = this.#byId.get(id);
    if (entry?.kind !== 'ssl') throw new Error(`object ${id} is no live connection`);
    return entry;
  }

  /** The live object of an id. */
  alive(id: ObjectId): AnyEntry | undefined {
    return this.#byId.get(id);
  }

  /** The connection that a callback is for. */
  connectionAt(address: Pointer): SslEntry {
    const entry = this.#byAddress.get(address);
    if (entry?.kind !== 'ssl') throw new Error('a callback for a connection never seen');
    return entry;
  }

  at(address: Pointer): AnyEntry | undefined {
    return this.#byAddress.get(address);
  }

  /** To be run before everything is freed for another program. */
  onReset(run: () => void): void {
    this.#resets.push(run);
  }

  happened(happening: Happening): void {
    this.listener?.happened(happening);
    this.#happenings.push(happening);
  }

  takeHappenings(): readonly Happening[] {
    const taken = this.#happenings;
    this.#happenings = [];
    return taken;
  }

  /** Which context's internal cache holds each cached session, by the session's address. */
  caches(): ReadonlyMap<Pointer, ObjectId> {
    const found = new Map<Pointer, ObjectId>();
    for (const entry of this.#byId.values()) {
      if (entry.kind === 'ctx') for (const address of this.#cached(entry)) found.set(address, entry.id);
    }
    return found;
  }

  /** What can be seen of the objects that still live, and of the sessions of the connections among them. */
  snapshots(watch: readonly ObjectId[]): readonly Snapshot[] {
    const shots: Snapshot[] = [];
    const wanted = new Set(watch);
    let caches: ReadonlyMap<Pointer, ObjectId> | undefined;
    for (const id of wanted) {
      const entry = this.#byId.get(id);
      if (entry === undefined) continue;
      if (entry.kind === 'session') caches ??= this.caches();
      const shot = this.#snapshot(entry, caches);
      if (shot.kind === 'ssl' && shot.session !== null) wanted.add(shot.session);
      shots.push(shot);
    }
    return shots;
  }

  /**
   * Frees all there is, whoever held it, and forgets it.
   * @returns false where that cannot be done, because a cache is broken or something stays: the process is spent
   */
  reset(): boolean {
    for (const run of this.#resets) run();
    const live = [...this.#byId.values()];
    for (const ctx of live) if (ctx.kind === 'ctx') this.#silence(ctx);
    if (live.some((entry) => entry.kind === 'ctx' && !this.#isSound(entry))) return false;
    // Connections hold contexts and sessions; a context that dies gives back the sessions of its cache.
    for (const kind of ['ssl', 'ctx', 'session']) {
      for (const entry of live) if (entry.kind === kind) this.#freeWholly(entry);
    }
    this.#happenings = [];
    this.#lastId = 0;
    return this.#live.size === 0;
  }

  /** Knows nothing any more of what there is, and leaves it as it is: as a process that dies. */
  forget(): void {
    this.#live.clear();
    this.#connections.clear();
    this.#astray.clear();
    this.#byAddress.clear();
    this.#byId.clear();
    this.#happenings = [];
    this.#lastId = 0;
  }

  /** The addresses in a context's cache, whether something lives there or not. */
  #cached(ctx: CtxEntry): readonly Pointer[] {
    if (this.#library.integer('SSL_CTX_ctrl', ctx.address, sessNumber, 0, null) === 0) return [];
    this.#collected = [];
    this.#library.call('OPENSSL_LH_doall', this.#library.pointer('SSL_CTX_sessions', ctx.address), this.#collect);
    return this.#collected;
  }

  /** Whether each entry of a context's cache lives and is found: a key that changed under it leaves it dangling one day. */
  #isSound(ctx: CtxEntry): boolean {
    const sessions = this.#library.pointer('SSL_CTX_sessions', ctx.address);
    return this.#cached(ctx).every(
      (address) =>
        this.#live.has(address) && this.#library.pointer('OPENSSL_LH_retrieve', sessions, address) === address,
    );
  }

  #make(kind: ObjectKind, id: ObjectId, address: Pointer): AnyEntry {
    switch (kind) {
      case 'ctx':
        return { id, kind, address, keep: false, getMode: 'miss', kept: [], asks: new Set() };
      case 'session':
        return { id, kind, address };
      case 'ssl': {
        const context = (): ObjectId => this.#contextOf(address);
        const known: { ctx?: ObjectId } = {};
        return {
          id,
          kind,
          address,
          fresh: true,
          // A connection has none yet when it is met at its birth (3.5).
          get ctx() {
            known.ctx ??= context();
            return known.ctx;
          },
          corrupt: false,
          isCut: false,
          outbound: null,
          asks: new Map(),
        };
      }
    }
  }

  #contextOf(ssl: Pointer): ObjectId {
    const ctx = this.#library.pointer('SSL_get_SSL_CTX', ssl);
    if (ctx === null) throw new Error('a connection without a context');
    return this.met('ctx', ctx).id;
  }

  #snapshot(entry: AnyEntry, caches: ReadonlyMap<Pointer, ObjectId> | undefined): Snapshot {
    const { id: object, address } = entry;
    const refs = readInt32(address + BigInt(this.#referenceOffsets[entry.kind]));
    const library = this.#library;
    switch (entry.kind) {
      case 'ctx': {
        const counts = statistics.map(([name, command]) => [
          name,
          library.integer('SSL_CTX_ctrl', address, command, 0, null),
        ]);
        // The names are those of the statistics, in their order.
        const stats = Object.fromEntries(counts) as Record<(typeof statistics)[number][0], number>;
        return {
          kind: 'ctx',
          object,
          refs,
          number: library.integer('SSL_CTX_ctrl', address, sessNumber, 0, null),
          stats,
        };
      }
      case 'ssl': {
        const session = library.pointer('SSL_get_session', address);
        // Its memory may say anything, now and in the next run.
        if (session !== null && (!this.#live.has(session) || this.#astray.has(address)))
          throw new StackCrash('SIGSEGV');
        return {
          kind: 'ssl',
          object,
          refs,
          session: session === null ? null : this.met('session', session).id,
          reused: library.integer('SSL_session_reused', address),
          shutdown: library.integer('SSL_get_shutdown', address),
          state: connectionState(library.text('SSL_state_string', address)),
          version: library.text('SSL_get_version', address),
        };
      }
      case 'session':
        return {
          kind: 'session',
          object,
          refs,
          resumable: library.integer('SSL_SESSION_is_resumable', address),
          ticket: library.integer('SSL_SESSION_has_ticket', address),
          cachedIn: caches?.get(address) ?? null,
        };
    }
  }

  #died(address: Pointer): void {
    this.#live.delete(address);
    this.#connections.delete(address);
    this.#astray.delete(address);
    const entry = this.#byAddress.get(address);
    if (entry === undefined) return;
    this.#byAddress.delete(address);
    this.#byId.delete(entry.id);
    this.#happenings.push({ name: 'freed', object: entry.id });
    this.listener?.freed(entry);
  }

  #born(kind: ObjectKind, address: Pointer): void {
    this.#live.add(address);
    if (kind === 'ssl') this.#connections.add(address);
    if (kind === 'session') this.#noteAstray(address);
    if (this.listener !== undefined) this.met(kind, address);
  }

  /** No connection can have a session that is being made: who has its address has kept it from one that is gone. */
  #noteAstray(session: Pointer): void {
    for (const connection of this.#connections) {
      if (this.#library.pointer('SSL_get_session', connection) === session) this.#astray.add(connection);
    }
  }

  #silence(ctx: CtxEntry): void {
    ctx.asks.clear();
    for (const name of ['new', 'remove', 'get']) {
      this.#library.call(`SSL_CTX_sess_set_${name}_cb`, ctx.address, null);
    }
  }

  #isAlive(entry: AnyEntry): boolean {
    return this.#byId.get(entry.id) === entry;
  }

  #freeWholly(entry: AnyEntry): void {
    const offset = BigInt(this.#referenceOffsets[entry.kind]);
    while (this.#isAlive(entry) && readInt32(entry.address + offset) > 0) {
      this.#library.call(freeFunctions[entry.kind], entry.address);
    }
  }
}

function connectionState(word: string): 'error' | 'before' | 'ok' | 'init' {
  switch (word.trimEnd()) {
    case 'SSLERR':
      return 'error';
    case 'PINIT':
      return 'before';
    case 'SSLOK':
      return 'ok';
    default:
      return 'init';
  }
}
