/** One plan on two stacks: what each came to, and where they part. */
export { type Account, accountOf } from './account.js';
export { type Difference, differencesOf } from './differences.js';
export { incomparableIn } from './incomparable.js';
export { planDigest, type RecordedWorld, type RecordedWorlds, recordedAccount, recordedFormat } from './recorded.js';
