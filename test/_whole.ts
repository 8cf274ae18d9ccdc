/** How much of what is many times the same a test asks: `npm test` a share of it, `.ci/run` all (SIMTLS_WHOLE=1). */
const isWhole = process.env['SIMTLS_WHOLE'] === '1';

/** All of them, or every so many, another share for each turn: together the turns have them all. */
export function share<T>(all: readonly T[], turn: number, turns: number): readonly T[] {
  // turned round each time, so that who comes in groups of so many is not always met by the same turn
  return isWhole ? all : all.filter((_, index) => (index + Math.floor(index / turns)) % turns === turn);
}

/** How often what is random is tried: a few times, or as often as it takes to trust it. */
export function times(few: number, whole: number): number {
  return isWhole ? whole : few;
}
