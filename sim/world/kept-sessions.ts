/** The sessions that the new callback of a context has kept: a program's own cache, from which it takes the one that it wants. */
import type { ObjectId } from '../stacks/index.js';
import { type Ended, ok } from './activity.js';
import type { Process } from './process.js';
import type { VerbOptions } from './verbs.js';

const none: readonly ObjectId[] = [];

/** By context, the oldest first. */
export class KeptSessions {
  readonly #of = new Map<ObjectId, ObjectId[]>();
  /** How many of a context are kept at most, where that is said. */
  readonly #most = new Map<ObjectId, number>();

  /** Those of a context. */
  of(ctx: ObjectId): ObjectId[] {
    const known = this.#of.get(ctx);
    if (known !== undefined) return known;
    const made: ObjectId[] = [];
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
      return held.splice(0, Math.max(0, held.length - most));
    });
  }

  /** All that nobody has taken, which are held no longer. */
  drop(): readonly ObjectId[] {
    const dropped = [...this.#of.values()].flat();
    this.#of.clear();
    return dropped;
  }
}

/** From here on a named context keeps each session that it is handed, with a reference, or the latest so many. */
export function keepSessions(process: Process, name: string, { atMost }: VerbOptions['keep_sessions']): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  if (atMost !== undefined) process.kept.limit(ctx, atMost);
  process.stack.onNewSession(ctx, (session) => process.kept.of(ctx).push(session));
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
  const [session] = held.splice(indexOf(options.which, held.length), 1);
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
