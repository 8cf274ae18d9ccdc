// Mutants that no run can tell from the original: how their keys begin and end, and why. They count as survivors all the same.

const holds = 'an assertion of a model that is right never fails, so that one which asks less is no other';
const memo = 'what is kept to be quick comes out the same when it is made anew';
const off = 'of a defect that is off: npm run defects switches it on, and finds it';
const capacity = 'more room than is needed, or sooner';
const otherwise = 'the other word is the only one that is asked for';
const shortcut = 'a way around work that would come to the same';
const sooner = 'a list and an index of claims say the same: which of them it is, is a matter of speed';
const behindEnd = 'behind the end of both there is nothing, which is the same';

const reasons = [
  ['assert.ts: ', ' → {}', holds],
  ['assert.ts: if (!condition)', ' → false', holds],
  ['assert.ts: throw new AssertionFailed', ' → ``', 'the words of an error'],
  ['cache.ts: assert(', ' → true', holds],
  ['cache.ts: const isEvicted = ', ' → true', holds],
  ['lhash.ts: assert(', ' → true', holds],
  ['session-list.ts: assert(', ' → true', holds],
  ['ticket.ts: assert(', ' → true', holds],
  ["cache.ts: if (this.#holder === '')", ' → true', memo],
  ["counted.ts: if (this.#label === '')", ' → true', memo],
  ['asn1.ts: if (this.#peeked === undefined', ' → true', memo],
  ['cache.ts: const releasesFirst = ', '', off],
  ['cache.ts: if (releasesFirst)', ' → false', off],
  ['cache.ts: if (!releasesFirst)', ' → true', off],
  ['cache.ts: const evictsLast = ', '\'evict-the-resuming\' → ""', off],
  ["cache.ts: this.#evict({ whileAbove: 'size - 1' });", ' → {}', otherwise],
  ["cache.ts: this.#evict({ whileAbove: 'size - 1' });", ' → ""', otherwise],
  ["cache.ts: if (this.#remove(this.#list.last ?? null, { lock: 'held' }) === 0)", ' → {}', otherwise],
  ["cache.ts: if (this.#remove(this.#list.last ?? null, { lock: 'held' }) === 0)", ' → ""', otherwise],
  [
    'claims.ts: while (at >= 0 && this.#later[at]?.holder',
    'this.#later[at].holder',
    'what is within the list is there',
  ],
  ['claims.ts: if (this.#indexed === undefined && this.#later.length + 1 >= listedMax)', ' → false', sooner],
  ['claims.ts: if (this.#indexed === undefined && this.#later.length + 1 >= listedMax)', ' > listedMax', sooner],
  ['claims.ts: if (this.#indexed === undefined && this.#later.length + 1 >= listedMax)', ' < listedMax', sooner],
  [
    'claims.ts: if (this.#indexed === undefined && this.#later.length + 1 >= listedMax)',
    ' → this.#later.length - 1',
    sooner,
  ],
  ['claims.ts: if (orders?.length === 0)', 'orders?.length === 0 → false', capacity],
  ['claims.ts: if (this.#later.length > 0)', ' → true', shortcut],
  ['claims.ts: if (this.#later.length > 0)', ' → this.#later.length >= 0', shortcut],
  ['claims.ts: this.#later = this.#later.length === 1', 'this.#later.length === 1 → false', shortcut],
  ['der.ts: if (isNumber)', ' → false', 'bigints come to the same bytes, later'],
  ['der.ts: if (this.#at > this.#bytes.length)', ' → this.#at >= this.#bytes.length', capacity],
  ['der.ts: const larger = briefBytes(', ' → 2 / this.#bytes.length', capacity],
  ['error-queue.ts: if (this.#entries.length > 0)', ' → true', shortcut],
  ['error-queue.ts: if (this.#entries.length > 0)', ' → this.#entries.length >= 0', shortcut],
  ['error-queue.ts: if (taken.length > 0)', ' → true', shortcut],
  ['error-queue.ts: if (taken.length > 0)', ' → taken.length >= 0', shortcut],
  ['lhash.ts: if (this.#items === 0)', ' → false (1)', shortcut],
  ['lhash.ts: if (this.#buckets.length < this.#allocated)', ' → true', capacity],
  ['lhash.ts: if (this.#buckets.length < this.#allocated)', ' → this.#buckets.length <= this.#allocated', capacity],
  ['lhash.ts: if (a === b)', ' → false', shortcut],
  ['lhash.ts: for (let i = 0; i < a.sessionId.length', ' → i <= a.sessionId.length', behindEnd],
  ['session-list.ts: if (this.#ranks[at] === rank)', ' → false', shortcut],
  ['session-list.ts: if (rank < soonest)', ' → rank <= soonest', shortcut],
  ['session-list.ts: if ((block + 1) * width > this.#ranks.length)', ' >= this.#ranks.length', capacity],
  ['session-list.ts: const heads = new Int32Array(', ' → ranks.length * width', capacity],
  ['ticket.ts: for (let i = 0; i < a.length', ' → i <= a.length', behindEnd],
  ["time.ts: return BigInt.asIntN(64, typeof value === 'bigint'", ' → false', 'a bigint of a bigint is the same'],
  ["time.ts: return BigInt.asIntN(64, typeof value === 'bigint'", ' → ""', 'a bigint of a bigint is the same'],
  ['time.ts: return { at: sum > uint64Max', ' → sum >= uint64Max', 'at the bound both are the bound'],
];

/** Why it cannot be found; undefined where that is not known. */
export function whySurvives(key) {
  return reasons.find((reason) => fits(reason, key))?.[2];
}

/** The reasons of places that are not there any more. @param keys of all mutants */
export function staleReasons(keys) {
  const stale = reasons.filter((reason) => !keys.some((key) => fits(reason, key)));
  return stale.map(([begins, ends]) => `${begins}…${ends}`);
}

/** The second of the same text ends with its number; a reason that ends with one is of that alone. */
function fits([begins, ends], key) {
  const alike = key.replace(/ \(\d+\)$/u, '');
  if (!key.startsWith(begins)) return false;
  if (!/\(\d+\)$/u.test(ends)) return alike.endsWith(ends);
  return (alike === key ? `${key} (1)` : key).endsWith(ends);
}
