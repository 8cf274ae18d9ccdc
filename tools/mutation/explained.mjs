// Mutants that no run can tell from the original: how their keys begin and end, and why. They count as survivors all the same.

const holds = 'an assertion of a model that is right never fails, so that one which asks less is no other';
const memo = 'what is kept to be quick comes out the same when it is made anew';
const off = 'of a defect that is off: npm run defects switches it on, and finds it';
const capacity = 'more room than is needed, or sooner';
const otherwise = 'the other word is the only one that is asked for';
const shortcut = 'a way around work that would come to the same';
const sooner = 'a list and an index of claims say the same: which of them it is, is a matter of speed';
const empty = 'of what is empty nothing is read, whichever way it is asked';
const zero = 'the word is the first: 0 more is 0 less';
const unused = 'an entry that is not used again costs room, and no more';
const refused = 'what is read behind the end of an element is refused by what is around it';
const unasked = 'what stands in a tag of its own may be left out here: whether it was there, nobody asks';
const other = 'the last of its kind: what is none of the others is this';
const alive = 'compared by what they are now, keys that have not changed come out the same';
const absent = 'a field that is not there is as undefined as one that is';
const stream = 'bytes of another random stream are as random';
const nothingElse = 'reading a session throws nothing else';
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
  ['asn1.ts: if (this.#peeked?.offset !== this.#at)', ' → true', memo],
  ['asn1.ts: const uint64Max = ', ' → 2n ** 64n + 1n', 'eight bytes hold no more'],
  ['asn1.ts: return new Asn1Cursor(bytes, 0, ', 'false → true', 'of the whole nobody asks whether it is done'],
  ['asn1.ts: return this.#end - this.#at >= 2', 'this.#end - this.#at >= 2 → true', refused],
  ['asn1.ts: return this.#end - this.#at >= 2', ' → this.#end + this.#at', refused],
  ['asn1.ts: const value = content.length <= safeIntegerBytes', ' → false', 'bigints come to the same, later'],
  [
    'asn1.ts: const value = content.length <= safeIntegerBytes',
    ' < safeIntegerBytes',
    'bigints come to the same, later',
  ],
  ['asn1-template.ts: if (second === undefined)', ' → false', 'what is not there is neither below nor above'],
  ['asn1-template.ts: return false;', ' → true (2)', unasked],
  ['asn1-template.ts: return true;', ' → false (3)', unasked],
  ["certificate-structure.ts: { template: { form: 'value'", '\'value\' → ""', other],
  ['certificate-structure.ts: throw new DerError(', '{ cause } → {}', 'the words of an error'],
  ['serialize.ts: { field: Field.ticketLifetimeHint', ' → ""', other],
  ['serialize.ts: { field: Field.flags', ' → ""', other],
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
  ['lhash.ts: const idBytesMax = ', ' → entryWords + idWord', holds],
  ['lhash.ts: const free = this.#walks === 0', ' → false', unused],
  ['lhash.ts: this.#walks += 1;', ' → this.#walks -= 1', unused],
  ['lhash.ts: this.#walks -= 1;', ' → this.#walks += 1', unused],
  ['lhash.ts: if (free !== undefined)', ' → false', unused],
  [
    'lhash.ts: for (let index = this.#nodes - 1;',
    ' → this.#nodes + 1',
    'buckets that are not in use have nothing in them',
  ],
  ['lhash.ts: if (words[at + hashWord] === hash', ' → at - hashWord', zero],
  ['lhash.ts: this.#words[at + hashWord] = hash;', ' → at - hashWord', zero],
  ['lhash.ts: return this.#words[entry * entryWords + hashWord]', ' - hashWord', zero],
  ['lhash.ts: if (a === undefined || ', 'a === undefined → false', 'what has that hash is there'],
  ['lhash.ts: assert(this.#nodes >= nodesMin', ' → this.#nodes > nodesMin', 'a table that shrinks is twice as large'],
  ['session-list.ts: #sessions = [];', ' → ["Stryker was here"]', 'the first session takes the place'],
  ['session-list.ts: if (this.#isEmpty)', ' → false', empty],
  ['session-list.ts: if (!this.#isEmpty)', ' → true', empty],
  ['session-list.ts: get #isEmpty()', ' → {}', empty],
  ['session-list.ts: return this.#root === none || this.#count(this.#root) === 0;', ' → false', empty],
  [
    'session-list.ts: return this.#root === none || this.#count(this.#root) === 0;',
    ' && this.#count(this.#root) === 0',
    empty,
  ],
  ['session-list.ts: if (this.#count(block) > itemsMax)', ' → this.#count(block) >= itemsMax', capacity],
  ['session-list.ts: if (this.#count(parent) > itemsMax)', ' → this.#count(parent) >= itemsMax', capacity],
  ['session-list.ts: if (block === undefined)', ' → false', 'only what is listed is asked for'],
  ['session-list.ts: if (its < rank || Number.isSafeInteger(rank)', 'Number.isSafeInteger(rank) → false', shortcut],
  [
    'session-list.ts: if (its < rank || Number.isSafeInteger(rank)',
    'its < rank && Number.isSafeInteger(rank)',
    shortcut,
  ],
  ['session-list.ts: if (its < rank || Number.isSafeInteger(rank)', 'its < rank → false', shortcut],
  ['session-list.ts: else if (to > from)', ' → to >= from', 'what moves does not stay where it is'],
  [
    'session-list.ts: for (let at = from; at < until;',
    ' → at <= until',
    'what is behind the last is cleared right after',
  ],
  [
    'session-list.ts: const at = this.#sessions.indexOf(',
    ' → block / width (1)',
    'a search that begins sooner ends at the same',
  ],
  ['session-list.ts: assert(at >= 0 && at < ', ' || at < this.#count(block)', holds],
  ['session-list.ts: assert(at >= 0 && at < ', ' || at < this.#count(parent)', holds],
  ['session-list.ts: assert(at >= 0 && at < ', ' → at <= this.#count(block)', holds],
  ['session-list.ts: assert(at >= 0 && at < ', ' → at <= this.#count(parent)', holds],
  ['session-list.ts: return this.#heads[block * headWords + countWord]', ' - countWord', zero],
  [
    'cache.ts: if (library.environment.allocates !== undefined',
    'library.environment.allocates !== undefined → true',
    shortcut,
  ],
  ['cache.ts: if (this.#sawDeath)', ' → true', 'where none has died, all are alive'],
  ['session.ts: isKey = false;', ' → true', alive],
  ['session.ts: if (this.isKey)', ' → true', alive],
  ['library.ts: cachedKeysChanged = false;', ' → true', alive],
  ['library.ts: constructor(environment, profile, defects', ' → ["Stryker was here"]', 'a defect of that name is none'],
  ['context.ts: callbacks = ', ' → {}', absent],
  ['context.ts: psk = ', ' → {}', absent],
  ['context.ts: ticketCallbacks = ', ' → {}', absent],
  ["context.ts: if (this.library.defects.has('zero-ticket-key'))", ' → false', off],
  ["context.ts: if (this.library.defects.has('zero-ticket-key'))", ' → ""', off],
  ['context.ts: this.#ticketKeys = ', '\'name\' → ""', stream],
  ['context.ts: this.#ticketKeys = ', '\'hmac\' → ""', stream],
  ['context.ts: this.#ticketKeys = ', '\'aes\' → ""', stream],
  ['ticket.ts: assert(', ' || plaintext.length <= ticketPlaintextBytesMax', holds],
  [
    'ticket.ts: if (!(error instanceof DerError',
    '!(error instanceof DerError || error instanceof SessionDecodeError) → false',
    nothingElse,
  ],
  [
    'ticket.ts: if (!(error instanceof DerError',
    '| error instanceof DerError || error instanceof SessionDecodeError → true',
    nothingElse,
  ],
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
