/** The sessions that the new callback of a context has kept: a program's own cache, from which it takes the one that it wants. */
import type { ObjectId } from '../stacks/index.js';
import { type Ended, ok } from './activity.js';
import type { Process } from './process.js';
import type { VerbOptions } from './verbs.js';

const none: readonly ObjectId[] = [];

/** With the connection that it came on. */
interface Kept {
  readonly session: ObjectId;
  readonly ssl: ObjectId;
}

/** By context, the oldest first. */
export class KeptSessions {
  readonly #of = new Map<ObjectId, Kept[]>();
  /** How many of a context are kept at most, where that is said. */
  readonly #most = new Map<ObjectId, number>();

  /** Those of a context. */
  of(ctx: ObjectId): Kept[] {
    const known = this.#of.get(ctx);
    if (known !== undefined) return known;
    const made: Kept[] = [];
    this.#of.set(ctx, made);
    return made;
  }

  limit(ctx: ObjectId, most: number): void {
    this.#most.set(ctx, most);
  }

  /** Those beyond the limits, the oldest, which are held no longer. */
  tooMany(): readonly ObjectId[] {
    if (this.#most.size === 0) return none;
    return [...this.#most].flatMap(([ctx, most]) => {
      const held = this.of(ctx);
      return held.splice(0, Math.max(0, held.length - most)).map(({ session }) => session);
    });
  }

  /** All that nobody has taken, which are held no longer. */
  drop(): readonly ObjectId[] {
    const dropped = [...this.#of.values()].flat().map(({ session }) => session);
    this.#of.clear();
    return dropped;
  }
}

/** From here on a named context keeps each session that it is handed, with a reference, or the latest so many. */
export function keepSessions(process: Process, name: string, { atMost }: VerbOptions['keep_sessions']): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  if (atMost !== undefined) process.kept.limit(ctx, atMost);
  process.stack.onNewSession(ctx, (session, ssl) => process.kept.of(ctx).push({ session, ssl }));
  return ok;
}

/** Binds one of the kept sessions to a name: the reference is the program's from then on. Without a name it is given back at once. */
export function takeSession(
  process: Process,
  name: string,
  options: VerbOptions['take_session'] & { readonly as: string | undefined },
): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  const held = process.kept.of(ctx);
  const ssl = options.of === undefined ? undefined : process.connection(options.of.slice(1));
  if (typeof ssl === 'object') return ssl;
  const matching = ssl === undefined ? held : held.filter((one) => one.ssl === ssl);
  const taken = matching[indexOf(options.which, matching.length)];
  if (taken !== undefined) held.splice(held.indexOf(taken), 1);
  const session = taken?.session;
  if (session === undefined) return { outcome: 'none', observed: { number: held.length } };
  if (options.as === undefined) process.perform('SSL_SESSION_free', session);
  else process.bind(options.as, session);
  return { outcome: 'ok', observed: { number: held.length } };
}

/** Past the end where there is no such one. */
function indexOf(which: VerbOptions['take_session']['which'], length: number): number {
  if (which === 'oldest') return 0;
  return which === 'newest' ? Math.max(0, length - 1) : which - 1;
}
