/** The session caches of one process of the model, beside what each should have in it: the sessions that it holds a reference of. */
import type { SslCtx, SslSession } from 'simtls';
import { type Broken, judgeCache, judgeListing } from '../invariants/index.js';

/** Caches of more are compared by their numbers alone after a call. */
const walkedMax = 64;

interface Audited {
  readonly ctx: SslCtx;
  /** How many references of each; the same session added once more is taken twice for a moment. */
  readonly held: Map<SslSession, number>;
  /** At the last look. */
  number: number;
  /** A session of another context has been in it: both lists have only one pair of links, and who mixed them was told. */
  mixed: boolean;
  /** It was told that its table and its list part. */
  told: boolean;
  dirty: boolean;
}

export class Caches {
  readonly #all = new Map<number, Audited>();
  #dirty: Audited[] = [];

  /** The cache of a context takes a reference of a session, or gives one back. */
  moved(ctx: SslCtx, session: SslSession, what: 'taken' | 'given back'): void {
    const known = this.#of(ctx);
    const references = (known.held.get(session) ?? 0) + (what === 'taken' ? 1 : -1);
    if (references === 0) known.held.delete(session);
    else known.held.set(session, references);
    if (known.dirty) return;
    known.dirty = true;
    this.#dirty.push(known);
  }

  /** A session of it has been used with another, or one of another with it. */
  mixed(ctx: SslCtx): void {
    this.#of(ctx).mixed = true;
  }

  freed(ctx: number): void {
    this.#all.delete(ctx);
  }

  holds(ctx: SslCtx, session: SslSession): boolean {
    return this.#all.get(ctx.id)?.held.has(session) === true;
  }

  /** The first of those that a cache holds. */
  find(ctx: SslCtx, is: (session: SslSession) => boolean): SslSession | undefined {
    for (const session of this.#all.get(ctx.id)?.held.keys() ?? []) if (is(session)) return session;
    return undefined;
  }

  /** A call is over: looks at the caches that it has changed. */
  judge(nameOf: (object: number, kind: string) => string, report: (broken: Broken | undefined) => void): void {
    if (this.#dirty.length === 0) return;
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const one of dirty) {
      one.dirty = false;
      const { ctx } = one;
      if (!ctx.alive) continue;
      const { number } = ctx.cache;
      const size = Number(ctx.cacheSize);
      const isOver = size > 0 && number > size && number > one.number;
      const listing = one.mixed || one.told ? undefined : listingOf(one, nameOf);
      if (isOver) {
        const owner = isStuck(ctx) ? 'libssl' : 'simtls';
        const look = { size, number, before: one.number, owner } as const;
        report(judgeCache(nameOf(ctx.id, 'ctx'), look));
      }
      const parted = listing && judgeListing(nameOf(ctx.id, 'ctx'), listing);
      one.told ||= parted !== undefined;
      report(parted);
      one.number = number;
    }
  }

  #of(ctx: SslCtx): Audited {
    const known = this.#all.get(ctx.id);
    if (known !== undefined) return known;
    const made: Audited = { ctx, held: new Map(), number: 0, mixed: false, told: false, dirty: false };
    this.#all.set(ctx.id, made);
    return made;
  }
}

/** Whether libssl itself evicts nothing any more: the oldest is in the list, and under its id of now not in the table (CVE-2024-2511). */
function isStuck({ cache }: SslCtx): boolean {
  const oldest = cache.oldest;
  return oldest !== undefined && !cache.holds(oldest);
}

/** Undefined where there is nothing to say against it. */
function listingOf(
  { ctx, held }: Audited,
  nameOf: (object: number, kind: string) => string,
): Parameters<typeof judgeListing>[1] | undefined {
  const table = ctx.cache.number;
  if (table === held.size && held.size > walkedMax) return undefined;
  let listed = 0;
  const unheld: string[] = [];
  for (const session of ctx.cache.listed()) {
    listed += 1;
    if (!held.has(session)) unheld.push(nameOf(session.id, 'session'));
  }
  return { table, listed, held: held.size, unheld };
}
