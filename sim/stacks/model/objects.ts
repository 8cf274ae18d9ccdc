/** The model's objects by id, their deaths and callbacks as they happen, and what can be seen of them. */
import type { Libssl, Ssl, SslCtx, SslSession, StackEvent } from '../../../src/index.js';
import type { Happening, ObjectId, ObjectKind, Profile, Snapshot } from '../stack.js';
import { ProgramTransport } from './transport.js';
import type { TransportPoint } from './watched-transport.js';

export interface CtxEntry {
  readonly kind: 'ctx';
  readonly object: SslCtx;
  /** What `sim_on_new` answers. */
  keep: boolean;
  /** What `sim_on_get` answers. */
  getMode: string;
  /** What the new-session callback kept, the latest last. */
  readonly kept: SslSession[];
  /** Those of SSL_CTX_set_session_ticket_cb, which sets both, that ask who made the call. */
  readonly ticketCallbacks: Set<'ticket-generate' | 'ticket-decrypt'>;
}

export interface SslEntry {
  readonly kind: 'ssl';
  readonly object: Ssl;
  readonly transport: ProgramTransport;
  /** Where its transport asks who made the call. */
  readonly points: Set<TransportPoint>;
}

export interface SessionEntry {
  readonly kind: 'session';
  readonly object: SslSession;
}

type Entry = CtxEntry | SslEntry | SessionEntry;

const none: readonly Happening[] = Object.freeze([]);

export class Objects {
  readonly #entries = new Map<ObjectId, Entry>();
  readonly #freesDataFirst: boolean;
  #happenings: Happening[] = [];

  constructor(profile: Profile) {
    this.#freesDataFirst = profile !== '3.5';
  }

  /**
   * To be told of every event of the library. A death is seen where libssl frees an object's ex_data: of a connection before 3.5
   * when its last reference goes, before its session is looked at.
   */
  observe(event: StackEvent): void {
    const isDead =
      event.kind === 'freed' ||
      (this.#freesDataFirst && event.kind === 'count' && event.type === 'ssl' && event.count === 0);
    if (!isDead || !this.#entries.delete(event.object)) return;
    this.#happenings.push({ name: 'freed', object: event.object });
  }

  happened(happening: Happening): void {
    this.#happenings.push(happening);
  }

  takeHappenings(): readonly Happening[] {
    const taken = this.#happenings;
    if (taken.length === 0) return none;
    this.#happenings = [];
    return taken;
  }

  metCtx(object: SslCtx): CtxEntry {
    return this.#met<CtxEntry>(object.id, 'ctx', () => ({
      kind: 'ctx',
      object,
      keep: false,
      getMode: 'miss',
      kept: [],
      ticketCallbacks: new Set(),
    }));
  }

  /** A connection met for the first time gets a silent transport. */
  metSsl(object: Ssl, library: Libssl): SslEntry {
    return this.#met<SslEntry>(object.id, 'ssl', () => {
      const transport = new ProgramTransport();
      library.SSL_set_transport(object, transport);
      return { kind: 'ssl', object, transport, points: new Set() };
    });
  }

  metSession(object: SslSession): SessionEntry {
    return this.#met<SessionEntry>(object.id, 'session', () => ({ kind: 'session', object }));
  }

  ctx(id: ObjectId): CtxEntry {
    return this.#known<CtxEntry>(id, 'ctx');
  }

  ssl(id: ObjectId): SslEntry {
    return this.#known<SslEntry>(id, 'ssl');
  }

  session(id: ObjectId): SessionEntry {
    return this.#known<SessionEntry>(id, 'session');
  }

  /** The live object of an id. */
  alive(id: ObjectId): Entry | undefined {
    return this.#entries.get(id);
  }

  /** What can be seen of the objects that still live, and of the sessions of the connections among them. */
  snapshots(watch: readonly ObjectId[], library: Libssl): readonly Snapshot[] {
    const shots: Snapshot[] = [];
    const wanted = new Set(watch);
    for (const id of wanted) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      const session = entry.kind === 'ssl' ? library.SSL_get_session(entry.object) : null;
      if (session !== null) wanted.add(this.metSession(session).object.id);
      shots.push(snapshot(entry, session?.id ?? null, library));
    }
    return shots;
  }

  #met<E extends Entry>(id: ObjectId, kind: ObjectKind, make: () => E): E {
    const known = this.#entries.get(id);
    // An id is of one object, and an object of one kind.
    if (known?.kind === kind) return known as E;
    const made = make();
    this.#entries.set(id, made);
    return made;
  }

  #known<E extends Entry>(id: ObjectId, kind: E['kind']): E {
    const entry = this.#entries.get(id);
    if (entry?.kind !== kind) throw new Error(`object ${id} is no live ${kind}`);
    return entry as E; // its kind says so
  }
}

function snapshot(entry: Entry, session: ObjectId | null, library: Libssl): Snapshot {
  const { id: object } = entry.object;
  const refs = library.refs(entry.object);
  switch (entry.kind) {
    case 'ctx': {
      const counts = library.SSL_CTX_sess_statistics(entry.object);
      const stats = {
        connect: counts.connect,
        connect_good: counts.connectGood,
        connect_renegotiate: counts.connectRenegotiate,
        accept: counts.accept,
        accept_good: counts.acceptGood,
        accept_renegotiate: counts.acceptRenegotiate,
        hits: counts.hits,
        cb_hits: counts.callbackHits,
        misses: counts.misses,
        timeouts: counts.timeouts,
        cache_full: counts.cacheFull,
      };
      return { kind: 'ctx', object, refs, number: library.SSL_CTX_sess_number(entry.object), stats };
    }
    case 'ssl':
      return {
        kind: 'ssl',
        object,
        refs,
        session,
        reused: library.SSL_session_reused(entry.object),
        shutdown: library.SSL_get_shutdown(entry.object),
        state: library.SSL_state(entry.object),
        version: library.SSL_get_version(entry.object),
      };
    case 'session':
      return {
        kind: 'session',
        object,
        refs,
        resumable: library.SSL_SESSION_is_resumable(entry.object),
        ticket: library.SSL_SESSION_has_ticket(entry.object),
        cachedIn: entry.object.listedIn?.id ?? null,
      };
  }
}
