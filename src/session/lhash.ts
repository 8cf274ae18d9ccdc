/**
 * OpenSSL's linear hash (crypto/lhash): the order in which it is walked is visible in 1.1.1 as the order of the remove
 * callbacks. Entries are found by the hash that they had when inserted and by comparing what they are now.
 */
import { assert } from './assert.js';

interface Node<T> {
  data: T;
  readonly hash: number;
  next: Node<T> | undefined;
}

const nodesMin = 8; //       half of the initial buckets, crypto/lhash/lhash.c
const loadMultiplier = 256;
const upLoad = 2 * loadMultiplier;
const downLoadDefault = loadMultiplier;

export class LinearHash<T> {
  readonly #hashOf: (entry: T) => number;
  readonly #equal: (a: T, b: T) => boolean;
  readonly #buckets: (Node<T> | undefined)[] = new Array(nodesMin * 2).fill(undefined);
  #pmax = nodesMin;
  #p = 0;
  #allocated = nodesMin * 2;
  #nodes = nodesMin;
  #downLoad = downLoadDefault;
  #items = 0;

  constructor(options: { readonly hashOf: (entry: T) => number; readonly equal: (a: T, b: T) => boolean }) {
    this.#hashOf = options.hashOf;
    this.#equal = options.equal;
  }

  get items(): number {
    return this.#items;
  }

  find(key: T): T | undefined {
    const hash = this.#hashOf(key);
    for (let node = this.#buckets[this.#indexOf(hash)]; node !== undefined; node = node.next) {
      if (node.hash === hash && this.#equal(node.data, key)) return node.data;
    }
    return undefined;
  }

  /** @returns the entry of the same key that was replaced, undefined when the key is new */
  insert(data: T): T | undefined {
    if (Math.floor((this.#items * loadMultiplier) / this.#nodes) >= upLoad) this.#expand();
    const hash = this.#hashOf(data);
    const index = this.#indexOf(hash);
    let last: Node<T> | undefined;
    for (let node = this.#buckets[index]; node !== undefined; node = node.next) {
      if (node.hash === hash && this.#equal(node.data, data)) {
        const old = node.data;
        node.data = data;
        return old;
      }
      last = node;
    }
    const added: Node<T> = { data, hash, next: undefined };
    if (last === undefined) this.#buckets[index] = added;
    else last.next = added;
    this.#items += 1;
    return undefined;
  }

  /** @returns the entry of that key, undefined when there was none */
  delete(key: T): T | undefined {
    const hash = this.#hashOf(key);
    const index = this.#indexOf(hash);
    let before: Node<T> | undefined;
    for (let node = this.#buckets[index]; node !== undefined; node = node.next) {
      if (node.hash === hash && this.#equal(node.data, key)) {
        if (before === undefined) this.#buckets[index] = node.next;
        else before.next = node.next;
        this.#items -= 1;
        if (this.#nodes > nodesMin * 2 && this.#downLoad >= Math.floor((this.#items * loadMultiplier) / this.#nodes)) {
          this.#contract();
        }
        return node.data;
      }
      before = node;
    }
    return undefined;
  }

  /** Buckets from the last to the first, each chain from its front. `visit` may delete the entry it is given. */
  walk(visit: (data: T) => void): void {
    for (let index = this.#nodes - 1; index >= 0; index -= 1) {
      let node = this.#buckets[index];
      while (node !== undefined) {
        const next: Node<T> | undefined = node.next;
        visit(node.data);
        node = next;
      }
    }
  }

  /** While `work` runs, deleting contracts the table only once it is nearly empty. */
  withoutContraction(work: () => void): void {
    this.#downLoad = 0;
    work();
    this.#downLoad = downLoadDefault;
  }

  #indexOf(hash: number): number {
    const index = hash % this.#pmax;
    return index < this.#p ? hash % this.#allocated : index;
  }

  #expand(): void {
    const from = this.#p;
    const half = this.#pmax;
    const whole = this.#allocated;
    if (from + 1 >= half) {
      this.#pmax = whole;
      this.#allocated = whole * 2;
      this.#p = 0;
      while (this.#buckets.length < this.#allocated) this.#buckets.push(undefined);
    } else {
      this.#p = from + 1;
    }
    this.#nodes += 1;
    const to = from + half;
    this.#buckets[to] = undefined;
    let kept: Node<T> | undefined;
    let node = this.#buckets[from];
    this.#buckets[from] = undefined;
    while (node !== undefined) {
      const next: Node<T> | undefined = node.next;
      if (node.hash % whole !== from) {
        node.next = this.#buckets[to];
        this.#buckets[to] = node;
      } else {
        node.next = undefined;
        if (kept === undefined) this.#buckets[from] = node;
        else kept.next = node;
        kept = node;
      }
      node = next;
    }
  }

  #contract(): void {
    const from = this.#p + this.#pmax - 1;
    const chain = this.#buckets[from];
    this.#buckets[from] = undefined;
    if (this.#p === 0) {
      this.#allocated /= 2;
      this.#pmax /= 2;
      this.#p = this.#pmax - 1;
    } else {
      this.#p -= 1;
    }
    this.#nodes -= 1;
    assert(this.#nodes >= nodesMin, 'the table never shrinks below its first size');
    let node = this.#buckets[this.#p];
    if (node === undefined) {
      this.#buckets[this.#p] = chain;
      return;
    }
    while (node.next !== undefined) node = node.next;
    node.next = chain;
  }
}
