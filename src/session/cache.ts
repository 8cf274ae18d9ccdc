/**
 * The internal session cache of an SSL_CTX: a hash and a list over the same entries, one reference for both. Whom it evicts,
 * in which order it flushes and what it refuses under its lock is the profile's.
 */
import { assert } from './assert.js';
import { CacheLock } from './cache-lock.js';
import type { Context } from './context.js';
import { LinearHash, type SessionKey } from './lhash.js';
import type { Session } from './session.js';
import { SessionList } from './session-list.js';
import { compareExpiry, isExpired, timeFromSeconds } from './time.js';

const sessCacheUpdateTime = 0x400;

export class SessionCache {
  readonly #context: Context;
  readonly #hash: LinearHash<Session>;
  readonly #list = new SessionList();
  /** Whether a session ever died in the list, without a reference of it: who is linked beside such a one meets it. */
  #sawDeath = false;
  readonly #lock: CacheLock;
  #holder = '';
  /** Walks that were begun, and sessions that they looked at and left. Nothing here reads them: they say what calls cost. */
  walks = 0;
  passed = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#lock = new CacheLock(context.library.profile.lockRefusesReentry);
    this.#hash = new LinearHash({ keysChanged: () => context.library.cachedKeysChanged });
  }

  /** SSL_CTX_sess_number. */
  get number(): number {
    return this.#hash.items;
  }

  /** From the head of the list to its tail. */
  listed(): IterableIterator<Session> {
    return this.#list[Symbol.iterator]();
  }

  /** The next to be evicted. */
  get oldest(): Session | undefined {
    return this.#list.last;
  }

  get holder(): string {
    if (this.#holder === '') this.#holder = `cache of ${this.#context.label}`;
    return this.#holder;
  }

  /** Whether this very object is an entry. */
  holds(session: Session): boolean {
    return this.#hash.find(session) === session;
  }

  /** The entry of that version and id; undefined when there is none or the lock is held by the caller's own caller. */
  find(key: SessionKey): Session | undefined {
    if (!this.#lock.takeToRead()) return undefined;
    const found = this.#hash.find(key);
    this.#lock.giveBack();
    return found;
  }

  /** SSL_CTX_add_session: 1 when the session was not there, else 0. */
  add(session: Session): number {
    const { profile } = this.#context.library;
    session.upRef(this.holder);
    if (!this.#lock.take()) {
      session.release(this.holder);
      return 0;
    }
    const replaced = this.#insert(session);
    if (replaced !== undefined && replaced !== session) {
      this.#unlink(replaced);
      replaced.release(this.holder);
    }
    const isNew = replaced !== session;
    if (profile.updatesTime && (this.#context.cacheMode & sessCacheUpdateTime) !== 0) session.setTimeToNow();
    // linked first, one that was fetched to be resumed may be the first to go
    const evictsLast = profile.cacheOrder === 'insertion' || this.#context.library.defects.has('evict-the-resuming');
    if (isNew && !evictsLast) this.#evict({ whileAbove: 'size - 1' });
    if (isNew || profile.relinksOnReadd) this.#link(session);
    if (isNew && evictsLast) this.#evict({ whileAbove: 'size' });
    if (!isNew) session.release(this.holder);
    // An entry whose key has changed since counts, but is never evicted: with such a one the cache may be full of the newest alone.
    const isEvicted = isNew && session.listedIn !== this.#context;
    this.#lock.giveBack();
    assert(
      !isNew || isEvicted || this.holds(session) || this.#lock.held,
      'a session just added is found under its key',
    );
    return isNew ? 1 : 0;
  }

  /** SSL_CTX_remove_session: 1 when an entry of that key was there. The argument is marked, and the callback runs, either way. */
  remove(session: Session | null): number {
    return this.#remove(session, { lock: 'take' });
  }

  /** SSL_CTX_flush_sessions. @param seconds a time_t; 0 flushes everything */
  flush(seconds: bigint): void {
    if (!this.#lock.take()) return;
    const { profile } = this.#context.library;
    const now = timeFromSeconds(profile, seconds);
    this.walks += 1;
    if (profile.flushScan === 'hash') {
      this.#hash.withoutContraction(() => this.#flushHash(seconds, now));
      this.#lock.giveBack();
      return;
    }
    const flushed = this.#hash.withoutContraction(() => this.#flushTail(seconds, now));
    this.#lock.giveBack();
    // the references go after the scan, outside the lock
    for (const session of flushed) session.release(this.holder);
  }

  /** Puts a cached session at its place again after its time or timeout changed (3.x). */
  reorder(session: Session): boolean {
    if (!this.#lock.take()) return false;
    this.#link(session);
    this.#lock.giveBack();
    return true;
  }

  /** A listed session has another expiry now. The list stays as it is until `reorder`. */
  expiryChanged(session: Session): void {
    this.#list.changed(session);
  }

  /** A listed session has died. */
  listedDied(): void {
    this.#sawDeath = true;
  }

  #flushHash(seconds: bigint, now: bigint): void {
    this.#hash.walk((session) => {
      if (seconds !== 0n && !isExpired(session.expiry, now)) {
        this.passed += 1;
        return;
      }
      this.#takeOut(session);
      session.release(this.holder);
    });
  }

  /**
   * What had the key before. Where there is no memory for an entry, the session itself, as SSL_CTX_add_session takes it then:
   * as if it were there already. 3.0 links it all the same, and has no reference for that.
   */
  #insert(session: Session): Session | undefined {
    const { library, id } = this.#context;
    if (library.environment.allocates !== undefined && this.#hash.find(session) === undefined) {
      if (!library.allocates('cache-entry', id)) return session;
    }
    session.isKey = true;
    return this.#hash.insert(session);
  }

  /** What was taken out, with the cache's references. */
  #flushTail(seconds: bigint, now: bigint): readonly Session[] {
    const flushed: Session[] = [];
    for (let session = this.#list.last; session !== undefined; session = this.#list.last) {
      if (seconds !== 0n && !isExpired(session.expiry, now)) {
        this.passed += 1;
        break;
      }
      this.#takeOut(session);
      flushed.push(session);
    }
    return flushed;
  }

  #takeOut(session: Session): void {
    session.use();
    this.#hash.delete(session);
    this.#unlink(session);
    session.notResumable = true;
    this.#tellRemoved(session);
  }

  #evict(limit: { readonly whileAbove: 'size' | 'size - 1' }): void {
    if (this.#context.cacheSize <= 0n) return;
    // asked again each time: a remove callback may have set another size
    const bound = (): bigint => (limit.whileAbove === 'size' ? this.#context.cacheSize : this.#context.cacheSize - 1n);
    this.walks += 1;
    while (BigInt(this.number) > bound()) {
      if (this.#remove(this.#list.last ?? null, { lock: 'held' }) === 0) {
        this.passed += 1;
        break;
      }
      this.#context.statistics.cacheFull += 1;
    }
  }

  #remove(session: Session | null, options: { readonly lock: 'take' | 'held' }): number {
    if (session === null || session.sessionId.length === 0) return 0;
    session.use();
    if (options.lock === 'take' && !this.#lock.take()) return 0;
    const found = this.#hash.delete(session);
    if (found !== undefined) this.#unlink(found);
    session.notResumable = true;
    if (options.lock === 'take') this.#lock.giveBack();
    const releasesFirst = options.lock === 'held' && this.#context.library.defects.has('evict-callback-after-free');
    if (releasesFirst) found?.release(this.holder);
    this.#tellRemoved(session);
    if (!releasesFirst) found?.release(this.holder);
    return found === undefined ? 0 : 1;
  }

  #tellRemoved(session: Session): void {
    const callback = this.#context.callbacks.removeSession;
    if (callback === undefined) return;
    const { environment } = this.#context.library;
    const { id } = this.#context;
    environment.at?.({ name: 'callback:remove', object: id, ...(this.#lock.held ? { locked: id } : {}) });
    environment.emit?.({
      kind: 'callback',
      name: 'remove',
      ctx: this.#context.id,
      session: session.id,
      ssl: 0,
      id: session.sessionId,
    });
    callback(this.#context, session);
  }

  /** In front of the first that expires no later (3.x), or at the head (1.1.1). */
  #link(session: Session): void {
    // one pair of links: another context's list loses the session, though not its hash
    if (session.listedIn !== undefined) session.listedIn.cache.#unlink(session);
    const inOrder = this.#context.library.profile.cacheOrder === 'expiry';
    const before = inOrder ? this.#placeByExpiry(session) : this.#list.first;
    if (this.#sawDeath) this.#touchNeighbours(before);
    session.listedIn = this.#context;
    this.#list.insert(session, before);
  }

  /** A new entry is linked to the one that it stands before, and to the one in front of that: libssl writes into both. */
  #touchNeighbours(before: Session | undefined): void {
    let front: Session | undefined;
    for (const one of this.#list) {
      if (one === before) break;
      front = one;
    }
    before?.use();
    front?.use();
  }

  /** The entry to stand before; undefined: the tail. The two ends are asked first, as SSL_SESSION_list_add does. */
  #placeByExpiry(session: Session): Session | undefined {
    const { first, last } = this.#list;
    if (first === undefined || last === undefined) return undefined;
    if (compareExpiry(session.expiry, first.expiry) >= 0) return first;
    if (compareExpiry(session.expiry, last.expiry) < 0) return undefined;
    return this.#list.firstNoLaterThan(session.expiry);
  }

  #unlink(session: Session): void {
    if (session.listedIn !== this.#context) return;
    this.#list.delete(session);
    session.listedIn = undefined;
  }
}
