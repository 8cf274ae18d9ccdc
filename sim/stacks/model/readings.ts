/** Microseconds as milliseconds: what a clock moves at least between two readings. */
const usPerMs = 1000;

/**
 * A clock of which no two readings are the same microsecond, as on a machine, where any call takes longer. 3.5 keeps the times of
 * sessions that fine: of two sessions the one that was made first expires first, whichever entered the cache first.
 * @param nowMs - whole milliseconds since the Unix epoch; where it stands still, each reading is a microsecond later
 */
export function distinctReadings(nowMs: () => number): () => number {
  let shownMs = Number.NEGATIVE_INFINITY;
  let readings = 0;
  return () => {
    const ms = nowMs();
    if (ms !== shownMs) readings = 0;
    shownMs = ms;
    readings = Math.min(readings + 1, usPerMs - 1);
    return ms + readings / usPerMs;
  };
}
