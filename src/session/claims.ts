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

/** Of most objects there is one claim: it is kept here itself, those after it in a list, or all of them indexed. */
export class Claims {
  #holder: string | undefined;
  #step: string | number = 0;
  #later: readonly Claim[] = none;
  #indexed: Indexed | undefined;

  /** The oldest first. */
  all(): readonly Claim[] {
    if (this.#indexed !== undefined) return [...this.#indexed.byOrder.values()];
    return this.#holder === undefined ? none : [{ holder: this.#holder, step: this.#step }, ...this.#later];
  }

  add(claim: Claim): void {
    if (this.#indexed === undefined && this.#later.length + 1 >= listedMax) this.#index();
    if (this.#indexed !== undefined) put(this.#indexed, claim);
    else if (this.#holder === undefined) this.#setFirst(claim);
    else this.#later = [...this.#later, claim];
  }

  /** Takes out the holder's latest. @returns false when it has none */
  drop(holder: string): boolean {
    if (this.#indexed !== undefined) {
      const order = takeLast(this.#indexed, holder);
      return order !== undefined && this.#indexed.byOrder.delete(order);
    }
    const at = this.#laterOf(holder);
    if (at >= 0) this.#later = this.#later.toSpliced(at, 1);
    else if (this.#holder === holder) this.#setFirst(this.#later[0]);
    else return false;
    return true;
  }

  /** The holder's latest becomes another's, at the same place. */
  pass(from: string, claim: Claim): void {
    if (this.#indexed === undefined) {
      const at = this.#laterOf(from);
      if (at >= 0) this.#later = this.#later.with(at, claim);
      else if (this.#holder === from) {
        this.#holder = claim.holder;
        this.#step = claim.step;
      }
      return;
    }
    const order = takeLast(this.#indexed, from);
    if (order === undefined) return;
    this.#indexed.byOrder.set(order, claim);
    const orders = this.#indexed.ordersOf.get(claim.holder) ?? [];
    this.#indexed.ordersOf.set(
      claim.holder,
      [...orders, order].sort((a, b) => a - b),
    );
  }

  /** The place of the holder's latest among those after the first; −1: it has none there. */
  #laterOf(holder: string): number {
    let at = this.#later.length - 1;
    while (at >= 0 && this.#later[at]?.holder !== holder) at -= 1;
    return at;
  }

  /** In the place of the first; what came after it moves up. */
  #setFirst(claim: Claim | undefined): void {
    this.#holder = claim?.holder;
    this.#step = claim?.step ?? 0;
    if (this.#later.length > 0) this.#later = this.#later.length === 1 ? none : this.#later.slice(1);
  }

  #index(): void {
    this.#indexed = indexed(this.all());
    this.#holder = undefined;
    this.#later = none;
  }
}

const none: readonly Claim[] = [];

function indexed(list: readonly Claim[]): Indexed {
  const index: Indexed = { byOrder: new Map(), ordersOf: new Map(), next: 0 };
  for (const claim of list) put(index, claim);
  return index;
}

function put(index: Indexed, claim: Claim): void {
  index.byOrder.set(index.next, claim);
  const orders = index.ordersOf.get(claim.holder);
  if (orders === undefined)
    index.ordersOf.set(claim.holder, [index.next]); // most holders have one: what is pushed into keeps room for more
  else orders.push(index.next);
  index.next += 1;
}

function takeLast(index: Indexed, holder: string): number | undefined {
  const orders = index.ordersOf.get(holder);
  const order = orders?.pop();
  if (orders?.length === 0) index.ordersOf.delete(holder);
  return order;
}
