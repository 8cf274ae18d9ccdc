/** RFC 5246 §4.3: `<min..max>`, the lengths in bytes that a vector may have. `max` gives the size of its length prefix. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** How many bytes the length prefix of such a vector has: 1, 2 or 3. */
export function prefixBytes(bounds: Bounds): 1 | 2 | 3 {
  if (bounds.max <= 0xff) {
    return 1;
  }
  return bounds.max <= 0xffff ? 2 : 3;
}
