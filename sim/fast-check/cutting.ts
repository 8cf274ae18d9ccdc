/** An arbitrary of what a seed makes and what can be cut anywhere: fast-check shrinks it by leaving items out. */
import fc from 'fast-check';

export interface Cuttable<T> {
  readonly ofSeed: (seed: number) => T;
  /** What may be left out, in order. */
  readonly items: (value: T) => readonly unknown[];
  /** The same with these items alone; undefined where that is none. */
  readonly keep: (value: T, items: readonly unknown[]) => T | undefined;
}

const seedMax = 0x7fff_ffff;

/** Seeds are drawn evenly; a value that fails is cut in halves, quarters, … down to single items, the later ones first. */
export class CuttingArbitrary<T> extends fc.Arbitrary<T> {
  readonly #of: Cuttable<T>;

  constructor(of: Cuttable<T>) {
    super();
    this.#of = of;
  }

  override generate(random: fc.Random): fc.Value<T> {
    const value = this.#of.ofSeed(random.nextInt(0, seedMax));
    return new fc.Value(value, undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is T {
    return false; // what comes from elsewhere may be no plan at all
  }

  override shrink(value: T): fc.Stream<fc.Value<T>> {
    return fc.stream(this.#cuts(value));
  }

  *#cuts(value: T): IterableIterator<fc.Value<T>> {
    const items = this.#of.items(value);
    for (let size = items.length; size >= 1; size = size >> 1) {
      for (let end = items.length; end > 0; end -= size) {
        const start = Math.max(0, end - size);
        const cut = this.#of.keep(value, [...items.slice(0, start), ...items.slice(end)]);
        if (cut !== undefined) yield new fc.Value(cut, undefined);
      }
    }
  }
}
