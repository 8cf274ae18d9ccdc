/**
 * The list of a session cache, and an index over it, which finds in logarithmic time what SSL_SESSION_list_add walks for
 * (3.x): the first entry that expires no later. It is a B-tree over the list's positions in which each block knows the soonest
 * expiry of each item, and stores no order of its own by expiry. So it answers as the walk would also where the list is out of
 * order, as 3.5 leaves it when SSL_SESS_CACHE_UPDATE_TIME changes the time of an entry that stays where it is.
 *
 * All blocks lie in the same few arrays of numbers, so that a search among a million touches little memory and no session but
 * the one it finds. Expiries are ranks there: where two ranks are one, the expiries themselves decide.
 */
import { assert } from './assert.js';
import type { Session } from './session.js';
import { compareExpiry, type Expiry } from './time.js';

/** A block with more is halved. */
const itemsMax = 63;
/** Room of a block. */
const width = itemsMax + 1;

const headWords = 3;
const countWord = 0; //   items of the block
const parentWord = 1; //  the branch that it hangs in; none: it is the root
const kindWord = 2;
const leafKind = 0; //    its items are sessions
const branchKind = 1; //  its items are blocks
const none = -1;

export class SessionList {
  /** Of each item the rank of the soonest expiry in it. */
  #ranks = new Float64Array(0);
  /** Of a branch the numbers of its blocks. */
  #blocks = new Int32Array(0);
  /** Of a leaf the sessions, from the list's head to its tail. */
  readonly #sessions: (Session | undefined)[] = [];
  #heads = new Int32Array(0);
  readonly #free: number[] = [];
  #root = none;
  #made = 0;

  get first(): Session | undefined {
    if (this.#isEmpty) return undefined;
    let block = this.#root;
    while (this.#kind(block) === branchKind) block = this.#blocks[block * width] as number; // no block but the root is empty
    return this.#sessions[block * width];
  }

  get last(): Session | undefined {
    if (this.#isEmpty) return undefined;
    const block = this.#lastLeafOf(this.#root);
    return this.#sessions[block * width + this.#count(block) - 1];
  }

  /** From head to tail. */
  *[Symbol.iterator](): IterableIterator<Session> {
    if (!this.#isEmpty) yield* this.#in(this.#root);
  }

  /** The first in the list that expires at `expiry` or before it; undefined: none does. */
  firstNoLaterThan(expiry: Expiry): Session | undefined {
    return this.#isEmpty ? undefined : this.#firstIn(this.#root, rankOf(expiry), expiry);
  }

  /** Puts a session in front of another; undefined: behind all. */
  insert(session: Session, before: Session | undefined): void {
    if (this.#root === none) this.#root = this.#make(leafKind);
    const block = before?.leaf ?? this.#lastLeafOf(this.#root);
    const at = before === undefined ? this.#count(block) : this.#sessionAt(block, before);
    this.#open(block, at);
    this.#ranks[block * width + at] = rankOf(session.expiry);
    this.#sessions[block * width + at] = session;
    session.leaf = block;
    this.#settle(block);
    if (this.#count(block) > itemsMax) this.#halve(block);
  }

  /** A session leaves the list. */
  delete(session: Session): void {
    const block = session.leaf;
    if (block === undefined) return;
    session.leaf = undefined;
    this.#takeOut(block, this.#sessionAt(block, session));
  }

  /** A session's expiry is another now; it stays where it is. */
  changed(session: Session): void {
    const block = session.leaf;
    if (block === undefined) return;
    this.#ranks[block * width + this.#sessionAt(block, session)] = rankOf(session.expiry);
    this.#settle(block);
  }

  get #isEmpty(): boolean {
    return this.#root === none || this.#count(this.#root) === 0;
  }

  *#in(block: number): IterableIterator<Session> {
    const from = block * width;
    const isLeaf = this.#kind(block) === leafKind;
    for (let at = from; at < from + this.#count(block); at += 1) {
      if (isLeaf) yield this.#sessionIn(at);
      else yield* this.#in(this.#blocks[at] as number);
    }
  }

  #lastLeafOf(from: number): number {
    let block = from;
    while (this.#kind(block) === branchKind) block = this.#blocks[block * width + this.#count(block) - 1] as number;
    return block;
  }

  #firstIn(block: number, rank: number, expiry: Expiry): Session | undefined {
    const from = block * width;
    const to = from + this.#count(block);
    const isLeaf = this.#kind(block) === leafKind;
    for (let at = from; at < to; at += 1) {
      const its = this.#ranks[at] as number; // of an item that is there
      if (!(its <= rank)) continue;
      if (!isLeaf) {
        const found = this.#firstIn(this.#blocks[at] as number, rank, expiry);
        if (found !== undefined) return found;
        assert(its === rank, 'what is soonest below a block is in it or below it');
        continue;
      }
      const session = this.#sessionIn(at);
      if (its < rank || Number.isSafeInteger(rank) || compareExpiry(session.expiry, expiry) <= 0) return session;
    }
    return undefined;
  }

  /** From a block upwards, until nothing changes. */
  #settle(from: number): void {
    let block = from;
    for (let parent = this.#parent(block); parent !== none; parent = this.#parent(block)) {
      const at = parent * width + this.#blockAt(parent, block);
      const rank = this.#soonest(block);
      if (this.#ranks[at] === rank) return;
      this.#ranks[at] = rank;
      block = parent;
    }
  }

  #soonest(block: number): number {
    const from = block * width;
    const to = from + this.#count(block);
    let soonest = Number.POSITIVE_INFINITY;
    for (let at = from; at < to; at += 1) {
      const rank = this.#ranks[at] as number; // of an item that is there
      if (rank < soonest) soonest = rank;
    }
    return soonest;
  }

  /** An empty block goes, but for the root. A tree stays as high as it was when it held most. */
  #takeOut(block: number, at: number): void {
    this.#close(block, at);
    const parent = this.#parent(block);
    if (this.#count(block) > 0) {
      this.#settle(block);
    } else if (parent === none) {
      this.#setHead(block, kindWord, leafKind);
    } else {
      this.#takeOut(parent, this.#blockAt(parent, block));
      this.#free.push(block);
    }
  }

  #halve(block: number): void {
    let parent = this.#parent(block);
    if (parent === none) {
      parent = this.#make(branchKind);
      this.#root = parent;
      this.#hang(parent, 0, block);
    }
    const kind = this.#kind(block);
    const behind = this.#make(kind);
    const count = this.#count(block);
    const kept = count >> 1;
    for (let at = kept; at < count; at += 1) this.#carry(block * width + at, behind, at - kept);
    this.#setHead(block, countWord, kept);
    this.#setHead(behind, countWord, count - kept);
    this.#hang(parent, this.#blockAt(parent, block) + 1, behind);
    this.#settle(block);
    if (this.#count(parent) > itemsMax) this.#halve(parent);
  }

  /** An item from the one block into another of its kind, where there is room. */
  #carry(from: number, block: number, at: number): void {
    const to = block * width + at;
    this.#ranks[to] = this.#ranks[from] as number; // of an item that is there
    if (this.#kind(block) === branchKind) {
      const item = this.#blocks[from] as number;
      this.#blocks[to] = item;
      this.#setHead(item, parentWord, block);
    } else {
      const session = this.#sessionIn(from);
      this.#sessions[to] = session;
      this.#sessions[from] = undefined;
      session.leaf = block;
    }
  }

  #hang(parent: number, at: number, block: number): void {
    this.#open(parent, at);
    this.#ranks[parent * width + at] = this.#soonest(block);
    this.#blocks[parent * width + at] = block;
    this.#setHead(block, parentWord, parent);
  }

  #make(kind: number): number {
    const block = this.#free.pop() ?? this.#made++;
    if ((block + 1) * width > this.#ranks.length) this.#grow();
    this.#setHead(block, countWord, 0);
    this.#setHead(block, parentWord, none);
    this.#setHead(block, kindWord, kind);
    return block;
  }

  #grow(): void {
    const ranks = new Float64Array(Math.max(width, this.#ranks.length * 2));
    const heads = new Int32Array((ranks.length / width) * headWords);
    const blocks = new Int32Array(ranks.length);
    ranks.set(this.#ranks);
    heads.set(this.#heads);
    blocks.set(this.#blocks);
    this.#ranks = ranks;
    this.#heads = heads;
    this.#blocks = blocks;
  }

  /** Makes room for an item. */
  #open(block: number, at: number): void {
    const count = this.#count(block);
    this.#shift(block, { from: at, to: at + 1, until: count });
    this.#setHead(block, countWord, count + 1);
  }

  #close(block: number, at: number): void {
    const count = this.#count(block);
    this.#shift(block, { from: at + 1, to: at, until: count });
    if (this.#kind(block) === leafKind) this.#sessions[block * width + count - 1] = undefined;
    this.#setHead(block, countWord, count - 1);
  }

  /** Moves the items of `from` and behind it, up to `until`. */
  #shift(block: number, { from, to, until }: { from: number; to: number; until: number }): void {
    const base = block * width;
    this.#ranks.copyWithin(base + to, base + from, base + until);
    if (this.#kind(block) === branchKind) {
      this.#blocks.copyWithin(base + to, base + from, base + until);
    } else if (to > from) {
      for (let at = until - 1; at >= from; at -= 1) this.#sessions[base + at + 1] = this.#sessions[base + at];
    } else {
      for (let at = from; at < until; at += 1) this.#sessions[base + at - 1] = this.#sessions[base + at];
    }
  }

  #sessionAt(block: number, session: Session): number {
    const at = this.#sessions.indexOf(session, block * width) - block * width;
    assert(at >= 0 && at < this.#count(block), 'a listed session is in its leaf');
    return at;
  }

  #blockAt(parent: number, block: number): number {
    const at = this.#blocks.indexOf(block, parent * width) - parent * width;
    assert(at >= 0 && at < this.#count(parent), 'a block is in its parent');
    return at;
  }

  #sessionIn(at: number): Session {
    const session = this.#sessions[at];
    assert(session !== undefined, 'an item of a leaf is a session');
    return session;
  }

  #count(block: number): number {
    return this.#heads[block * headWords + countWord] as number; // of a block that was made
  }

  #parent(block: number): number {
    return this.#heads[block * headWords + parentWord] as number;
  }

  #kind(block: number): number {
    return this.#heads[block * headWords + kindWord] as number;
  }

  #setHead(block: number, word: number, value: number): void {
    this.#heads[block * headWords + word] = value;
  }
}

/** Of two expiries the later has no lower rank, and the same one only where they are the same or numbers cannot tell them apart. */
function rankOf({ at, never }: Expiry): number {
  return never ? Number.POSITIVE_INFINITY : Number(at);
}
