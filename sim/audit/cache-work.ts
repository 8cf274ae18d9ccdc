/** What the caches of one process of the model did in each call: sessions that were looked at for nothing. */
import type { SslCtx } from 'simtls';
import { type Broken, judgeWork } from '../invariants/index.js';

/** What was there at the last look. */
interface Seen {
  readonly ctx: SslCtx;
  walks: number;
  passed: number;
  number: number;
}

export class CacheWork {
  readonly #all: Seen[] = [];

  made(ctx: SslCtx): void {
    this.#all.push({ ctx, walks: 0, passed: 0, number: 0 });
  }

  freed(id: number): void {
    const at = this.#all.findIndex(({ ctx }) => ctx.id === id);
    if (at >= 0) this.#all.splice(at, 1);
  }

  /** A call is over. */
  judge(): Broken | undefined {
    let broken: Broken | undefined;
    for (const seen of this.#all) {
      const { cache } = seen.ctx;
      const walks = cache.walks - seen.walks;
      if (walks > 0)
        broken ??= judgeWork({ walks, passed: cache.passed - seen.passed, passedMax: walks * widest(seen) });
      seen.walks = cache.walks;
      seen.passed = cache.passed;
      seen.number = cache.number;
    }
    return broken;
  }
}

/** How many sessions one walk may leave where they are. 1.1.1 has no list in the order of expiry: it looks at all. */
function widest({ ctx, number }: Seen): number {
  return ctx.library.profile.name === '1.1.1' ? Math.max(1, number, ctx.cache.number) : 1;
}
