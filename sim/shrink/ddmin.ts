/** Minimises a list by cutting chunks out of it: halves first, then quarters, down to single items (Zeller's ddmin, complements alone). */
import type { Trials } from './search.js';

/**
 * Cuts as much as can be cut. At the end no single item can go any more. Later items go first: earlier ones make what they use.
 * @param accepts - whether the rest, in its old order, will do; what it accepts is the list to go on with
 */
export function* ddmin<T>(items: readonly T[], accepts: (rest: readonly T[]) => boolean): Trials {
  if (items.length === 0) return;
  yield;
  if (accepts([])) return;
  let kept = items;
  let size = Math.max(1, kept.length >> 1);
  for (;;) {
    let cut = false;
    for (let end = kept.length; end > 0; ) {
      const start = Math.max(0, end - size);
      const rest = [...kept.slice(0, start), ...kept.slice(end)];
      end = start;
      if (rest.length === 0) continue; // tried already
      yield;
      if (!accepts(rest)) continue;
      kept = rest;
      cut = true;
    }
    if (size === 1 && !cut) return;
    size = Math.max(1, size >> 1);
  }
}
