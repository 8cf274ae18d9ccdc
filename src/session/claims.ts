/** Who believes to hold a reference, since when: a short list for most objects, found by holder where a context has many. */

export interface Claim {
  /** `program`, `ssl#3`, `cache of ctx#1`, `callback`. */
  readonly holder: string;
  readonly step: string | number;
}

/** From so many claims on they are found by their holder: a search through the list would cost as much as all its connections. */
const listedMax = 64;

/** The claims by the order in which they came, and each holder's. */
interface Indexed {
  readonly byOrder: Map<number, Claim>;
  readonly ordersOf: Map<string, number[]>;
  next: number;
}

export class Claims {
  #list: Claim[] = [];
  #indexed: Indexed | undefined;

  get length(): number {
    return this.#indexed?.byOrder.size ?? this.#list.length;
  }

  /** The oldest first. */
  all(): readonly Claim[] {
    return this.#indexed === undefined ? this.#list : [...this.#indexed.byOrder.values()];
  }

  add(claim: Claim): void {
    if (this.#indexed === undefined && this.#list.length < listedMax) {
      this.#list.push(claim);
      return;
    }
    this.#indexed ??= indexed(this.#list);
    this.#list = [];
    put(this.#indexed, claim);
  }

  /** Takes out the holder's latest. @returns false when it has none */
  drop(holder: string): boolean {
    if (this.#indexed === undefined) {
      const at = this.#list.findLastIndex((one) => one.holder === holder);
      if (at >= 0) this.#list.splice(at, 1);
      return at >= 0;
    }
    const order = takeLast(this.#indexed, holder);
    return order !== undefined && this.#indexed.byOrder.delete(order);
  }

  /** The holder's latest becomes another's, at the same place. */
  pass(from: string, claim: Claim): void {
    if (this.#indexed === undefined) {
      const at = this.#list.findLastIndex((one) => one.holder === from);
      if (at >= 0) this.#list[at] = claim;
      return;
    }
    const order = takeLast(this.#indexed, from);
    if (order === undefined) return;
    this.#indexed.byOrder.set(order, claim);
    const orders = ordersOf(this.#indexed, claim.holder);
    orders.push(order);
    orders.sort((a, b) => a - b);
  }
}

function indexed(list: readonly Claim[]): Indexed {
  const index: Indexed = { byOrder: new Map(), ordersOf: new Map(), next: 0 };
  for (const claim of list) put(index, claim);
  return index;
}

function put(index: Indexed, claim: Claim): void {
  index.byOrder.set(index.next, claim);
  ordersOf(index, claim.holder).push(index.next);
  index.next += 1;
}

function ordersOf(index: Indexed, holder: string): number[] {
  let orders = index.ordersOf.get(holder);
  if (orders === undefined) {
    orders = [];
    index.ordersOf.set(holder, orders);
  }
  return orders;
}

function takeLast(index: Indexed, holder: string): number | undefined {
  const orders = index.ordersOf.get(holder);
  const order = orders?.pop();
  if (orders?.length === 0) index.ordersOf.delete(holder);
  return order;
}
