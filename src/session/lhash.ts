/**
 * The hash of a session cache: OpenSSL's linear hash (crypto/lhash) over SSL_SESSION_hash and SSL_SESSION_cmp. The order in which
 * it is walked is visible in 1.1.1 as the order of the remove callbacks. Entries are found by the hash that they had when
 * inserted and by comparing what they are now.
 *
 * Chains and keys lie in arrays of numbers, so that a lookup among a million touches little memory and no session but
 * the one it finds: an entry's words are its hash, the next of its chain, its version, and its id's length and bytes.
 */
import { assert } from './assert.js';

/** What a lookup compares: SSL_SESSION_cmp. */
export interface SessionKey {
  readonly version: number;
  /** At most 32 bytes. */
  readonly sessionId: Uint8Array;
}

const nodesMin = 8; //       half of the initial buckets, crypto/lhash/lhash.c
const loadMultiplier = 256;
const upLoad = 2 * loadMultiplier;
const downLoadDefault = loadMultiplier;

const entryWords = 12;
const hashWord = 0;
const nextWord = 1;
const versionWord = 2;
const idLengthWord = 3;
const idWord = 4;
const idBytesMax = (entryWords - idWord) * 4;

/** OPENSSL_LH_doall goes on to a node that is gone: libssl reads freed memory, and what that holds by then for a session. */
export class LostEntry extends Error {
  override readonly name = 'LostEntry';

  constructor() {
    super('libssl crashes here (SIGSEGV): a callback took out the entry that its walk through the cache comes to next');
  }
}

/** Room for so many at first; entry 0 is none. */
const entriesMin = 16;
const noEntry = 0;

export class LinearHash<T extends SessionKey> {
  readonly #keysChanged: () => boolean;
  #buckets = new Int32Array(0);
  #words = new Int32Array(0);
  #bytes = new Uint8Array(0);
  readonly #data: (T | undefined)[] = [undefined];
  /** Entries that were deleted; each keeps its chain's next until it is used again, for a walk that stands there. */
  readonly #free: number[] = [];
  #walks = 0;
  #pmax = nodesMin;
  #p = 0;
  #allocated = nodesMin * 2;
  #nodes = nodesMin;
  #downLoad = downLoadDefault;
  #items = 0;

  /** @param options.keysChanged - whether the key of any entry may be another than when it was inserted */
  constructor(options: { readonly keysChanged: () => boolean }) {
    this.#keysChanged = options.keysChanged;
  }

  get items(): number {
    return this.#items;
  }

  find(key: SessionKey): T | undefined {
    return this.#data[this.#entryOf(key, hashOf(key))];
  }

  /** @returns the entry of the same key that was replaced, undefined when the key is new */
  insert(data: T): T | undefined {
    if (this.#words.length === 0) this.#begin();
    if (Math.floor((this.#items * loadMultiplier) / this.#nodes) >= upLoad) this.#expand();
    const hash = hashOf(data);
    const known = this.#entryOf(data, hash);
    if (known !== noEntry) {
      const old = this.#data[known];
      this.#data[known] = data;
      return old;
    }
    const added = this.#newEntry();
    this.#fill(added, data, hash);
    this.#append(this.#indexOf(hash), added);
    this.#items += 1;
    return undefined;
  }

  /** @returns the entry of that key, undefined when there was none */
  delete(key: SessionKey): T | undefined {
    const hash = hashOf(key);
    const entry = this.#entryOf(key, hash);
    const data = this.#data[entry];
    if (data === undefined) return undefined;
    this.#takeFromChain(this.#indexOf(hash), entry);
    this.#data[entry] = undefined;
    this.#free.push(entry);
    this.#items -= 1;
    if (this.#nodes > nodesMin * 2 && this.#downLoad >= Math.floor((this.#items * loadMultiplier) / this.#nodes)) {
      this.#contract();
    }
    return data;
  }

  /**
   * Buckets from the last to the first, each chain from its front. `visit` may delete the entry it is given, and others.
   * @throws LostEntry where it deletes the one that would be next in its chain
   */
  walk(visit: (data: T) => void): void {
    if (this.#items === 0) return;
    this.#walks += 1;
    for (let index = this.#nodes - 1; index >= 0; index -= 1) {
      let entry = this.#first(index);
      let data = this.#data[entry];
      while (data !== undefined) {
        const next = this.#next(entry);
        const nextData = this.#data[next];
        visit(data);
        entry = next;
        data = this.#data[next];
        if (data !== nextData) throw new LostEntry();
      }
    }
    this.#walks -= 1;
  }

  /** While `work` runs, deleting contracts the table only once it is nearly empty. */
  withoutContraction<T>(work: () => T): T {
    const before = this.#downLoad;
    this.#downLoad = 0;
    const result = work();
    this.#downLoad = before;
    return result;
  }

  /** The first of its chain that has that hash and compares equal. */
  #entryOf(key: SessionKey, hash: number): number {
    if (this.#items === 0) return noEntry;
    const byData = this.#keysChanged();
    const words = this.#words;
    let entry = this.#first(this.#indexOf(hash));
    while (entry !== noEntry) {
      const at = entry * entryWords;
      if (words[at + hashWord] === hash && (byData ? equal(this.#data[entry], key) : this.#isKey(at, key))) break;
      entry = words[at + nextWord] as number; // within the entries
    }
    return entry;
  }

  /** Whether that is the key with which the entry was inserted. Their hashes are the same: the first four bytes, then. */
  #isKey(at: number, key: SessionKey): boolean {
    const id = key.sessionId;
    if (this.#words[at + versionWord] !== key.version || this.#words[at + idLengthWord] !== id.length) return false;
    const from = (at + idWord) * 4;
    for (let i = 4; i < id.length; i += 1) if (this.#bytes[from + i] !== id[i]) return false;
    return true;
  }

  #begin(): void {
    this.#buckets = new Int32Array(this.#allocated);
    this.#words = new Int32Array(entriesMin * entryWords);
    this.#bytes = new Uint8Array(this.#words.buffer);
  }

  #newEntry(): number {
    const free = this.#walks === 0 ? this.#free.pop() : undefined;
    if (free !== undefined) return free;
    if (this.#data.length * entryWords >= this.#words.length) {
      this.#words = doubled(this.#words);
      this.#bytes = new Uint8Array(this.#words.buffer);
    }
    return this.#data.push(undefined) - 1;
  }

  #fill(entry: number, data: T, hash: number): void {
    const at = entry * entryWords;
    const id = data.sessionId;
    assert(id.length <= idBytesMax, 'a session id has at most 32 bytes');
    this.#data[entry] = data;
    this.#words[at + hashWord] = hash;
    this.#words[at + nextWord] = noEntry;
    this.#words[at + versionWord] = data.version;
    this.#words[at + idLengthWord] = id.length;
    this.#bytes.set(id, (at + idWord) * 4);
  }

  #first(index: number): number {
    return this.#buckets[index] as number; // every index is within the buckets
  }

  #next(entry: number): number {
    return this.#words[entry * entryWords + nextWord] as number; // every entry is within the words
  }

  #setNext(entry: number, next: number): void {
    this.#words[entry * entryWords + nextWord] = next;
  }

  #append(index: number, chain: number): void {
    let last = this.#first(index);
    if (last === noEntry) {
      this.#buckets[index] = chain;
      return;
    }
    for (let next = this.#next(last); next !== noEntry; next = this.#next(last)) last = next;
    this.#setNext(last, chain);
  }

  #takeFromChain(index: number, entry: number): void {
    let before = this.#first(index);
    if (before === entry) {
      this.#buckets[index] = this.#next(entry);
      return;
    }
    while (this.#next(before) !== entry) before = this.#next(before);
    this.#setNext(before, this.#next(entry));
  }

  #indexOf(hash: number): number {
    const unsigned = hash >>> 0;
    const index = unsigned % this.#pmax;
    return index < this.#p ? unsigned % this.#allocated : index;
  }

  #expand(): void {
    const from = this.#p;
    const half = this.#pmax;
    const whole = this.#allocated;
    if (from + 1 >= half) {
      this.#pmax = whole;
      this.#allocated = whole * 2;
      this.#p = 0;
      if (this.#buckets.length < this.#allocated) this.#buckets = doubled(this.#buckets);
    } else {
      this.#p = from + 1;
    }
    this.#nodes += 1;
    const to = from + half;
    this.#buckets[to] = noEntry;
    let entry = this.#first(from);
    let kept = noEntry;
    this.#buckets[from] = noEntry;
    while (entry !== noEntry) {
      const next = this.#next(entry);
      if (this.#hash(entry) % whole !== from) {
        this.#setNext(entry, this.#first(to));
        this.#buckets[to] = entry;
      } else {
        this.#setNext(entry, noEntry);
        if (kept === noEntry) this.#buckets[from] = entry;
        else this.#setNext(kept, entry);
        kept = entry;
      }
      entry = next;
    }
  }

  #contract(): void {
    const from = this.#p + this.#pmax - 1;
    const chain = this.#first(from);
    this.#buckets[from] = noEntry;
    if (this.#p === 0) {
      this.#allocated /= 2;
      this.#pmax /= 2;
      this.#p = this.#pmax - 1;
    } else {
      this.#p -= 1;
    }
    this.#nodes -= 1;
    assert(this.#nodes >= nodesMin, 'the table never shrinks below its first size');
    this.#append(this.#p, chain);
  }

  #hash(entry: number): number {
    return (this.#words[entry * entryWords + hashWord] as number) >>> 0; // every entry is within the words
  }
}

/** SSL_SESSION_hash: the first four bytes of the id, little-endian; the version is left to the comparison. */
function hashOf(key: SessionKey): number {
  const id = key.sessionId;
  return (id[0] ?? 0) | ((id[1] ?? 0) << 8) | ((id[2] ?? 0) << 16) | ((id[3] ?? 0) << 24);
}

function equal(a: SessionKey | undefined, b: SessionKey): boolean {
  if (a === b) return true;
  if (a === undefined || a.version !== b.version || a.sessionId.length !== b.sessionId.length) return false;
  for (let i = 0; i < a.sessionId.length; i += 1) if (a.sessionId[i] !== b.sessionId[i]) return false;
  return true;
}

function doubled(words: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
