/**
 * Looks into the objects of one process of the model, for invariants that need more than its events: what a session holds, what a
 * cache has. What it sees is in no trace and in no fingerprint.
 */
import type { Counted, Ssl, SslCtx, SslSession, StackEvent } from 'simtls';
import { type Broken, changed, judgeBalance, notFound, spoilt, storedInVain } from '../invariants/index.js';
import { CacheWork } from './cache-work.js';
import { Caches } from './caches.js';
import { isStateful } from './options.js';
import { SessionContent } from './session-content.js';

/** What is known of a session that lives. */
interface Known {
  readonly session: SslSession;
  refs: number;
  /** Who had the first reference, and whether anybody else ever had one. */
  maker: string;
  published: boolean;
  /** From when others have it and whoever made it is done. */
  content: SessionContent | undefined;
  touched: boolean;
}

/** What the world knows better. */
export interface AuditedProcess {
  /** As reports name it. */
  nameOf(object: number, kind: string): string;
  report(broken: Broken | undefined): void;
  /** A connection has made a session for itself: at its handshake, or where a ticket comes or goes. */
  came(ssl: number, session: SslSession): void;
}

const tls13 = 0x0304;
const sentShutdown = 1; //         SSL_SENT_SHUTDOWN
const noInternalLookup = 0x100; // SSL_SESS_CACHE_NO_INTERNAL_LOOKUP
const cacheHolder = 'cache of ctx#';
const connectionHolder = 'ssl#';

export class ProcessAudit {
  readonly #process: AuditedProcess;
  /** What lives, at its id: ids are minted one after the other. */
  readonly #objects: (Counted | undefined)[] = [];
  /** Of the sessions among them. */
  readonly #known: (Known | undefined)[] = [];
  /** No call of another task is under way under the lock of a context: what such a call does to a cache is half done. */
  cachesRest = true;
  #caches: Caches | undefined;
  readonly #work = new CacheWork();
  /** How many claims of an object nobody's reference stands for, as the ledger told. */
  readonly #parted = new Map<number, number>();
  /** Published sessions whose count has moved in the call under way. */
  #touched: Known[] = [];
  /** Those that others have got before whoever made them was done. */
  #unfinished: Known[] = [];
  /** Sessions that have come to be in the call under way. */
  #born: Known[] = [];
  /** Sessions that a cache has taken in the call under way. */
  #stored: { readonly ctx: SslCtx; readonly known: Known }[] = [];
  /** The program changes sessions from inside of callbacks: nobody can tell its changes from libssl's then. */
  #programChanges = false;

  constructor(process: AuditedProcess) {
    this.#process = process;
  }

  /** An object has come to be. */
  made(object: Counted): void {
    this.#objects[object.id] = object;
    if (object.kind === 'ctx') this.#work.made(object as SslCtx); // its kind says so
    if (object.kind !== 'session') return;
    const known: Known = {
      session: object as SslSession, // its kind says so
      refs: 0,
      maker: '',
      published: false,
      content: undefined,
      touched: false,
    };
    this.#known[object.id] = known;
    this.#born.push(known);
  }

  connection(id: number): Ssl | undefined {
    const object = this.#objects[id];
    return object?.kind === 'ssl' ? (object as Ssl) : undefined; // its kind says so
  }

  /** The count of a session has moved. */
  counted({ object, count, holder }: Extract<StackEvent, { kind: 'count' }>): void {
    const known = this.#known[object];
    if (known === undefined) return;
    const isTaken = count > known.refs;
    known.refs = count;
    if (known.maker === '') {
      known.maker = holder;
      return;
    }
    if (holder.startsWith(cacheHolder)) this.#moved(known, Number(holder.slice(cacheHolder.length)), isTaken);
    if (known.published) {
      if (known.touched || count === 0) return;
      known.touched = true;
      this.#touched.push(known);
    } else if (isTaken && holder !== known.maker) {
      known.published = true;
      this.#unfinished.push(known);
    }
  }

  /** The ledger tells that count and claims of an object part. */
  parted({ object }: Extract<StackEvent, { kind: 'claims' }>): void {
    this.#parted.set(object, 1 + (this.#parted.get(object) ?? 0));
  }

  freed({ object, type }: Extract<StackEvent, { kind: 'freed' }>): void {
    this.#weigh(this.#objects[object]);
    this.#objects[object] = undefined;
    if (type === 'session') this.#known[object] = undefined;
    else if (type === 'ctx') {
      this.#caches?.freed(object);
      this.#work.freed(object);
    }
  }

  /** A session has been used with a second context. */
  secondContext({ owner, used }: Extract<StackEvent, { kind: 'foreign-context' }>): void {
    for (const id of [owner, used]) {
      const ctx = this.#context(id);
      if (ctx !== undefined) this.#cachesThere().mixed(ctx);
    }
  }

  /** A server has found no session of the id that it was asked for. */
  missed(ssl: number): void {
    const connection = this.connection(ssl);
    const asked = connection?.handshake.clientHello?.legacySessionId;
    if (connection === undefined || asked === undefined || asked.length === 0) return;
    const ctx = connection.sessionContext;
    if ((ctx.cacheMode & noInternalLookup) !== 0) return;
    const held = this.#caches?.find(ctx, (one) => one.version === connection.version && isSame(one.sessionId, asked));
    if (held === undefined) return;
    const { nameOf, report } = this.#process;
    report(notFound({ object: held.id, name: nameOf(held.id, 'session') }, nameOf(ctx.id, 'ctx')));
  }

  /** The program has changed a session, as it may. */
  changedByProgram(session: number): void {
    const known = this.#known[session];
    if (known === undefined) return;
    known.content = undefined;
    if (known.published) this.#unfinished.push(known);
  }

  /** Callbacks of the program's change sessions. */
  changesInCallbacks(): void {
    this.#programChanges = true;
  }

  /** What SSL_free of a connection is about to do to its session; undefined where it is none that anybody might miss. */
  beforeFree(ssl: number): (() => void) | undefined {
    const connection = this.connection(ssl);
    const session = connection?.session;
    if (connection === undefined || session === undefined || session.notResumable) return undefined;
    if ((connection.shutdown & sentShutdown) !== 0 || !connection.isInitFinished) return undefined;
    return () => {
      if (!session.alive || !session.notResumable) return;
      if (!session.claims.some(({ holder }) => holder === 'program')) return;
      const { nameOf, report } = this.#process;
      report(spoilt({ object: session.id, name: nameOf(session.id, 'session') }, nameOf(ssl, 'ssl')));
    };
  }

  /** A call is over, one on the object that is named: looks at what it may have changed. */
  called(object: number): void {
    const own = this.connection(object)?.session;
    const known = own && this.#known[own.id];
    if (known?.content !== undefined && !known.touched) this.#check(known);
    if (this.#touched.length > 0) this.#checkTouched();
    if (this.#unfinished.length > 0) this.#finish();
    if (this.#born.length > 0) this.#tellBorn();
    if (this.#stored.length > 0) this.#judgeStored();
    if (this.cachesRest) this.#caches?.judge(this.#process.nameOf, this.#process.report);
    this.#process.report(this.#work.judge());
  }

  /** Nothing is under way any more: looks at every session that others have, and into the ledger. */
  end(): void {
    for (const object of this.#objects) this.#weigh(object);
    for (const known of this.#known) if (known?.content !== undefined) this.#check(known);
  }

  #weigh(object: Counted | undefined): void {
    if (object === undefined) return;
    const { id, kind, count, claims } = object;
    const { nameOf, report } = this.#process;
    const balance = { count, claims: claims.length, told: this.#parted.get(id) ?? 0 };
    report(judgeBalance({ object: id, name: nameOf(id, kind) }, balance));
  }

  #context(id: number): SslCtx | undefined {
    const object = this.#objects[id];
    return object?.kind === 'ctx' ? (object as SslCtx) : undefined; // its kind says so
  }

  #cachesThere(): Caches {
    this.#caches ??= new Caches();
    return this.#caches;
  }

  #moved(known: Known, context: number, isTaken: boolean): void {
    const ctx = this.#context(context);
    if (ctx === undefined) return;
    this.#cachesThere().moved(ctx, known.session, isTaken ? 'taken' : 'given back');
    if (isTaken) this.#stored.push({ ctx, known });
  }

  #checkTouched(): void {
    const touched = this.#touched;
    this.#touched = [];
    for (const known of touched) {
      known.touched = false;
      if (known.content !== undefined) this.#check(known);
    }
  }

  #check(known: Known): void {
    const { session, content } = known;
    if (content === undefined || content.isOf(session) || this.#programChanges || !session.alive) return;
    const changes = content.changesIn(session);
    known.content = new SessionContent(session);
    const [only, another] = session.claims;
    // What nobody else has any more may change.
    if (changes.length === 0 || (another === undefined && only?.holder.startsWith(connectionHolder) === true)) return;
    const { nameOf, report } = this.#process;
    report(changed({ object: session.id, name: nameOf(session.id, 'session') }, changes));
  }

  /** From here on what others have may not change, unless the handshake that makes it is still on. */
  #finish(): void {
    const unfinished = this.#unfinished;
    this.#unfinished = [];
    for (const known of unfinished) {
      if (!known.session.alive) continue;
      if (this.#isBeingMade(known)) this.#unfinished.push(known);
      else known.content = new SessionContent(known.session);
    }
  }

  #isBeingMade(known: Known): boolean {
    const connection = this.#makerOf(known);
    return connection?.session === known.session && connection.inInit && !connection.hit;
  }

  #makerOf({ maker }: Known): Ssl | undefined {
    if (!maker.startsWith(connectionHolder)) return undefined;
    return this.connection(Number(maker.slice(connectionHolder.length)));
  }

  #tellBorn(): void {
    const born = this.#born;
    this.#born = [];
    for (const known of born) {
      const connection = known.session.alive ? this.#makerOf(known) : undefined;
      if (connection !== undefined && !connection.inInit) this.#process.came(connection.id, known.session);
    }
  }

  #judgeStored(): void {
    const stored = this.#stored;
    this.#stored = [];
    for (const { ctx, known } of stored) {
      const { session } = known;
      if (session.version !== tls13) continue;
      const connection = this.#makerOf(known);
      if (connection === undefined || !connection.server || isStateful(connection)) continue;
      // libssl hands the end of each session to a remove callback, and stores it for that.
      if (ctx.callbacks.removeSession !== undefined || this.#caches?.holds(ctx, session) !== true) continue;
      const { nameOf, report } = this.#process;
      report(storedInVain({ object: session.id, name: nameOf(session.id, 'session') }, nameOf(ctx.id, 'ctx')));
    }
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
