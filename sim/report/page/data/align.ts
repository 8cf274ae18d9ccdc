/**
 * Two runs side by side: what happened in both stands in one line. Events that happened once in each are the anchors (Bram Cohen's patience
 * diff); between two of them what is alike from either end is paired, the rest stands alone.
 */
import { eventKinds, slotsOf } from '../../data.js';
import { Identities, namingSlots, objectSlots } from './identity.js';
import type { Run } from './run.js';

/** An event of each run; −1: the other has none like it. */
export interface AlignedRow {
  readonly left: number;
  readonly right: number;
  /** Alike in all but time. */
  readonly same: boolean;
}

/** Slots that say what an event is, by kind; of others all do. What else may differ between events of one line. */
const tellingSlots: Readonly<Record<string, string>> = {
  ended: 'a',
  skipped: 'a',
  data: 'ab',
  count: 'abd',
  record: 'abc',
  message: 'abc',
  alert: 'ab',
  decision: 'a',
  callback: 'a',
  file: 'ab',
  violation: 'a',
  claims: 'a',
};

const slotNames = ['a', 'b', 'c', 'd', 'e'] as const;

export function aligned(left: Run, right: Run, leftRows: Int32Array, rightRows: Int32Array): readonly AlignedRow[] {
  const keys = new Map<string, number>();
  const [one, two] = [new Reading(left), new Reading(right)];
  const a = keysOf(one, leftRows, keys);
  const b = keysOf(two, rightRows, keys);
  const pairs: [number, number][] = [];
  pair(a, b, { a0: 0, a1: a.length, b0: 0, b1: b.length }, pairs);
  const rows: AlignedRow[] = [];
  let [i, j] = [0, 0];
  const upTo = (k: number, l: number): void => {
    for (; i < k; i += 1) rows.push({ left: leftRows[i] ?? -1, right: -1, same: false });
    for (; j < l; j += 1) rows.push({ left: -1, right: rightRows[j] ?? -1, same: false });
  };
  for (const [k, l] of pairs) {
    upTo(k, l);
    const [n, m] = [leftRows[k] ?? -1, rightRows[l] ?? -1];
    rows.push({ left: n, right: m, same: isSame(one, two, n, m) });
    [i, j] = [k + 1, l + 1];
  }
  upTo(a.length, b.length);
  return rows;
}

/** The first line in which they differ; −1: none. */
export function partingOf(rows: readonly AlignedRow[]): number {
  return rows.findIndex(({ same }) => !same);
}

/** A run, whose events are read to be compared with another's. */
class Reading {
  readonly run: Run;
  readonly #objects: Identities;

  constructor(run: Run) {
    this.run = run;
    this.#objects = new Identities(run);
  }

  /** What a slot of an event holds, in terms that both runs share. */
  at(n: number, slot: (typeof slotNames)[number], type: string): string | number {
    const kind = eventKinds[this.run.kind[n] ?? 0] ?? 'other';
    const value = this.run[slot][n] ?? 0;
    if (objectSlots[kind]?.includes(slot)) return this.#objects.object(n, value);
    if (type !== 's') return value;
    const text = this.run.strings[value] ?? '';
    return namingSlots[kind]?.includes(slot) ? this.#objects.text(n, text) : text;
  }
}

/** What an event is, as a number that both runs share. */
function keysOf(reading: Reading, rows: Int32Array, keys: Map<string, number>): Int32Array {
  const { run } = reading;
  const found = new Int32Array(rows.length);
  for (const [row, n] of rows.entries()) {
    const kind = eventKinds[run.kind[n] ?? 0] ?? 'other';
    const telling = tellingSlots[kind] ?? 'abcde';
    let key = `${kind} ${run.strings[run.host[n] ?? 0]} ${run.strings[run.step[n] ?? 0]}`;
    for (const [i, type] of [...slotsOf[kind]].entries()) {
      const slot = slotNames[i] ?? 'a';
      if (type !== 'p' && telling.includes(slot)) key += ` ${reading.at(n, slot, type)}`;
    }
    let number = keys.get(key);
    if (number === undefined) {
      number = keys.size;
      keys.set(key, number);
    }
    found[row] = number;
  }
  return found;
}

function isSame(left: Reading, right: Reading, n: number, m: number): boolean {
  const kind = eventKinds[left.run.kind[n] ?? 0] ?? 'other';
  return [...slotsOf[kind]].every((type, i) => {
    const slot = slotNames[i] ?? 'a';
    if (type === 'p') return (left.run[slot][n] ?? 0) === 0 || (right.run[slot][m] ?? 0) !== 0;
    return left.at(n, slot, type) === right.at(m, slot, type);
  });
}

interface Part {
  readonly a0: number;
  readonly a1: number;
  readonly b0: number;
  readonly b1: number;
}

function pair(a: Int32Array, b: Int32Array, part: Part, pairs: [number, number][]): void {
  let { a0, a1, b0, b1 } = part;
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) pairs.push([a0++, b0++]);
  const tail: [number, number][] = [];
  while (a1 > a0 && b1 > b0 && a[a1 - 1] === b[b1 - 1]) tail.push([--a1, --b1]);
  if (a0 < a1 && b0 < b1) {
    let [i, j] = [a0, b0];
    for (const [k, l] of anchors(a, b, { a0, a1, b0, b1 })) {
      pair(a, b, { a0: i, a1: k, b0: j, b1: l }, pairs);
      pairs.push([k, l]);
      [i, j] = [k + 1, l + 1];
    }
    if (i > a0 || j > b0) pair(a, b, { a0: i, a1, b0: j, b1 }, pairs);
  }
  pairs.push(...tail.reverse());
}

/** What is once in each, as many of them as stand in one order in both. */
function anchors(a: Int32Array, b: Int32Array, { a0, a1, b0, b1 }: Part): readonly (readonly [number, number])[] {
  const inA = placesOf(a, a0, a1);
  const inB = placesOf(b, b0, b1);
  const both: (readonly [number, number])[] = [];
  for (const [key, i] of inA) {
    const j = inB.get(key);
    if (i >= 0 && j !== undefined && j >= 0) both.push([i, j]);
  }
  return longestRising(both);
}

/** By key its place; −1 where it is there more than once. */
function placesOf(keys: Int32Array, from: number, to: number): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (let i = from; i < to; i += 1) {
    const key = keys[i] ?? 0;
    places.set(key, places.has(key) ? -1 : i);
  }
  return places;
}

/** Of pairs that rise on the left, the most that rise on the right, too. */
function longestRising(pairs: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const ends: number[] = [];
  const before: number[] = [];
  for (const [at, [, j]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < j) low = middle + 1;
      else high = middle;
    }
    before[at] = low > 0 ? (ends[low - 1] ?? -1) : -1;
    ends[low] = at;
  }
  const rising: (readonly [number, number])[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const found = pairs[at];
    if (found !== undefined) rising.push(found);
  }
  return rising.reverse();
}
