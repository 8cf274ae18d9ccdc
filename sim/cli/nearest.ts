/** The name that somebody probably meant. */

/** Edits (insert, delete, replace a character) that lead from one text to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known name nearest to `name`; undefined where none is near enough to have been meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly far: number } | undefined;
  for (const candidate of known) {
    const isWithin = name.length > 2 && (candidate.includes(name) || name.includes(candidate));
    const within = isWithin ? 1 : Number.POSITIVE_INFINITY;
    const far = Math.min(distance(name, candidate), within);
    if (best === undefined || far < best.far) best = { name: candidate, far };
  }
  return best !== undefined && best.far <= Math.max(2, name.length / 2) ? best.name : undefined;
}
