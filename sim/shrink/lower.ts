/** Lowers one whole number towards 0, or towards the smallest that will do. */
import type { Trials } from './search.js';

/**
 * Tries 0 and the next number, so that one that is as low as can be costs two trials; then halves the distance between what will not do and what will. Negative numbers rise.
 * @param accepts - whether this number will do; the last one accepted is the lowest found
 */
export function* lower(value: number, accepts: (lower: number) => boolean): Trials {
  if (value === 0) return;
  yield;
  if (accepts(0)) return;
  const sign = Math.sign(value);
  let tooLow = 0;
  let enough = Math.abs(value) - 1;
  if (enough === tooLow) return;
  yield;
  if (!accepts(sign * enough)) return;
  while (enough - tooLow > 1) {
    const middle = tooLow + Math.floor((enough - tooLow) / 2);
    yield;
    if (accepts(sign * middle)) enough = middle;
    else tooLow = middle;
  }
}
